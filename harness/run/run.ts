/** Tasks x seeds to trials: what is done is read back, what is left is run, each trial is written once. */
import pLimit from "p-limit";
import { BudgetReached } from "../errors.ts";
import { LackingCall } from "../journal/lacking.ts";
import type { Manifest } from "../manifest.ts";
import type { Recall } from "../memory/recall.ts";
import { pace } from "../pace.ts";
import type { Task, Trial } from "../records.ts";
import type { Agent, AgentLimits, Benchmark, Model, Sandboxes, Seen } from "../roles.ts";
import type { Skill } from "../skill/skill.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { createRun, type RunOutcomes, readOutcomes, runId, trialName, trialNames, writeTrial } from "./store.ts";
import { runTrial } from "./trial.ts";
import { type Width, widthFor } from "./width.ts";

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
  /** Notes which calls a run used, so that they can be taken elsewhere with it; left out where nobody asks. */
  readonly usedBy?: <T>(run: string, work: () => T) => T;
  /** Trials under way at once. */
  readonly width: Width;
  readonly signal: AbortSignal;
  readonly onTrial: (event: TrialEvent) => void;
}

export interface TrialEvent {
  readonly trial: Outcome;
  readonly done: number;
  readonly total: number;
  /** True for a trial that was there already. */
  readonly readBack: boolean;
}

/**
 * Runs what is left of a run. Trials that our side spoilt before are tried again; scored ones never.
 * @returns the run with all its trials, also those of other seeds that were there
 * @throws what stops the run: a SetupError, a fault of ours, a BudgetReached, or the reason of an abort; trials done by then are kept
 */
export async function runBenchmark(options: RunOptions): Promise<RunOutcomes> {
  const { directory, benchmark, signal } = options;
  const manifest = await createRun(directory, options.manifest);
  const stored = await readOutcomes(directory);
  const known = new Map(stored.trials.map((trial) => [trialName(trial.task.id, trial.seed), trial]));
  const units = benchmark.tasks.flatMap((task) => options.manifest.seeds.map((seed) => ({ task, seed })));
  const total = units.length;
  const left: Unit[] = [];
  let done = 0;
  const tell = (trial: Outcome, readBack: boolean) => {
    done += 1;
    options.onTrial({ trial, done, total, readBack });
  };
  for (const unit of units) {
    const trial = known.get(trialName(unit.task.id, unit.seed));
    if (trial?.score.kind === "scored") tell(trial, true);
    else left.push(unit);
  }
  if (left.length === 0) return stored;
  signal.throwIfAborted();
  const onTrial = (trial: Trial) => {
    const outcome = outcomeOf(trial);
    known.set(trialName(trial.task.id, trial.seed), outcome);
    tell(outcome, false);
  };
  const work = () => runUnits(left, options, onTrial);
  await (options.usedBy === undefined ? work() : options.usedBy(runId(manifest), work));
  const names = trialNames(manifest);
  return { ...stored, trials: names.flatMap((name) => known.get(name) ?? []) };
}

interface Unit {
  readonly task: Task;
  readonly seed: number;
}

/**
 * Trials that are laid out at once. A thousand that begin together would each wait for all others, step by step, and no model
 * would be asked anything for seconds; in turn, the first are at their next call while the last wait.
 */
const LAID_OUT_AT_ONCE = 16;

/** Runs and writes trials, so many at once; resolves when all are written. */
async function runUnits(units: readonly Unit[], options: RunOptions, onTrial: (trial: Trial) => void): Promise<void> {
  const { directory, signal } = options;
  const stop = new AbortController();
  const stopped = AbortSignal.any([signal, stop.signal]);
  const limit = pLimit(widthFor(units.length, options.width));
  const inTurn = pLimit(LAID_OUT_AT_ONCE);
  let spent: BudgetReached | null = null;
  const settled = await Promise.allSettled(
    units.map((unit) =>
      limit(async () => {
        stopped.throwIfAborted();
        if (spent !== null) throw spent;
        const trial = await runTrial(unit.task, unit.seed, { ...options, inTurn, signal: stopped });
        await pace();
        writeTrial(directory, trial);
        onTrial(trial);
      }).catch((error: unknown) => {
        // What is under way at a limit is paid for: each trial goes on to the next call that it would have to pay.
        if (error instanceof BudgetReached) spent ??= error;
        else stop.abort(ofUnit(error, unit)); // the first fault stops the others, which end cleanly before it is told
        throw error;
      }),
    ),
  );
  const failure = settled.find((result) => result.status === "rejected");
  if (failure !== undefined) throw signal.aborted ? signal.reason : (stop.signal.reason ?? failure.reason);
}

/** Which trial lacks a call is worth knowing; other faults are of all trials alike. */
function ofUnit(error: unknown, { task, seed }: Unit): unknown {
  return error instanceof LackingCall ? error.of(`trial ${trialName(task.id, seed)}`) : error;
}
