/**
 * SpreadsheetBench-Verified: 400 requests that people made about their workbooks, with one test case each.
 * Source: Ma et al., NeurIPS 2024, arXiv:2406.14991; the verified subset is of 2025. Licence: CC BY-SA 4.0.
 * Score: 1 when the cached values of all cells in `answer_position` equal the golden workbook's, else 0.
 */
import { chmod, copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, SetupError } from "../harness/errors.ts";
import { hashJson, sha256 } from "../harness/hash.ts";
import type { Task } from "../harness/records.ts";
import { type Benchmark, BenchmarkError } from "../harness/roles.ts";
import { previewRows } from "./preview.ts";
import { scoreWorkbooks } from "./scoring/score-workbooks.ts";
import { workbookScore } from "./scoring/workbook-score.ts";
import { spreadsheetInstruction } from "./spreadsheet-instruction.ts";
import { answerKeyEntry } from "./spreadsheetbench-answer-key.ts";
import { findWorkbooks, type Row, readRows, type WorkbookPair, workbookRoots } from "./spreadsheetbench-files.ts";

export interface SpreadsheetBenchOptions {
  /** Folder with `dataset.json`, and with `spreadsheet/` or .tar.gz archives of it; nothing is written there. */
  readonly data: string;
  readonly split: "all" | "evolve" | "test";
  /** Where archives are unpacked, once. */
  readonly cacheDirectory: string;
  /** Rows of the split (the end excluded), or ids; only their workbooks are read. All when left out. */
  readonly tasks?: { readonly from: number; readonly to: number } | { readonly ids: readonly string[] };
}

/** Rows of `dataset.json` in the official order; the paper distills from the first half and judges on the second. */
const SPLIT_ROWS = { all: [0, Infinity], evolve: [0, 200], test: [200, 400] } as const;
const VERIFIED_ROWS = 400;
const RULES = "trace2skill";
const SCORER = "spreadsheetbench/trace2skill-3d0b52a/1";
/** Rows whose score says little; they are kept, as in the paper. */
const DEFECTS: Readonly<Record<string, string>> = {
  "13-1": "the position names no sheet and so misses the answer: the untouched input passes",
  "73-45": "the answer range is empty: any workbook passes",
  "130-9": "a comma in a sheet name splits the position: nothing passes",
};

/**
 * Loads the tasks of a split, with the first rows of their workbooks in the instruction.
 * Tasks whose workbooks are missing or unreadable are left out, with a notice.
 * @throws SetupError when the folder does not hold the data set, or no task is left
 */
export async function spreadsheetBench(options: SpreadsheetBenchOptions): Promise<Benchmark> {
  const { data, split, cacheDirectory } = options;
  const rows = await readRows(data);
  const roots = await workbookRoots(data, cacheDirectory);
  const loaded = await Promise.all(chosenRows(rows, options).map((row) => loadCase(row, roots)));
  const cases = loaded.filter((outcome) => typeof outcome !== "string");
  const notices = [...splitNotices(rows, split), ...loaded.flatMap(noticesOf)];
  if (cases.length === 0) throw new SetupError(`spreadsheetbench: ${data}: no task can be used\n${notices.join("\n")}`);

  // Ground truth stays in this closure, so that no agent can be shown it by mistake.
  const byId = new Map(cases.map((known) => [known.task.id, known]));
  const evolve = new Set(rows.slice(...SPLIT_ROWS.evolve).map(({ id }) => id));
  const caseOf = (task: Task) => byId.get(task.id) ?? fail(`spreadsheetbench: no task ${task.id} was loaded`);

  return {
    name: "spreadsheetbench",
    split,
    data,
    tasks: cases.map(({ task }) => task),
    dataHash: hashJson(cases.map(({ row, hashes }) => [row, hashes])),
    scorer: SCORER,
    notices,
    splitOf: (task) => (evolve.has(task.id) ? "evolve" : "test"),
    async prepare(task, directory) {
      const target = join(directory, "input.xlsx");
      await copyFile(caseOf(task).files.input, target);
      await chmod(target, 0o644); // data folders are often read-only, and the mode is copied too
    },
    async score(task, { directory }) {
      const { files, row } = caseOf(task);
      const output = join(directory, "output.xlsx");
      return workbookScore(await scoreWorkbooks(files.golden, output, row.answer_position, RULES));
    },
    answerKey: (tasks) =>
      Promise.all(
        tasks.map((task) => {
          const { files, row } = caseOf(task);
          return answerKeyEntry(task, files.golden, row.answer_position);
        }),
      ),
  };
}

interface Case {
  readonly row: Row;
  readonly task: Task;
  readonly files: WorkbookPair;
  /** Of the bytes of input and golden. */
  readonly hashes: readonly string[];
}

function chosenRows(rows: readonly Row[], { data, split, tasks }: SpreadsheetBenchOptions): Row[] {
  const ofSplit = rows.slice(...SPLIT_ROWS[split]);
  if (tasks === undefined) return ofSplit;
  if ("ids" in tasks) {
    const byId = new Map(ofSplit.map((row) => [row.id, row]));
    const missing = tasks.ids.filter((id) => !byId.has(id));
    if (missing.length > 0) fail(`spreadsheetbench: ${data}: split "${split}" has no tasks ${missing.join(", ")}`);
    return tasks.ids.flatMap((id) => byId.get(id) ?? []);
  }
  const chosen = ofSplit.slice(tasks.from, tasks.to);
  if (chosen.length > 0) return chosen;
  return fail(
    `spreadsheetbench: ${data}: no tasks in ${tasks.from}:${tasks.to}; the split "${split}" has ${ofSplit.length} there`,
  );
}

/** The task ready for use, or why it is left out. */
async function loadCase(row: Row, roots: readonly string[]): Promise<Case | string> {
  const files = await findWorkbooks(row, roots);
  if (typeof files === "string") return `task ${row.id} is left out: ${files}`;
  try {
    const hashes = await Promise.all([files.input, files.golden].map(async (path) => sha256(await readFile(path))));
    return { row, task: await taskOf(row, files), files, hashes };
  } catch (error) {
    if (error instanceof BenchmarkError) return `task ${row.id} is left out: ${error.message}`;
    throw new SetupError(`spreadsheetbench: task ${row.id}: ${messageOf(error)}`, { cause: error });
  }
}

async function taskOf(row: Row, files: WorkbookPair): Promise<Task> {
  const instruction = spreadsheetInstruction({
    request: row.instruction,
    preview: await previewRows(files.input),
    kind: row.instruction_type,
    answerPosition: row.answer_position,
  });
  return { id: row.id, instruction, files: ["input.xlsx"], output: "output.xlsx", kind: row.instruction_type };
}

function splitNotices(rows: readonly Row[], split: SpreadsheetBenchOptions["split"]): string[] {
  const [from, to] = SPLIT_ROWS[split];
  if (rows.length >= Math.min(to, VERIFIED_ROWS)) return [];
  const held = Math.max(0, rows.length - from);
  return [`dataset.json has ${rows.length} of ${VERIFIED_ROWS} rows: split "${split}" has ${held} tasks`];
}

function noticesOf(outcome: Case | string): string[] {
  if (typeof outcome === "string") return [outcome];
  const { task, files } = outcome;
  const defect = DEFECTS[task.id];
  return [
    ...(defect === undefined ? [] : [`task ${task.id}: ${defect}`]),
    ...(files.furtherCases > 0 ? [`task ${task.id}: ${files.furtherCases} further test cases are not used`] : []),
  ];
}

function fail(problem: string): never {
  throw new SetupError(problem);
}
