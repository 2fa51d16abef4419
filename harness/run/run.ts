/** Tasks x seeds to trials: what is done is read back, what is left is run, each trial is written once. */
import pLimit from "p-limit";
import type { Recall } from "../memory/recall.ts";
import type { Manifest, Trial } from "../records.ts";
import type { Agent, AgentLimits, Benchmark, Model, Sandboxes, Seen } from "../roles.ts";
import type { Skill } from "../skill/skill.ts";
import { createRun, type Run, readRun, trialName, writeTrial } from "./store.ts";
import { runTrial } from "./trial.ts";

export interface RunOptions {
  readonly directory: string;
  readonly manifest: Manifest;
  readonly benchmark: Benchmark;
  readonly agent: Agent;
  readonly model: Model;
  readonly skill: Skill | null;
  /** Looks up what each task is shown of a memory; left out without one. */
  readonly memory?: Recall;
  readonly limits: AgentLimits;
  readonly sandboxes: Sandboxes;
  /** What a unit of work was shown before. */
  readonly seen: (unit: string) => Seen;
  /** Trials under way at once. */
  readonly width: number;
  readonly signal: AbortSignal;
  readonly onTrial: (event: TrialEvent) => void;
}

export interface TrialEvent {
  readonly trial: Trial;
  readonly done: number;
  readonly total: number;
  /** True for a trial that was there already. */
  readonly readBack: boolean;
}

/**
 * Runs what is left of a run. Trials that our side spoilt before are tried again; scored ones never.
 * @returns the run with all its trials, also those of other seeds that were there
 * @throws what stops the run: a SetupError, a fault of ours, or the reason of an abort; trials done by then are kept
 */
export async function runBenchmark(options: RunOptions): Promise<Run> {
  const { directory, benchmark, manifest, signal } = options;
  await createRun(directory, manifest);
  const before = new Map(
    (await readRun(directory)).trials.map((trial) => [trialName(trial.task.id, trial.seed), trial]),
  );
  const units = benchmark.tasks.flatMap((task) => manifest.seeds.map((seed) => ({ task, seed })));
  const total = units.length;
  let done = 0;
  const stop = new AbortController();
  const stopped = AbortSignal.any([signal, stop.signal]);
  const limit = pLimit(options.width);

  const settled = await Promise.allSettled(
    units.map(({ task, seed }) =>
      limit(async () => {
        const known = before.get(trialName(task.id, seed));
        const readBack = known?.score.kind === "scored";
        if (!readBack) stopped.throwIfAborted();
        const trial = readBack ? known : await runTrial(task, seed, { ...options, signal: stopped });
        if (!readBack) await writeTrial(directory, trial);
        done += 1;
        options.onTrial({ trial, done, total, readBack });
      }).catch((error: unknown) => {
        stop.abort(error); // the first fault stops the others, which end cleanly before it is told
        throw error;
      }),
    ),
  );
  const failure = settled.find((result) => result.status === "rejected");
  if (failure !== undefined) throw signal.aborted ? signal.reason : (stop.signal.reason ?? failure.reason);
  return readRun(directory);
}
