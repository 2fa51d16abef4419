/**
 * Test cases of the spreadsheet sets: a request, a workbook, and the golden workbook that it should become.
 * How one is read from disk, laid out for an agent, scored, and told to a simulated model: the same for all sets.
 */
import { chmod, copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import pLimit from "p-limit";
import { messageOf, SetupError } from "../harness/errors.ts";
import { hashJson, sha256 } from "../harness/hash.ts";
import type { Task } from "../harness/records.ts";
import { type Benchmark, BenchmarkError } from "../harness/roles.ts";
import { previewRows } from "./preview.ts";
import type { Recalculator } from "./recalculate/recalculator.ts";
import { scoreBoth } from "./recalculate/score-both.ts";
import { scoreWorkbooks } from "./scoring/score-workbooks.ts";
import { workbookScore } from "./scoring/workbook-score.ts";
import { spreadsheetInstruction } from "./spreadsheet-instruction.ts";
import { answerKeyEntry } from "./spreadsheetbench-answer-key.ts";
import type { CaseFiles, Row } from "./spreadsheetbench-files.ts";

const RULES = "trace2skill";
const SCORER = "spreadsheetbench/trace2skill-3d0b52a/1";
/** Cases read at once: each holds two workbooks in memory. */
const READ_AT_ONCE = 8;
const MOST_NAMED = 8;

/** A test case as it is found: not read yet. */
export interface FoundCase {
  readonly id: string;
  /** Left out where the task has one case only. */
  readonly family?: string;
  readonly row: Row;
  /** Undefined where there is no such case on disk. */
  readonly files: CaseFiles | undefined;
}

export interface WorkbookCase {
  readonly row: Row;
  readonly task: Task;
  readonly files: { readonly input: string; readonly golden: string };
  /** Of the bytes of input and golden. */
  readonly hashes: readonly string[];
}

interface LeftOut {
  readonly id: string;
  readonly problem: string;
}

export interface ReadCases {
  readonly cases: readonly WorkbookCase[];
  /** One for each kind of problem, with the tasks that were left out for it. */
  readonly notices: readonly string[];
}

/**
 * Reads cases in the order given; those whose workbooks are missing or unreadable are left out, and told of.
 * @throws SetupError when none is left, or a file cannot be read for a cause outside of it
 */
export async function readCases(found: readonly FoundCase[], where: string): Promise<ReadCases> {
  const read = await pLimit(READ_AT_ONCE).map(found, readCase);
  const cases = read.filter((outcome) => "task" in outcome);
  const notices = leftOutNotices(read.filter((outcome) => "problem" in outcome));
  if (cases.length === 0) throw new SetupError(`${where}: no task can be used\n${notices.join("\n")}`);
  return { cases, notices };
}

async function readCase({ id, family, row, files }: FoundCase): Promise<WorkbookCase | LeftOut> {
  if (files === undefined) return { id, problem: "no workbooks of it are there" };
  const { input, golden } = files;
  if (input === null || golden === null) return { id, problem: `no ${input === null ? "input" : "golden"} workbook` };
  try {
    const hashes = await Promise.all([input, golden].map(async (path) => sha256(await readFile(path))));
    const task = { ...(await taskOf(row, input)), id, ...(family === undefined ? {} : { family }) };
    return { row, task, files: { input, golden }, hashes };
  } catch (error) {
    if (error instanceof BenchmarkError) return { id, problem: error.message };
    throw new SetupError(`task ${id}: ${messageOf(error)}`, { cause: error });
  }
}

async function taskOf(row: Row, input: string): Promise<Task> {
  const instruction = spreadsheetInstruction({
    request: row.instruction,
    preview: await previewRows(input),
    kind: row.instruction_type,
    answerPosition: row.answer_position,
  });
  return { id: row.id, instruction, files: ["input.xlsx"], output: "output.xlsx", kind: row.instruction_type };
}

function leftOutNotices(leftOut: readonly LeftOut[]): string[] {
  const byProblem = Map.groupBy(leftOut, ({ problem }) => problem);
  return [...byProblem].map(([problem, all]) => `left out, ${problem}: ${counted(all.map(({ id }) => id))}`);
}

/** Such as `3 tasks (a, b, c)`, with the first few named. */
export function counted(ids: readonly string[]): string {
  const named = ids.slice(0, MOST_NAMED).join(", ");
  const more = ids.length > MOST_NAMED ? ` and ${ids.length - MOST_NAMED} more` : "";
  return `${ids.length} task${ids.length === 1 ? "" : "s"} (${named}${more})`;
}

/** The part of a benchmark that does not depend on which set the cases are from. */
export type CaseBenchmark = Pick<
  Benchmark,
  "tasks" | "dataHash" | "scorer" | "metric" | "prepare" | "score" | "submitTruth" | "answerKey"
>;

/**
 * Lays out and scores cases. A score is 1 when the cached values of all cells in `answer_position` equal the golden
 * workbook's, else 0; with a recalculator it is that of the output as calculated anew (`score-both.ts`).
 */
export function benchmarkOfCases(cases: readonly WorkbookCase[], recalculator: Recalculator | null): CaseBenchmark {
  // Ground truth stays in this closure, so that no agent can be shown it by mistake.
  const byId = new Map(cases.map((known) => [known.task.id, known]));
  const caseOf = ({ id }: Task) => {
    const known = byId.get(id);
    if (known === undefined) throw new SetupError(`no task ${JSON.stringify(id)} was loaded`);
    return known;
  };

  return {
    tasks: cases.map(({ task }) => task),
    dataHash: hashJson(cases.map(({ row, hashes }) => [row, hashes])),
    scorer: recalculator === null ? SCORER : `${SCORER} after ${recalculator.identity}`,
    metric: "pass",
    prepare: (task, directory) => copyWorkbook(caseOf(task).files.input, join(directory, "input.xlsx")),
    async score(task, { directory }) {
      const { files, row } = caseOf(task);
      const judge = async (output: string) =>
        workbookScore(await scoreWorkbooks(files.golden, output, row.answer_position, RULES));
      const output = join(directory, "output.xlsx");
      return recalculator === null ? judge(output) : scoreBoth(output, judge, recalculator);
    },
    async submitTruth(task, directory) {
      await copyWorkbook(caseOf(task).files.golden, join(directory, "output.xlsx"));
      return { directory, answer: "" };
    },
    answerKey: (tasks) =>
      pLimit(READ_AT_ONCE).map(tasks, (task) => {
        const { files, row } = caseOf(task);
        return answerKeyEntry(task, files.golden, row.answer_position);
      }),
  };
}

async function copyWorkbook(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  await chmod(to, 0o644); // data folders are often read-only, and the mode is copied too
}
