import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SPREADSHEET_KINDS, TABLE_KINDS } from "../../../benchmarks/sample/kinds/index.ts";
import { makeTasks, solvedSheets } from "../../../benchmarks/sample/sample-task.ts";
import { newSheet } from "../../../benchmarks/sample/sheet.ts";
import { workbookBytes } from "../../../benchmarks/sample/write-workbook.ts";
import type { AnswerKeyEntry } from "../../../harness/simulator/answer-key.ts";
import type { Habit } from "../../../harness/simulator/habit.ts";
import { HABITS } from "../../../harness/simulator/habits.ts";
import { scriptCommand } from "../../../harness/simulator/script.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { allSamples, type Sample } from "./all-samples.ts";
import { runScripts, whatIsMissing } from "./run-scripts.ts";

const MADE = new Map(
  [...makeTasks(SPREADSHEET_KINDS, 6, []), ...makeTasks(TABLE_KINDS, 4, [])].map((made) => [made.id, made]),
);

async function scoreFile({ benchmark, task }: Sample, directory: string) {
  const score = await benchmark.score(task, { directory, answer: "" });
  if (score.kind !== "scored") throw new Error(`${task.id}: ${score.detail}`);
  return score;
}

/** Scores an output.xlsx of these bytes. */
async function scoreBytes(sample: Sample, bytes: Uint8Array, folder: string) {
  await writeFile(join(folder, "output.xlsx"), bytes);
  return (await scoreFile(sample, folder)).value;
}

test("for every task the untouched input, no output and empty workbooks score 0, and the ground truth scores 1", async () => {
  const folder = await temporaryFolder();
  const none = await temporaryFolder();
  const empty = await workbookBytes([newSheet("Sheet1")]);
  for (const sample of await allSamples(await temporaryFolder())) {
    const made = MADE.get(sample.task.id)!;
    const blank = await workbookBytes(made.draft.sheets.map(({ name }) => newSheet(name)));
    const values = [
      await scoreBytes(sample, await workbookBytes(made.draft.sheets), folder),
      (await scoreFile(sample, none)).value,
      await scoreBytes(sample, empty, folder),
      await scoreBytes(sample, blank, folder),
      await scoreBytes(sample, await workbookBytes(solvedSheets(made)), folder),
    ];
    expect(values, sample.task.id).toEqual([0, 0, 0, 0, 1]);
  }
});

interface Planned {
  readonly sample: Sample;
  readonly directory: string;
  readonly script: string;
  /** Null: solves the task. */
  readonly spoiltBy: string | null;
}

const byName = new Map(HABITS.map((habit) => [habit.name, habit]));
/** What the habit says of text answers, done to the cells. */
const SENTENCE = `answer = [(sheet, cell, f"The answer to the question is {value}.") for sheet, cell, value, *_ in answer]`;

/** The simulated model's own script, without the shell around it. */
function scriptOf(entry: AnswerKeyEntry, biting: readonly Habit[]): string {
  const command = scriptCommand(entry, { reasoningFails: false, biting, shown: [] });
  return /<<'PY'\n([\s\S]*)PY\n/.exec(command)![1]!;
}

function spoilt(entry: AnswerKeyEntry, name: string): string {
  const habit = byName.get(name)!;
  if (habit.spoil.at !== "text") return scriptOf(entry, [habit]);
  return scriptOf({ ...entry, program: `${entry.program}\n${SENTENCE}` }, []);
}

async function plan(sample: Sample, root: string): Promise<Planned[]> {
  const [entry] = await sample.benchmark.answerKey([sample.task]);
  const names = [...new Set([...Object.keys(entry!.slips), ...entry!.habits])];
  const planned = [null, ...names].map((spoiltBy) => ({
    sample,
    spoiltBy,
    directory: join(root, `${sample.task.id}.${spoiltBy}`),
    script: spoiltBy === null ? scriptOf(entry!, []) : spoilt(entry!, spoiltBy),
  }));
  const inputs = join(root, sample.task.id);
  await mkdir(inputs);
  await sample.benchmark.prepare(sample.task, inputs);
  for (const { directory } of planned) {
    await mkdir(directory);
    await copyFile(join(inputs, "input.xlsx"), join(directory, "input.xlsx"));
  }
  return planned;
}

test("the truth laid out as a submission scores 1", async () => {
  for (const sample of (await allSamples(await temporaryFolder())).filter((_, index) => index % 9 === 0)) {
    const directory = await temporaryFolder();
    const submission = await sample.benchmark.submitTruth(sample.task, directory);
    expect(submission).toEqual({ directory, answer: "" });
    expect(await sample.benchmark.score(sample.task, submission), sample.task.id).toMatchObject({ value: 1 });
  }
});

test("for every task the program scores 1, and as any of its slips or habits spoils it 0", async (ctx) => {
  const missing = await whatIsMissing();
  if (missing !== null) return ctx.skip(missing);
  const root = await temporaryFolder();
  const samples = await allSamples(await temporaryFolder());
  const planned = (await Promise.all(samples.map((sample) => plan(sample, root)))).flat();
  const half = Math.ceil(planned.length / 2);
  const problems = await Promise.all([runScripts(planned.slice(0, half)), runScripts(planned.slice(half))]);

  // A spoilt program gives a wrong answer; it does not fall over.
  expect(problems.flatMap((found) => [...found])).toEqual([]);
  const wrong: string[] = [];
  for (const { sample, directory, spoiltBy } of planned) {
    const { value, explanation } = await scoreFile(sample, directory);
    if (value !== (spoiltBy === null ? 1 : 0))
      wrong.push(`${sample.task.id}, ${spoiltBy ?? "program"}: ${explanation}`);
  }
  expect(wrong).toEqual([]);
  expect(planned.length).toBeGreaterThan(500);
});
