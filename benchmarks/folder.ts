/**
 * A benchmark of the user's own: a folder with `benchmark.json`, a file with a task a line, and the files they name.
 * Its format is told in `README.md` beside this file; the licence is the user's. The score is that of the scorer chosen there.
 */
import { chmod, copyFile, readFile, realpath } from "node:fs/promises";
import { basename, join } from "node:path";
import { SetupError } from "../harness/errors.ts";
import { hashJson, sha256 } from "../harness/hash.ts";
import type { Score, Task } from "../harness/records.ts";
import { type Benchmark, BenchmarkError, type Submission } from "../harness/roles.ts";
import type { AnswerKeyEntry } from "../harness/simulator/answer-key.ts";
import { readJson } from "./json-file.ts";
import { readJsonLines } from "./json-lines.ts";
import { chooseRows, type LoadOptions } from "./load-options.ts";
import { commandScorer } from "./own/command-scorer.ts";
import { innerFile } from "./own/files.ts";
import { answersOf, OwnBenchmark, type OwnRow, rowSchema } from "./own/schema.ts";
import { rightText, textScorer } from "./own/text-scorers.ts";
import { scoreWorkbooks } from "./scoring/score-workbooks.ts";
import { workbookScore } from "./scoring/workbook-score.ts";
import { answerKeyEntry } from "./spreadsheetbench-answer-key.ts";

interface Case {
  readonly row: OwnRow;
  /** Real paths, in the order of `row.files`. */
  readonly files: readonly string[];
  readonly golden: string | null;
  readonly hashes: readonly string[];
}

/**
 * Loads the chosen tasks of the folder given with --data. The benchmark is called `folder/<name>`, so that fingerprints tell
 * one user's from another's; a run under that name is loaded by this function again.
 * @throws SetupError that names file, line and field of what is wrong; for paths that lead out of the folder; for an answer
 *   that is also an input
 */
export async function folderBenchmark({ data, tasks: selection, settings }: LoadOptions): Promise<Benchmark> {
  if (data === null) throw new SetupError("folder: name the folder that holds benchmark.json: --data DIR");
  const about = await readJson(join(data, "benchmark.json"), OwnBenchmark);
  const name = `folder/${about.name}`;
  const rows = await readRows(data, about);
  const ofSplit = rows.filter(({ split }) => settings.split === "all" || split === settings.split);
  const chosen = chooseRows(ofSplit, selection, `${name}: split "${settings.split}"`);
  const cases = await Promise.all(chosen.map((row) => readCase(data, about, row)));
  refuseLeaks(about, cases, await secretFiles(data, about, rows));
  const scorer = await scorerOf(data, about);

  // Answers stay in this closure, so that no agent can be shown one by mistake.
  const byId = new Map(cases.map((known) => [known.row.id, known]));
  const caseOf = ({ id }: Task) => byId.get(id) ?? noTask(name, id);
  return {
    name,
    split: settings.split,
    data,
    tasks: chosen.map(taskOf),
    dataHash: hashJson([about, cases.map(({ row, hashes }) => [row, hashes])]),
    scorer: scorer.identity,
    metric: scorer.metric,
    settings,
    errata: {},
    notices: [],
    splitOf: (task) => caseOf(task).row.split,
    async prepare(task, directory) {
      const { row, files } = caseOf(task);
      for (const [index, file] of files.entries())
        await copyPlain(file, join(directory, basename(row.files[index] ?? "")));
    },
    score: (task, submission) => scorer.score(caseOf(task), submission),
    submitTruth: (task, directory) => submitTruth(caseOf(task), about, directory),
    answerKey: (asked) => Promise.all(asked.map((task) => keyEntry(task, about, caseOf(task)))),
  };
}

async function readRows(data: string, { tasks, scorer }: OwnBenchmark): Promise<OwnRow[]> {
  const path = await innerFile(data, tasks, `${join(data, "benchmark.json")}: tasks`);
  const rows = await readJsonLines(path, rowSchema(scorer), "a task of this benchmark");
  const seen = new Set<string>();
  for (const { id } of rows) {
    if (seen.has(id)) throw new SetupError(`${path}: the id ${JSON.stringify(id)} stands there twice`);
    seen.add(id);
  }
  return rows;
}

async function readCase(data: string, { tasks }: OwnBenchmark, row: OwnRow): Promise<Case> {
  const where = (field: string) => `${join(data, tasks)}: task ${JSON.stringify(row.id)}: ${field}`;
  const files = await Promise.all(row.files.map((file) => innerFile(data, file, where("files"))));
  const golden = row.golden === undefined ? null : await innerFile(data, row.golden, where("golden"));
  const hashes = await Promise.all(
    [...files, ...(golden === null ? [] : [golden])].map(async (path) => sha256(await readFile(path))),
  );
  return { row, files, golden, hashes };
}

/** What agents must not see, by real path: the right answers of all tasks, also of those that are not chosen, and what tells them. */
async function secretFiles(
  data: string,
  { tasks, scorer }: OwnBenchmark,
  rows: readonly OwnRow[],
): Promise<ReadonlyMap<string, string>> {
  const secrets = [
    ["benchmark.json", "the benchmark itself"],
    [tasks, "the file of the tasks, with their answers"],
    ...(scorer.kind === "command" ? scorer.files.map((name) => [name, "a file of the scorer"]) : []),
    ...rows.flatMap(({ id, golden }) =>
      golden === undefined ? [] : [[golden, `the right answer of task ${JSON.stringify(id)}`]],
    ),
  ];
  const found = await Promise.all(
    secrets.map(async ([name = "", what = ""]) => [await realpath(join(data, name)).catch(() => ""), what] as const),
  );
  return new Map(found);
}

function refuseLeaks({ tasks }: OwnBenchmark, cases: readonly Case[], secrets: ReadonlyMap<string, string>): void {
  for (const { row, files } of cases) {
    const at = files.findIndex((file) => secrets.has(file));
    if (at < 0) continue;
    throw new SetupError(
      `${tasks}: task ${JSON.stringify(row.id)}: files: ${row.files[at]} is ${secrets.get(files[at] ?? "")}`,
    );
  }
}

function taskOf({ id, instruction, files, images, output, kind, family }: OwnRow): Task {
  return {
    id,
    instruction,
    files: files.map((file) => basename(file)),
    output,
    kind,
    ...(images === undefined ? {} : { images: images.map((image) => basename(image)) }),
    ...(family === undefined ? {} : { family }),
  };
}

interface OwnScorer {
  readonly identity: string;
  readonly metric: string;
  readonly score: (known: Case, submission: Submission) => Promise<Score>;
}

async function scorerOf(data: string, { scorer }: OwnBenchmark): Promise<OwnScorer> {
  switch (scorer.kind) {
    case "spreadsheet":
      return {
        identity: `spreadsheet-cells/${scorer.rules}`,
        metric: "pass",
        score: async ({ row, golden }, { directory }) => {
          const [output, wanted] = [join(directory, row.output ?? ""), golden ?? ""];
          return workbookScore(await scoreWorkbooks(wanted, output, row.answerPosition ?? "", scorer.rules));
        },
      };
    case "command": {
      const where = `${join(data, "benchmark.json")}: scorer: files`;
      const files = await Promise.all(
        scorer.files.map(async (name) => ({ name, path: await innerFile(data, name, where) })),
      );
      const hashes = await Promise.all(files.map(async ({ path }) => sha256(await readFile(path))));
      const judge = commandScorer(scorer, files);
      return { identity: `command/${hashJson([scorer, hashes]).slice(0, 12)}`, metric: "score", score: judge };
    }
    default: {
      const judge = textScorer(scorer);
      return {
        identity: `${scorer.kind}/${hashJson(scorer).slice(0, 12)}`,
        metric: scorer.kind === "anls" ? "ANLS" : "pass",
        score: ({ row }, { answer }) => judge(answer, answersOf(row)),
      };
    }
  }
}

async function submitTruth({ row, golden }: Case, { scorer }: OwnBenchmark, directory: string): Promise<Submission> {
  if (row.output !== null) {
    if (golden === null) throw new BenchmarkError(`task ${row.id} has no golden file to prove its scorer with`);
    await copyPlain(golden, join(directory, row.output));
    return { directory, answer: "" };
  }
  const answer = rightText(scorer, answersOf(row));
  if (answer === undefined) throw new BenchmarkError(`task ${row.id} has no answer to prove its scorer with`);
  return { directory, answer };
}

async function keyEntry(task: Task, { scorer }: OwnBenchmark, { row, golden }: Case): Promise<AnswerKeyEntry> {
  if (golden !== null && row.answerPosition !== undefined) return answerKeyEntry(task, golden, row.answerPosition);
  const { id, instruction, kind } = task;
  const empty = { habits: [], sheet: "", program: null, slips: {}, cells: [] };
  return { task: id, instruction, kind, ...empty, text: rightText(scorer, answersOf(row)) ?? "" };
}

/** Data folders are often read-only, and the mode is copied too. */
async function copyPlain(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  await chmod(to, 0o644);
}

function noTask(name: string, id: string): never {
  throw new SetupError(`${name}: no task ${JSON.stringify(id)} was loaded`);
}
