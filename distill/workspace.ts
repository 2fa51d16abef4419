/** The sandbox of an error analyst: the task's inputs, and for the first look what the agent left. */
import { constants } from "node:fs";
import { copyFile, lstat, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Score, Task } from "../harness/records.ts";
import { type Benchmark, BenchmarkError, type Sandbox, type Sandboxes } from "../harness/roles.ts";
import { asSandboxError } from "../harness/sandbox/fault.ts";
import { settleTimes } from "../harness/sandbox/times.ts";
import { type CutLimits, cutMiddle } from "../harness/truncate.ts";
import { ANSWER_FILE, toldOf, truthIn } from "./told.ts";

const MAX_ANSWER_BYTES = 1024 ** 2;
/** Of what a scorer says, where an analyst is shown it and where it is stored. */
export const ANSWER_LIMITS: CutLimits = { head: 3_000, tail: 1_000 };

export interface Bench {
  readonly benchmark: Benchmark;
  readonly sandboxes: Sandboxes;
}

/** What the agent left: a folder or null, and its answer as text. */
export interface Left {
  readonly directory: string | null;
  readonly answer: string;
}

/**
 * Opens a sandbox with the task's inputs.
 * @param left what the agent left, or null for the inputs only
 * @throws SandboxError, BenchmarkError: ours, for this trial; SetupError: the user's
 */
export async function openWorkspace(task: Task, { benchmark, sandboxes }: Bench, left: Left | null): Promise<Sandbox> {
  const sandbox = await sandboxes.open({ skill: null });
  try {
    await benchmark.prepare(task, sandbox.directory);
    if (left !== null) await layOut(task, sandbox.directory, left);
    settleTimes(sandbox.directory);
    return sandbox;
  } catch (error) {
    await sandbox[Symbol.asyncDispose]();
    return asSandboxError(error);
  }
}

/** A score whose explanation is short enough to be stored. */
export type Verdict = Extract<Score, { kind: "scored" }> & {
  /** All that it tells of the answer: for checks. */
  readonly whole: string;
  /** As the analyst of the task is shown it. */
  readonly told: string;
};

/** Scores what lies in the sandbox. An output that is a link is none: it could lead to what the sandbox hides. */
export async function scoreWorkspace(task: Task, benchmark: Benchmark, sandbox: Sandbox): Promise<Verdict> {
  const missing = task.output !== null && !(await isRegular(join(sandbox.directory, task.output)));
  if (missing)
    return verdictOn(task, { kind: "scored", value: 0, explanation: `there is no file /work/${task.output}` }, "");
  const answer = task.output === null ? await readAnswer(sandbox) : "";
  const score = await benchmark.score(task, { directory: sandbox.directory, answer });
  if (score.kind === "unscored") throw new BenchmarkError(`${score.reason}: ${score.detail}`);
  return verdictOn(task, score, answer);
}

function verdictOn(task: Task, score: Extract<Score, { kind: "scored" }>, answer: string): Verdict {
  const explanation = cutMiddle(score.explanation, ANSWER_LIMITS);
  const told = toldOf(task, { value: score.value, explanation }, answer);
  return { ...score, explanation, told, whole: truthIn(task, score, answer) };
}

async function readAnswer({ directory }: Sandbox): Promise<string> {
  const path = join(directory, ANSWER_FILE);
  return (await isRegular(path, MAX_ANSWER_BYTES)) ? (await readFile(path, "utf8")).trim() : "";
}

/** The agent's files, without its copies of the inputs and without links. */
async function layOut(task: Task, directory: string, left: Left): Promise<void> {
  const source = left.directory;
  const names = source === null ? [] : await readdir(source).catch(() => []);
  for (const name of names.filter((one) => !task.files.includes(one))) {
    const path = join(source ?? "", name);
    if (await isRegular(path)) await copyFile(path, join(directory, name), constants.COPYFILE_FICLONE);
  }
  if (task.output === null) await writeFile(join(directory, ANSWER_FILE), left.answer);
}

async function isRegular(path: string, maxBytes = Number.POSITIVE_INFINITY): Promise<boolean> {
  const found = await lstat(path).catch(() => null);
  return found?.isFile() === true && found.size <= maxBytes;
}
