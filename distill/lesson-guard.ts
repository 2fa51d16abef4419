/** Lessons must hold for other tasks: one that names its own task, or the answer, teaches nothing and leaks ground truth (W22). */
import type { Task } from "../harness/records.ts";
import { hiddenCharacter } from "../harness/text.ts";
import { expectedValues, valueFinder } from "./answer-values.ts";
import { seesDifferences } from "./told.ts";

/** What analysts hand in; ids and provenance are added by the harness. */
export interface DraftLesson {
  readonly title: string;
  readonly rule: string;
  readonly reason: string;
}

/** Why a lesson cannot be kept. */
export interface Leak {
  /** The whole reason, for people: may hold ground truth. */
  readonly reason: string;
  /** As the analyst is told it. One that was not shown the answer must not read off here which of its values is in it. */
  readonly told: string;
}

/** Words that only one who saw the answer would use. */
const ABOUT_THE_ANSWER =
  /\b(ground[- ]truth|golden (file|answer|output|workbook)|reference (answer|solution|output)|expected answer|answer key|the evaluator|the scorer)\b/i;
/** `B12`, `$C$7:F20`; rows 1 and 2 are where tables usually start, so a rule may name them. */
const CELL = /(?<![A-Za-z0-9])\$?([A-Z]{1,3})\$?(\d{1,7})(?!\w)/g;
/** Shorter numbers are in every rule. */
const LONG_NUMBER = /(?<![\w.])\d(?:[\d,]*\d)?(?:\.\d+)?(?![\w])/g;
const MIN_DIGITS = 4;
/** Remainders are taken by them and units differ by them, so a rule may name them. */
const POWER_OF_TEN = /^10+$/;

/**
 * Why a lesson cannot be kept, or null.
 * @param verdicts all that a scorer said of this task, whoever was shown it
 */
export function leakIn(lesson: DraftLesson, task: Task, verdicts: readonly string[]): Leak | null {
  const text = `${lesson.title}\n${lesson.rule}\n${lesson.reason}`;
  const problem = wordingProblem(text) ?? nameProblem(text, task);
  if (problem !== null) return { reason: problem, told: problem };
  const known = [task.instruction, ...verdicts].join("\n");
  const cell = cellsIn(text).find((one) => cellsIn(known).includes(one));
  if (cell !== undefined) return leakOf("it names a cell of its own task", cell, task);
  const [expected] = valueFinder(expectedValues(verdicts, task.instruction))(text);
  if (expected !== undefined) return leakOf("it holds a value of its own task's answer", expected, task);
  const numbers = new Set(numbersIn(known));
  const value = numbersIn(text).find((one) => numbers.has(one));
  return value === undefined ? null : leakOf("it holds a value of its own task", value, task);
}

function wordingProblem(text: string): string | null {
  const hidden = hiddenCharacter(text);
  if (hidden !== null) return `it holds ${hidden}, which a reader does not see`;
  const word = ABOUT_THE_ANSWER.exec(text);
  return word === null ? null : `it speaks of the answer it was checked against (${JSON.stringify(word[0])})`;
}

/** Ids and file names that tell tasks apart hold a digit; `input.xlsx` lies in many. */
function nameProblem(text: string, { id, files }: Task): string | null {
  const names = (found: string) =>
    found.length >= MIN_DIGITS && /\d/.test(found) && new RegExp(`(?<!\\w)${RegExp.escape(found)}(?!\\w)`).test(text);
  if (names(id)) return "it names its own task";
  const file = files.find((one) => names(one) || names(one.replace(/\.\w+$/, "")));
  return file === undefined ? null : `it names a file of its own task (${file})`;
}

function leakOf(problem: string, value: string, task: Task): Leak {
  const reason = `${problem} (${value})`;
  const isOpen = seesDifferences(task) || task.instruction.includes(value);
  return { reason, told: isOpen ? reason : "it holds a value of its own task" };
}

function cellsIn(text: string): string[] {
  return [...text.matchAll(CELL)]
    .filter(([, , row]) => Number(row) > 2)
    .map(([, column = "", row = ""]) => column + row);
}

function numbersIn(text: string): string[] {
  return [...text.matchAll(LONG_NUMBER)]
    .map(([number]) => number)
    .filter(
      (number) => number.replace(/\D/g, "").length >= MIN_DIGITS && !POWER_OF_TEN.test(number.replaceAll(",", "")),
    );
}
