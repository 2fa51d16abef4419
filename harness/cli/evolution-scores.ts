/** Scores candidates for choosing and for the gate: runs of an agent on evolve tasks; a test task is refused (invariant 9). */
import { join } from "node:path";
import type { UnitScores } from "../../distill/selection-gate.ts";
import { countedTrials, scoresByUnit } from "../../reports/rows.ts";
import { SetupError } from "../errors.ts";
import type { Fingerprint } from "../manifest.ts";
import type { Protocol, Task } from "../records.ts";
import { type AgentLimits, type Benchmark, type Model, OPTIONAL_LIMITS } from "../roles.ts";
import type { Run, RunOutcomes } from "../run/store.ts";
import type { Width } from "../run/width.ts";
import type { Skill } from "../skill/skill.ts";
import { benchmarkOfRuns } from "./benchmark-of.ts";
import type { Io } from "./io.ts";
import { openTrials } from "./perform-distill.ts";
import { performRun } from "./perform-run.ts";
import { progressOf } from "./progress.ts";
import { refuseSealed, refuseTestTasks, sealedTasks } from "./sealed-tasks.ts";
import type { Session } from "./session.ts";

/** How the agent works that scores candidates: as in the runs given, wherever they say so. */
export interface ScoringAgent {
  readonly protocol: Protocol;
  readonly seeds: readonly number[];
  readonly limits: AgentLimits;
}

export interface Scored {
  readonly scores: UnitScores;
  readonly unscored: number;
  readonly fingerprint: Fingerprint;
}

/** Of runs that tell none, such as imported ones: as `run` has them. */
const LIMITS: AgentLimits = { turns: 100, tokens: 2_000_000, timeMs: 3_600_000, commandTimeoutMs: 120_000 };
const LIMIT_NAMES: ReadonlySet<string> = new Set([...Object.keys(LIMITS), ...OPTIONAL_LIMITS]);

/** @throws SetupError without a run */
export function agentOf(runs: readonly Run[]): ScoringAgent {
  const [first] = runs;
  if (first === undefined) throw new SetupError("there is no run to distill");
  const recorded = Object.entries(first.manifest.fingerprint.limits);
  const protocols = runs.flatMap(({ trials }) => trials.flatMap(({ trajectory }) => trajectory?.protocol ?? []));
  return {
    protocol: protocols[0] ?? "tools",
    seeds: [...new Set(runs.flatMap(({ manifest }) => manifest.seeds))],
    limits: { ...LIMITS, ...Object.fromEntries(recorded.filter(([name]) => LIMIT_NAMES.has(name))) },
  };
}

/** The evolve tasks that the runs have trials of, each once. */
export function evolveTasks(runs: readonly Run[]): Task[] {
  return [...new Map(runs.flatMap(openTrials).map(({ task }) => [task.id, task])).values()];
}

/**
 * Loads these tasks of the runs' benchmark.
 * @throws SetupError when one of them belongs to the test half, whatever the runs say of it (invariant 9)
 */
export async function scoringBenchmark(
  runs: readonly Run[],
  taskIds: readonly string[],
  { data, io }: { data: string | null; io: Io },
): Promise<Benchmark> {
  const benchmark = await benchmarkOfRuns(runs, { taskIds, data, io });
  refuseTestTasks(benchmark, benchmark.tasks);
  return benchmark;
}

export interface Scoring extends ScoringAgent {
  /** Where runs are kept; each has a folder named for its label and its skill. */
  readonly directory: string;
  readonly benchmark: Benchmark;
  readonly model: Model;
  readonly session: Session;
  readonly width: Width;
  readonly io: Io;
}

/** Runs the agent with a skill, or without one; the same call again goes on where it was stopped. */
export async function scoreSkill(
  label: string,
  skill: { readonly skill: Skill; readonly path: string } | null,
  scoring: Scoring,
): Promise<Scored> {
  const { io, session, benchmark } = scoring;
  const progress = progressOf(io, session, `score ${label}`);
  // A skill that comes out otherwise after a fault gets a folder of its own.
  const name = skill === null ? label : `${label}-${skill.skill.hash.slice(0, 12)}`;
  const run = await performRun(session, {
    ...scoring,
    directory: join(scoring.directory, name.replace(/[^\w.-]+/g, "-")),
    arm: label,
    skill,
    signal: io.signal,
    onTrial: progress.trial,
  }).finally(progress.end);
  return scoredRun(run, benchmark.name);
}

/** @throws SetupError for a run that holds trials of test tasks: their scores are not even read */
export function scoredRun(run: RunOutcomes, benchmark: string): Scored {
  refuseSealed(benchmark, [...sealedTasks(run.manifest)]);
  return {
    scores: scoresByUnit(countedTrials(run)),
    unscored: run.trials.filter(({ score }) => score.kind === "unscored").length,
    fingerprint: run.manifest.fingerprint,
  };
}
