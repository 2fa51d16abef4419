/** Lessons must hold for other tasks: one that names its own task, or the answer, teaches nothing and leaks ground truth (W22). */
import type { Task } from "../harness/records.ts";
import { hiddenCharacter } from "../harness/text.ts";
import { expectedValues, valueFinder } from "./answer-values.ts";

/** What analysts hand in; ids and provenance are added by the harness. */
export interface DraftLesson {
  readonly title: string;
  readonly rule: string;
  readonly reason: string;
}

/** Words that only one who saw the answer would use. */
const ABOUT_THE_ANSWER =
  /\b(ground[- ]truth|golden (file|answer|output|workbook)|reference (answer|solution|output)|answer key|the evaluator|the scorer)\b/i;
/** `B12`, `$C$7:F20`; rows 1 and 2 are where tables usually start, so a rule may name them. */
const CELL = /(?<![A-Za-z0-9])\$?([A-Z]{1,3})\$?(\d{1,7})(?!\w)/g;
/** Shorter numbers are in every rule. */
const LONG_NUMBER = /(?<![\w.])\d(?:[\d,]*\d)?(?:\.\d+)?(?![\w])/g;
const MIN_DIGITS = 4;

/**
 * Why a lesson cannot be kept, or null.
 * @param verdicts all that a scorer said of this task, whoever was shown it
 */
export function leakIn({ title, rule, reason }: DraftLesson, task: Task, verdicts: readonly string[]): string | null {
  const text = `${title}\n${rule}\n${reason}`;
  const known = [task.instruction, ...verdicts].join("\n");
  const hidden = hiddenCharacter(text);
  if (hidden !== null) return `it holds ${hidden}, which a reader does not see`;
  const word = ABOUT_THE_ANSWER.exec(text);
  if (word !== null) return `it speaks of the answer it was checked against (${JSON.stringify(word[0])})`;
  if (
    task.id.length >= MIN_DIGITS &&
    /\d/.test(task.id) &&
    new RegExp(`(?<!\\w)${RegExp.escape(task.id)}(?!\\w)`).test(text)
  )
    return "it names its own task";
  const cell = cellsIn(text).find((one) => cellsIn(known).includes(one));
  if (cell !== undefined) return `it names a cell of its own task (${cell})`;
  const [expected] = valueFinder(expectedValues(verdicts, task.instruction))(text);
  if (expected !== undefined) return `it holds a value of its own task's answer (${expected})`;
  const numbers = new Set(numbersIn(known));
  const value = numbersIn(text).find((one) => numbers.has(one));
  return value === undefined ? null : `it holds a value of its own task (${value})`;
}

function cellsIn(text: string): string[] {
  return [...text.matchAll(CELL)]
    .filter(([, , row]) => Number(row) > 2)
    .map(([, column = "", row = ""]) => column + row);
}

function numbersIn(text: string): string[] {
  return [...text.matchAll(LONG_NUMBER)]
    .map(([number]) => number)
    .filter((number) => number.replace(/\D/g, "").length >= MIN_DIGITS);
}
