/** What one run came to. Stored as `summary.json` beside its trials, and one arm of a report. */
import { z } from "zod";
import { shortHash } from "../harness/hash.ts";
import type { Manifest } from "../harness/manifest.ts";
import { Exit, FORMAT_VERSION, Score, Usage } from "../harness/records.ts";
import type { Outcome } from "../harness/run/outcome.ts";
import { PlaceboMark } from "../harness/skill/placebo-mark.ts";
import { Interval } from "../harness/statistics/interval.ts";
import { clusteredStandardError, meanInterval, meanScore } from "../harness/statistics/mean.ts";
import { sumUsage } from "../harness/usage.ts";
import { Attested, attestedOf } from "./attested.ts";
import { errataRows, metricRows, type Rows, seedMeans, triesRows } from "./metrics.ts";
import { Repairs, repairsOf } from "./repairs.ts";
import { compareText, countedTrials, type RunTrials, scoresByUnit } from "./rows.ts";

const count = z.number().int().nonnegative();
/** Why our side spoilt a trial: the reasons that a `Score` knows. */
const UnscoredReason = Score.options[1].shape.reason;

/**
 * A mean is over tasks with at least one score, each weighing the same; null without such a task. Tasks that are cases of one
 * family count as one task: their mean is the Soft restriction of SpreadsheetBench (arXiv:2406.14991).
 */
const Result = z.strictObject({
  /** Tasks behind the mean: its n. */
  tasks: count,
  /** Of tasks that resemble each other: with any, these are the unit of the interval. Left out where tasks stand alone. */
  clusters: count.optional(),
  mean: z.number().nullable(),
  /** 95 %, tasks or clusters as the unit (harness/statistics/mean.ts). */
  interval: Interval.nullable(),
});

export const KindResult = Result.extend({ kind: z.string(), scored: count, unscored: count });
export type KindResult = z.infer<typeof KindResult>;

export const RunSummary = Result.extend({
  version: z.literal(FORMAT_VERSION),
  kind: z.literal("summary"),
  arm: z.string(),
  model: z.string(),
  /** True when a simulated model made the numbers; whoever shows them says so. */
  simulated: z.boolean(),
  benchmark: z.string(),
  split: z.string(),
  /** What the mean is a mean of, such as `pass` or `ANLS`. */
  metric: z.string(),
  /** Name and version of the scoring rules, and of an engine that computed formulas anew. */
  scorer: z.string(),
  /** Hash of the skill, or null without one. */
  skill: z.string().nullable(),
  /** There where the skill is a placebo of one. */
  placebo: PlaceboMark.optional(),
  /** Of the arm's memory; left out without one. */
  memory: z
    .strictObject({
      hash: z.string(),
      /** Tasks of the run that it was drawn from: each was shown only what others taught. */
      leftOut: count,
    })
    .optional(),
  /** First digits of the hash of the run's fingerprint. */
  fingerprint: z.string(),
  /** Tasks that the run is to try, with or without a score yet. */
  tasksWanted: count,
  seeds: z.array(z.number().int()),
  scored: count,
  unscored: z.partialRecord(UnscoredReason, count),
  /** Tasks that the arm's skill was distilled from: with any, the mean is not of held-out tasks alone. */
  learned: count,
  /** There where commands of agents ran without a sandbox: they could read answers and the network. */
  unisolated: z.literal(true).optional(),
  /** Trials that the run is to make and that are not there. */
  missing: count,
  /** In units of score; null with fewer than two tasks, or clusters of them. */
  standardError: z.number().nullable(),
  exits: z.partialRecord(Exit, count),
  /** Trials that ended because the model could not keep to the protocol; scored as they stand, and told apart. */
  protocolFailures: count,
  /** What was in sight of the trials, and what they tried; left out where no trial tells. */
  attested: Attested.optional(),
  /** What had to be put right to read replies; left out where nothing was. */
  repairs: Repairs.optional(),
  usage: Usage,
  byKind: z.array(KindResult),
  /** Further numbers about the same answers, by name. */
  metrics: z.record(z.string(), Result),
  /**
   * Chance that one of k tries at a task passes (pass@k), and that all do (pass^k); left out with fewer than two seeds and
   * where answers are not just right or wrong. Of a family a try passes that passes in Hard.
   */
  tries: z.array(z.strictObject({ k: z.number().int().min(2), one: Result, all: Result })).optional(),
  /** What tasks known to be defective do to the mean; null where the run has none. `mode` is what the mean above does. */
  errata: z.strictObject({ mode: z.enum(["keep", "drop"]), tasks: count, keep: Result, drop: Result }).nullable(),
  /** Each seed alone, and the standard deviation of these means; null with fewer than two. avg@k is the mean above. */
  bySeed: z
    .strictObject({ means: z.array(z.strictObject({ seed: z.number().int(), mean: z.number() })), spread: z.number() })
    .nullable(),
});
export type RunSummary = z.infer<typeof RunSummary>;

/** The cluster of a task, or of a family of cases, by its name. */
export type ClusterOf = (unit: string) => string;

/**
 * Sums up a run. Pure: equal trials in any order give equal summaries.
 * Unscored trials count as such and are in no mean (invariant 2).
 */
export function summarize(run: RunTrials): RunSummary {
  return clusteredSummary(run, null);
}

/** As `summarize`, with the errors of clusters; null where each task stands alone. */
export function clusteredSummary(run: RunTrials, clusterOf: ClusterOf | null): RunSummary {
  const { manifest, trials } = run;
  const counted = countedTrials(run);
  const resultOf: ResultOf = (rows) => resultOfRows(rows, clusterOf);
  const rows = scoresByUnit(counted);
  const unscored = trials.flatMap(({ score }) => (score.kind === "unscored" ? [score.reason] : []));
  const repairs = repairsOf(trials);
  const attested = attestedOf(trials);
  const exits = trials.flatMap(({ trajectory }) => (trajectory === null ? [] : [trajectory.exit]));
  return {
    version: FORMAT_VERSION,
    kind: "summary",
    arm: manifest.arm,
    model: manifest.model.name,
    simulated: manifest.model.simulated,
    benchmark: manifest.benchmark.name,
    split: manifest.benchmark.split,
    metric: metricOf(run),
    scorer: manifest.fingerprint.scorer,
    skill: manifest.skill?.hash ?? null,
    ...(manifest.skill?.placebo && { placebo: manifest.skill.placebo }),
    ...(manifest.memory && { memory: { hash: manifest.memory.hash, leftOut: manifest.memory.leftOut.length } }),
    fingerprint: shortHash(manifest.fingerprint),
    tasksWanted: manifest.benchmark.taskIds.length,
    seeds: manifest.seeds,
    ...resultOf(rows),
    standardError: standardErrorOf(rows, clusterOf),
    scored: trials.length - unscored.length,
    unscored: tally(unscored),
    learned: manifest.benchmark.learned?.length ?? 0,
    ...(isUnisolated(manifest) && { unisolated: true }),
    missing: Math.max(0, manifest.benchmark.taskIds.length * manifest.seeds.length - trials.length),
    exits: tally(exits),
    protocolFailures: exits.filter((exit) => exit === "format-errors").length,
    ...(attested && { attested }),
    ...(repairs && { repairs }),
    usage: sumUsage(trials.map(({ usage }) => usage)),
    byKind: byKind(counted, resultOf),
    metrics: Object.fromEntries([...metricRows(counted)].map(([name, of]) => [name, resultOf(of)])),
    ...triesOf(run, resultOf),
    errata: errataOf(run, resultOf),
    bySeed: seedMeans(counted),
  };
}

/** As `--sandbox none` names itself in the fingerprint. */
function isUnisolated({ fingerprint }: Manifest): boolean {
  return /^none\//.test(fingerprint.sandbox);
}

/** The mean over families of cases that are right or wrong has a name of its own. */
function metricOf({ manifest, trials }: RunTrials): string {
  const { metric = "score" } = manifest.benchmark;
  return metric === "pass" && trials.some(({ task }) => task.family !== undefined) ? "soft" : metric;
}

function errataOf(run: RunTrials, resultOf: ResultOf): RunSummary["errata"] {
  const found = errataRows(run);
  if (found === null) return null;
  const mode = run.manifest.benchmark.settings?.errata ?? "keep";
  return { mode, tasks: found.tasks, keep: resultOf(found.keep), drop: resultOf(found.drop) };
}

function triesOf(run: RunTrials, resultOf: ResultOf): Pick<RunSummary, "tries"> {
  const { benchmark, seeds } = run.manifest;
  if (benchmark.metric !== "pass") return {};
  const tries = triesRows(countedTrials(run), seeds.length);
  return tries.length === 0
    ? {}
    : { tries: tries.map(({ k, one, all }) => ({ k, one: resultOf(one), all: resultOf(all) })) };
}

function byKind(trials: readonly Outcome[], resultOf: ResultOf): KindResult[] {
  const groups = Map.groupBy(trials, ({ task }) => task.kind);
  return [...groups]
    .sort(([a], [b]) => compareText(a, b))
    .map(([kind, group]) => {
      const scored = group.filter(({ score }) => score.kind === "scored").length;
      return { kind, scored, unscored: group.length - scored, ...resultOf(scoresByUnit(group)) };
    });
}

type ResultOf = (rows: Rows) => z.infer<typeof Result>;

function resultOfRows(rows: Rows, clusterOf: ClusterOf | null): z.infer<typeof Result> {
  const clusters = clusterOf && [...rows.keys()].map(clusterOf);
  const size = { tasks: rows.size, ...(clusters && { clusters: new Set(clusters).size }) };
  if (rows.size === 0) return { ...size, mean: null, interval: null };
  const scores = [...rows.values()];
  return { ...size, mean: meanScore(scores), interval: meanInterval(scores, clusters) };
}

function standardErrorOf(rows: Rows, clusterOf: ClusterOf | null): number | null {
  const clusters = clusterOf && [...rows.keys()].map(clusterOf);
  const units = clusters === null ? rows.size : new Set(clusters).size;
  return units < 2 ? null : clusteredStandardError([...rows.values()], clusters);
}

/** How often each name stands in a list, by name. */
function tally<Name extends string>(names: readonly Name[]): Partial<Record<Name, number>> {
  const counts: Partial<Record<Name, number>> = {};
  for (const name of [...names].sort(compareText)) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
