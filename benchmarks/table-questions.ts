/**
 * Questions on tables as spreadsheet work: the table on one sheet, an empty sheet for the answer behind it. Shared by the sets
 * that ask them (`wikitq.ts`, `hitab.ts`). How the paper laid such sets out is not published; this is our way.
 */
import { chmod, copyFile } from "node:fs/promises";
import { join } from "node:path";
import pLimit from "p-limit";
import { SetupError } from "../harness/errors.ts";
import { hashJson } from "../harness/hash.ts";
import type { Score, Task } from "../harness/records.ts";
import type { Benchmark } from "../harness/roles.ts";
import type { AnswerKeyEntry } from "../harness/simulator/answer-key.ts";
import type { Recalculator } from "./recalculate/recalculator.ts";
import { scoreBoth } from "./recalculate/score-both.ts";
import { previewOf } from "./sample/first-rows.ts";
import { newSheet, type Sheet } from "./sample/sheet.ts";
import { plain, type WorkbookCache } from "./sample/workbook-cache.ts";
import { ANSWER_SHEET } from "./scoring/answer-cells.ts";
import { spreadsheetInstruction } from "./spreadsheet-instruction.ts";

/** Of the table's sheet; prompts name it. */
export const TABLE_SHEET = "Table";
/** Two decimals, as our samples show, would hide digits that an answer may need. */
export const PLAIN_FRACTIONS = "General";

export interface TableQuestion {
  readonly id: string;
  readonly kind: string;
  /** The whole request, as the set words it. */
  readonly request: string;
  readonly table: TableOnSheet;
  /** Items of a right answer, from A1 down. */
  readonly truth: readonly (string | number)[];
  /** What `judge` compares with: part of the hash of the data. */
  readonly key: unknown;
  /** Judges the workbook at that path. */
  readonly judge: (output: string) => Promise<Score>;
}

/** One for all questions on the table. */
export interface TableOnSheet {
  readonly sheet: Sheet;
  /** Its first rows, for instructions. */
  readonly preview: string;
  readonly hash: string;
}

export function tableOnSheet(sheet: Sheet): TableOnSheet {
  return { sheet, preview: previewOf(sheet), hash: hashJson(plain([sheet])) };
}

export interface TableBenchmarkOptions {
  readonly name: string;
  readonly cache: WorkbookCache;
  readonly scorer: string;
  readonly recalculator: Recalculator | null;
}

/** Tables read at once. */
const READ_AT_ONCE = 16;
const MOST_NAMED = 8;

/** A table that a question asks about, or why it cannot be used. */
export type FoundTable = TableOnSheet | { readonly problem: string };

/** Reads each table once, by name. */
export async function readTables(
  names: readonly string[],
  read: (name: string) => Promise<FoundTable>,
): Promise<ReadonlyMap<string, FoundTable>> {
  const distinct = [...new Set(names)];
  return new Map(await pLimit(READ_AT_ONCE).map(distinct, async (name) => [name, await read(name)] as const));
}

/** One for all questions whose table cannot be used; none where there are none. */
export function leftOutNotices(questions: readonly (readonly [id: string, table: FoundTable | undefined])[]): string[] {
  const left = questions.flatMap(([id, table]) =>
    table !== undefined && "problem" in table ? [`${id} (${table.problem})`] : [],
  );
  if (left.length === 0) return [];
  const more = left.length > MOST_NAMED ? ` and ${left.length - MOST_NAMED} more` : "";
  return [`questions left out: ${left.slice(0, MOST_NAMED).join(", ")}${more}`];
}

export type QuestionBenchmark = Pick<
  Benchmark,
  "tasks" | "dataHash" | "scorer" | "metric" | "prepare" | "score" | "submitTruth" | "answerKey"
>;

/** Habits of the simulated model (`harness/simulator/habits.ts`) that spoil any answer of this form. */
const HABITS = ["drops-sheets", "formula-without-value", "full-sentence", "no-read-back", "wrong-range", "wrong-sheet"];

/** Lays out and scores questions. A score is 1 or 0; with a recalculator it is that of the output as calculated anew. */
export function benchmarkOfQuestions(
  questions: readonly TableQuestion[],
  { name, cache, scorer, recalculator }: TableBenchmarkOptions,
): QuestionBenchmark {
  // Ground truth stays in this closure, so that no agent can be shown it by mistake.
  const byId = new Map(questions.map((question) => [question.id, question]));
  const questionOf = ({ id }: Task) => byId.get(id) ?? noTask(name, id);

  return {
    tasks: questions.map(taskOf),
    dataHash: hashJson(questions.map(({ id, request, table, key }) => [id, request, table.hash, key])),
    scorer: recalculator === null ? scorer : `${scorer} after ${recalculator.identity}`,
    metric: "pass",
    prepare: async (task, directory) => {
      const { table } = questionOf(task);
      await copyWorkbook(await cache.fileOf("input.xlsx", sheetsOf(table, [])), join(directory, "input.xlsx"));
    },
    score: (task, { directory }) => {
      const { judge } = questionOf(task);
      const output = join(directory, "output.xlsx");
      return recalculator === null ? judge(output) : scoreBoth(output, judge, recalculator);
    },
    submitTruth: async (task, directory) => {
      const { table, truth } = questionOf(task);
      await copyWorkbook(await cache.fileOf("truth.xlsx", sheetsOf(table, truth)), join(directory, "output.xlsx"));
      return { directory, answer: "" };
    },
    answerKey: async (tasks) => tasks.map((task) => keyOf(task, questionOf(task))),
  };
}

function taskOf({ id, kind, request, table }: TableQuestion): Task {
  const instruction = spreadsheetInstruction({
    request,
    preview: table.preview,
    kind: "Cell-Level Manipulation",
    answerPosition: `'${ANSWER_SHEET}'!A1, and the cells below it for further items`,
  });
  return { id, instruction, files: ["input.xlsx"], output: "output.xlsx", kind };
}

function sheetsOf({ sheet }: TableOnSheet, truth: TableQuestion["truth"]): Sheet[] {
  return [sheet, { ...newSheet(ANSWER_SHEET), rows: truth.map((item) => [item]), fractions: PLAIN_FRACTIONS }];
}

function keyOf(task: Task, { truth }: TableQuestion): AnswerKeyEntry {
  const hasNumber = truth.some((item) => typeof item === "number");
  return {
    task: task.id,
    instruction: task.instruction,
    kind: task.kind,
    habits: hasNumber ? [...HABITS, "values-as-text"] : HABITS,
    sheet: ANSWER_SHEET,
    program: null,
    slips: {},
    cells: truth.map((value, index) => ({ sheet: ANSWER_SHEET, cell: `A${index + 1}`, value })),
  };
}

async function copyWorkbook(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  await chmod(to, 0o644);
}

function noTask(name: string, id: string): never {
  throw new SetupError(`${name}: no task ${JSON.stringify(id)} was loaded`);
}
