/** Proof of a data set by its own scorer: truth passes, and what is no answer does not. */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import pLimit from "p-limit";
import { messageOf } from "../../harness/errors.ts";
import type { Score, Task } from "../../harness/records.ts";
import { type Benchmark, BenchmarkError, type Submission } from "../../harness/roles.ts";
import { floorOf } from "./floors.ts";

/** What is handed in: the `truth` must score 1; `nothing` (no file, an empty text) and an `empty` file 0; the `untouched` input not 1. */
export const PROBES = ["truth", "nothing", "empty", "untouched"] as const;
export type Probe = (typeof PROBES)[number];

export interface Exception {
  readonly task: string;
  readonly probe: Probe;
  readonly expected: string;
  readonly found: string;
  /** Why it is so, where that is known; null for a new exception. */
  readonly known: string | null;
}

export interface Checked {
  /** How many tasks each probe was tried on. */
  readonly probes: Readonly<Record<Probe, number>>;
  /** In the order of the tasks. */
  readonly exceptions: readonly Exception[];
}

export interface CheckOptions {
  /** Where folders are made for what is handed in; they are deleted. */
  readonly scratch: string;
  readonly width: number;
  readonly signal: AbortSignal;
  readonly onTask: (done: number, exceptions: number) => void;
}

/** Tries all probes on all tasks. @throws SetupError when the scratch folder cannot be used */
export async function checkData(benchmark: Benchmark, options: CheckOptions): Promise<Checked> {
  const limit = pLimit(options.width);
  const probes = { truth: 0, nothing: 0, empty: 0, untouched: 0 };
  let done = 0;
  let found = 0;
  const perTask = await Promise.all(
    benchmark.tasks.map((task) =>
      limit(async () => {
        options.signal.throwIfAborted();
        const exceptions = await checkTask(benchmark, task, { options, probes });
        done += 1;
        found += exceptions.length;
        options.onTask(done, found);
        return exceptions;
      }),
    ),
  );
  return { probes, exceptions: perTask.flat() };
}

interface Account {
  readonly options: CheckOptions;
  readonly probes: Record<Probe, number>;
}

async function checkTask(benchmark: Benchmark, task: Task, { options, probes }: Account): Promise<Exception[]> {
  const exceptions: Exception[] = [];
  for (const probe of PROBES) {
    options.signal.throwIfAborted();
    const directory = await mkdtemp(join(options.scratch, "check-"));
    try {
      const score = await tryProbe(benchmark, task, { probe, directory });
      if (score === null) continue;
      probes[probe] += 1;
      const expected = unmet(probe, score);
      if (expected === null) continue;
      exceptions.push({ task: task.id, probe, expected, found: told(score), known: reasonOf(benchmark, task, probe) });
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }
  return exceptions;
}

/** The score of what a probe hands in; null where a task has no such thing. */
async function tryProbe(
  benchmark: Benchmark,
  task: Task,
  { probe, directory }: { probe: Probe; directory: string },
): Promise<Score | null> {
  try {
    const submission = await submissionOf(benchmark, task, { probe, directory });
    return submission === null ? null : await benchmark.score(task, submission);
  } catch (error) {
    if (!(error instanceof BenchmarkError)) throw error;
    return { kind: "unscored", reason: "benchmark-broken", detail: messageOf(error) };
  }
}

async function submissionOf(
  benchmark: Benchmark,
  task: Task,
  { probe, directory }: { probe: Probe; directory: string },
): Promise<Submission | null> {
  switch (probe) {
    case "truth":
      return benchmark.submitTruth(task, directory);
    case "nothing":
      return { directory, answer: "" };
    case "empty":
      if (task.output === null) return null; // where the answer is a text, nothing is the empty one
      await writeFile(join(directory, task.output), "");
      return { directory, answer: "" };
    case "untouched": {
      const { output } = task;
      const input = output === null ? undefined : task.files.find((file) => extname(file) === extname(output));
      if (output === null || input === undefined) return null;
      const inputs = join(directory, "inputs");
      await mkdir(inputs);
      await benchmark.prepare(task, inputs);
      await copyFile(join(inputs, input), join(directory, output));
      return { directory, answer: "" };
    }
    default:
      return probe satisfies never;
  }
}

/** What was expected, or null when it is met. */
function unmet(probe: Probe, score: Score): string | null {
  if (score.kind === "unscored") return probe === "truth" ? "1" : "a score";
  switch (probe) {
    case "truth":
      return score.value === 1 ? null : "1";
    case "nothing":
    case "empty":
      return score.value === 0 ? null : "0";
    case "untouched":
      return score.value < 1 ? null : "less than 1";
    default:
      return probe satisfies never;
  }
}

function told(score: Score): string {
  return score.kind === "scored"
    ? `${score.value}: ${score.explanation}`
    : `unscored, ${score.reason}: ${score.detail}`;
}

/** A defect of the data explains whatever a task does; a floor only that its untouched input passes. */
function reasonOf({ name, errata }: Benchmark, { id, family = id }: Task, probe: Probe): string | null {
  return errata[id] ?? errata[family] ?? (probe === "untouched" ? floorOf(name, id) : null);
}
