/** One difference under the tests that its design allows: which p, which interval, what could have been seen. */
import { z } from "zod";
import type { Random } from "../harness/random.ts";
import { ALPHA } from "../harness/statistics/alpha.ts";
import { bcaInterval } from "../harness/statistics/bootstrap.ts";
import { equivalence } from "../harness/statistics/equivalence.ts";
import { Interval } from "../harness/statistics/interval.ts";
import type { ScoresByTask } from "../harness/statistics/mean.ts";
import { clusteredPaired, type PairedDifference, unitsTurned } from "../harness/statistics/paired.ts";
import { mcnemarEffect, minimumDetectableEffect, USUAL_POWER } from "../harness/statistics/power.ts";
import { leastP } from "../harness/statistics/sign-flip.ts";

/** `mcnemar-exact` where every task was right or wrong once in each arm; else signs are flipped, in all ways or in a sample. */
export const TestMethod = z.enum(["mcnemar-exact", "sign-flip-exact", "sign-flip-sampled"]);
export type TestMethod = z.infer<typeof TestMethod>;

export const Equivalence = z.strictObject({
  /** In units of score. */
  margin: z.number().positive(),
  /** Of the two one-sided tests, the larger. */
  p: z.number(),
  /** Neither better nor worse by as much as the margin. */
  equivalent: z.boolean(),
  /** Of the lower test alone. */
  notWorseP: z.number(),
  /** Not worse by as much as the margin: "does not hurt". */
  notWorse: z.boolean(),
  /** What two tests at 5 % come to. */
  interval90: Interval,
});
export type Equivalence = z.infer<typeof Equivalence>;

interface Design {
  readonly random: Random;
  readonly margin?: number;
  /** Whether the interval is asked for a second time, of the bootstrap. */
  readonly bootstrap?: boolean;
  /** Cluster of each task, or null where each stands alone. */
  readonly clusters: readonly string[] | null;
}

/** Rows are tasks, in the same order in both; seeds are averaged within a task. */
export function testDifference(
  arm: ScoresByTask,
  baseline: ScoresByTask,
  { random, margin, clusters, bootstrap }: Design,
) {
  const paired = clusteredPaired(arm, baseline, clusters, random);
  const { byTask, tasks, difference, interval, p, test, method } = paired;
  const smallest = smallestEffect(paired);
  return {
    byTask,
    tasks,
    clusters: clusters === null ? null : paired.clusters,
    difference,
    interval,
    ...(bootstrap && paired.clusters > 1 && { bootstrap: bcaInterval(byTask, { random, clusters }) }),
    p,
    method: test === "mcnemar" ? ("mcnemar-exact" as const) : (`sign-flip-${method}` as const),
    smallest: Number.isFinite(smallest) ? smallest : null,
    equivalence: margin === undefined ? null : { margin, ...equivalence(byTask, margin, clusters) },
  };
}

/**
 * That p, which the verdict goes by, finds with a chance of 80 %. Where all differences are whole p is McNemar's, whose power
 * is counted out; too few that differ have no steps of a mean to speak of.
 */
function smallestEffect({ byTask, tasks, clusters, estimate, step }: PairedDifference): number {
  if (leastP(clusters) > ALPHA) return Number.POSITIVE_INFINITY;
  if (clusters === tasks && byTask.every(Number.isInteger))
    return mcnemarEffect(estimate.standardError ** 2 * tasks, tasks);
  const precision = estimate.method === "t" ? { ...estimate, step } : estimate;
  return minimumDetectableEffect(precision, USUAL_POWER, unitsTurned(byTask, estimate));
}
