/** Arms against a baseline, paired by task; arms whose fingerprints differ in more than skill, memory and model are not ranked. */
import { z } from "zod";
import { hashJson } from "../harness/hash.ts";
import type { Fingerprint } from "../harness/manifest.ts";
import type { Random } from "../harness/random.ts";
import type { Outcome } from "../harness/run/outcome.ts";
import { Interval } from "../harness/statistics/interval.ts";
import { Adjustment, adjusted } from "./compare-several.ts";
import { Equivalence, TestMethod, testDifference } from "./compare-test.ts";
import { type Two, tasksApart, Warning, warning, warningsOf } from "./compare-warnings.ts";
import { ItemTransfer, itemTransfer } from "./item-transfer.ts";
import { metricByUnit } from "./metrics.ts";
import { countedTrials, type RunTrials, rowsBySeed, scoresByUnit } from "./rows.ts";
import { type ClusterOf, RunSummary, summarize } from "./summary.ts";

const ComparedArm = RunSummary.pick({
  arm: true,
  model: true,
  simulated: true,
  fingerprint: true,
  seeds: true,
  scorer: true,
});

export const Difference = z.strictObject({
  arm: ComparedArm,
  baseline: ComparedArm,
  benchmark: z.string(),
  split: z.string(),
  /** What is compared, such as `pass` or `ANLS`. */
  metric: z.string(),
  /** Tasks that both have a score for: n. */
  tasks: z.number().int(),
  /** Groups of tasks that the tests take as one; null where each task stands alone. */
  clusters: z.number().int().nullable(),
  /** Mean of arm less baseline over those tasks, in [-1, 1]. */
  difference: z.number(),
  interval: Interval,
  /** A second one, by the BCa bootstrap over tasks or clusters; left out where it was not asked for, and with fewer than two. */
  bootstrap: Interval.optional(),
  /** Two-sided. */
  p: z.number(),
  method: TestMethod,
  adjustment: Adjustment,
  /** The smallest true difference that this design would have found with a chance of 80 %; null where it would miss any. */
  smallest: z.number().nullable(),
  /** Whether the arm is shown to keep within a margin; null where none was given. */
  equivalence: Equivalence.nullable(),
  /** Ids of tasks: where the arm did better, where it did worse, and where it did the same. */
  wins: z.array(z.string()),
  losses: z.array(z.string()),
  ties: z.array(z.string()),
  items: ItemTransfer,
  warnings: z.array(Warning),
});
export type Difference = z.infer<typeof Difference>;

/** One run, as the store reads it. */
export type Arm = RunTrials;

/** `refused`: the arms cannot be ranked, and `reason` tells the user why and what to do; `forceable` where `forced` would do. */
export type Comparison =
  | { readonly kind: "ranked"; readonly differences: readonly Difference[] }
  | { readonly kind: "refused"; readonly reason: string; readonly forceable: boolean };

export interface CompareOptions {
  /**
   * Draws signings where there are too many to count: a generator for each comparison, from the same seed, so that a p does
   * not depend on what else is compared.
   */
  readonly random: () => Random;
  /** Compares even arms whose fingerprints differ; each such difference carries a warning. */
  readonly forced?: boolean;
  /** Up to how much worse, in units of score, is no loss. */
  readonly margin?: number;
  /** Also asks for the interval of the bootstrap. */
  readonly bootstrap?: boolean;
  /** Name of a further metric of the scores, such as `hard`; the score itself when left out. */
  readonly metric?: string;
  /** What tasks that resemble each other have in common; left out where each task, or family of cases, stands alone. */
  readonly clusterOf?: ClusterOf;
}

/**
 * Compares every arm with the first one, the baseline, on the tasks that both have scored. Differences are adjusted for the
 * number of them.
 * @throws RangeError with fewer than two arms
 */
export function compareArms(arms: readonly Arm[], options: CompareOptions): Comparison {
  const [baseline, ...others] = arms;
  if (baseline === undefined || others.length === 0) {
    throw new RangeError(`expected at least 2 arms to compare, got ${arms.length}`);
  }
  const differences: Difference[] = [];
  for (const arm of others) {
    const mixed = fingerprintDifferences(baseline.manifest.fingerprint, arm.manifest.fingerprint);
    if (mixed.length > 0 && options.forced !== true) return refusal(arm, baseline, mixed);
    const difference = compareTwo([arm, baseline], mixed, options);
    if (typeof difference === "string")
      return { kind: "refused", reason: `${names(arm, baseline)}: ${difference}`, forceable: false };
    differences.push(difference);
  }
  return { kind: "ranked", differences: adjusted(differences) };
}

/** What arms are compared for: a memory is the rival of a skill. */
const COMPARED: readonly string[] = ["skill", "memory", "model"] satisfies (keyof Fingerprint)[];

/** Parts of two fingerprints that differ, skill, memory and model aside (invariant 8), with both values as text. */
export function fingerprintDifferences(a: Fingerprint, b: Fingerprint): string[] {
  return Object.keys({ ...a, ...b })
    .filter((part) => !COMPARED.includes(part))
    .flatMap((part) => {
      const [left, right] = [a[part as keyof Fingerprint], b[part as keyof Fingerprint]];
      return hashJson(left) === hashJson(right) ? [] : [`${part} (${JSON.stringify(left)}, ${JSON.stringify(right)})`];
    });
}

function refusal(arm: Arm, baseline: Arm, mixed: readonly string[]): Comparison {
  const { foreign } = tasksApart([arm, baseline]);
  const tasks = foreign.length === 0 ? "" : ` (${foreign.join("; ")})`;
  return {
    kind: "refused",
    reason:
      `${names(arm, baseline)}: not ranked, for they differ in more than skill and model: ${mixed.join(", ")}${tasks}. ` +
      "Run both with the same settings",
    forceable: true,
  };
}

/** Why there is none, where no task has a number in both. */
function compareTwo(runs: Two<Arm>, mixed: readonly string[], options: CompareOptions): Difference | string {
  const summaries = [summarize(runs[0]), summarize(runs[1])] as const;
  const metric = options.metric ?? summaries[1].metric;
  const counted = [countedTrials(runs[0]), countedTrials(runs[1])] as const;
  const rowsOf = rowsOfMetric(metric, summaries[1].metric);
  const [scores, baselineScores] = [rowsOf(counted[0]), rowsOf(counted[1])];
  const shared = [...scores.keys()].filter((unit) => baselineScores.has(unit));
  if (shared.length === 0) return nothingShared(metric, summaries);
  const rows = (of: ReadonlyMap<string, number[]>) => shared.map((unit) => of.get(unit) ?? []);
  const clusters = options.clusterOf === undefined ? null : shared.map(options.clusterOf);
  const { byTask, ...tested } = testDifference(rows(scores), rows(baselineScores), {
    ...options,
    random: options.random(),
    clusters,
  });
  const where = (sign: number) => shared.filter((_, index) => Math.sign(byTask[index] ?? 0) === sign);
  return {
    arm: comparedArm(summaries[0]),
    baseline: comparedArm(summaries[1]),
    benchmark: summaries[1].benchmark,
    split: summaries[1].split,
    metric,
    ...tested,
    adjustment: { p: tested.p, comparisons: 1 },
    wins: where(1),
    losses: where(-1),
    ties: where(0),
    items: itemTransfer(shared, rowsBySeed(counted[0], rowsOf), rowsBySeed(counted[1], rowsOf)),
    warnings: [
      ...(mixed.length > 0 ? [warning("forced", `compared by force; they differ in ${mixed.join(", ")}`)] : []),
      ...warningsOf(runs, summaries, [scores, baselineScores]),
    ],
  };
}

/** Rows by unit of a further metric, or of the score itself. */
function rowsOfMetric(metric: string, main: string): (trials: readonly Outcome[]) => Map<string, number[]> {
  return metric === main ? scoresByUnit : (trials) => metricByUnit(trials, metric);
}

function nothingShared(metric: string, summaries: Two<RunSummary>): string {
  const known = new Set(summaries.flatMap((summary) => [summary.metric, ...Object.keys(summary.metrics)]));
  return known.has(metric)
    ? "no task is scored in both"
    : `no score has a metric ${JSON.stringify(metric)}; there are: ${[...known].join(", ")}`;
}

function comparedArm({ arm, model, simulated, fingerprint, seeds, scorer }: RunSummary): Difference["arm"] {
  return { arm, model, simulated, fingerprint, seeds, scorer };
}

function names(arm: Arm, baseline: Arm): string {
  return `${arm.manifest.arm} (${arm.manifest.model.name}) against ${baseline.manifest.arm} (${baseline.manifest.model.name})`;
}
