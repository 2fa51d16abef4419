/** The difference between two arms that were tried on the same tasks. */
import type { Random } from "../random.ts";
import { clusterEstimate, type Estimate, grouped, weighedClusters } from "./clusters.ts";
import { tQuantile } from "./distributions.ts";
import { agrestiMinEstimate, around, clip, type Interval, mean, sum } from "./interval.ts";
import { halfStep } from "./lattice.ts";
import { areEqual, FEWEST_FOR_T, ROUNDING, type ScoresByTask, taskMeans, withoutRounding } from "./mean.ts";
import { type SignFlipTest, signFlipTest } from "./sign-flip.ts";

export interface PairedDifference extends SignFlipTest {
  readonly tasks: number;
  /** Clusters that the tasks are in; as many as tasks where each stands alone. */
  readonly clusters: number;
  /** Mean over tasks of arm less baseline, in [-1, 1]. */
  readonly difference: number;
  /** 95 %, within [-1, 1]. */
  readonly interval: Interval;
  /** What the interval is made with. */
  readonly estimate: Estimate;
  /** Of means that signings can bring, see `halfStep`. */
  readonly step: number;
  /**
   * `mcnemar` where p is that of McNemar's exact test: every task stands alone and was right or wrong once in each arm. It is
   * the sign-flip test of whole differences.
   */
  readonly test: "mcnemar" | "sign-flip";
  /** By task, in order: above 0 where the arm did better. Exactly 0 for a tie. */
  readonly byTask: readonly number[];
  readonly wins: number;
  readonly losses: number;
  readonly ties: number;
}

/** As `clusteredPaired`, where each task stands alone. */
export function pairedDifference(arm: ScoresByTask, baseline: ScoresByTask, random: Random): PairedDifference {
  return clusteredPaired(arm, baseline, null, random);
}

/**
 * Compares two arms with tasks as the unit: seeds are averaged within a task, rows are paired by their place, and each task
 * weighs the same. Where tasks come in clusters, the error is that of clusters and signs are flipped a cluster at a time.
 * The interval is by `differenceInterval`, p by `signFlipTest`; they are different methods, so at the border
 * one may leave out 0 where the other is above 0.05.
 * @param clusters name of the cluster of each task, or null where each stands alone
 * @throws RangeError when the arms have different numbers of tasks, none, scores outside of [0, 1], or clusters of other tasks
 */
export function clusteredPaired(
  arm: ScoresByTask,
  baseline: ScoresByTask,
  clusters: readonly string[] | null,
  random: Random,
): PairedDifference {
  if (arm.length !== baseline.length) {
    throw new RangeError(`expected both arms to have the same tasks, got ${arm.length} and ${baseline.length}`);
  }
  const baselineMeans = taskMeans(baseline);
  const byTask = taskMeans(arm).map((value, index) => withoutRounding(value - (baselineMeans[index] ?? 0)));
  const sums = grouped(byTask, clusters).map((group) => withoutRounding(sum(group)));
  const count = (claim: (difference: number) => boolean) => byTask.filter(claim).length;
  return {
    tasks: byTask.length,
    clusters: sums.length,
    difference: mean(byTask),
    interval: differenceInterval(byTask, undefined, clusters),
    estimate: differenceEstimate(byTask, clusters),
    step: halfStep(sums) / byTask.length,
    test: sums.length === byTask.length && [...arm, ...baseline].every(isOneVerdict) ? "mcnemar" : "sign-flip",
    ...signFlipTest(sums, random),
    byTask,
    wins: count((difference) => difference > 0),
    losses: count((difference) => difference < 0),
    ties: count((difference) => difference === 0),
  };
}

/**
 * The interval (95 % unless asked for otherwise) of the mean of differences in [-1, 1]: Student's t over tasks or clusters; but
 * Agresti and Min's where t would lie, see `differenceEstimate`. It holds the mean and is never of width zero.
 */
export function differenceInterval(
  differences: readonly number[],
  confidence = 0.95,
  clusters: readonly string[] | null = null,
): Interval {
  const { centre, standardError, degrees } = differenceEstimate(differences, clusters);
  return clip(around(centre, tQuantile((1 + confidence) / 2, degrees) * standardError), { low: -1, high: 1 });
}

/**
 * What the interval of a mean of differences in [-1, 1] is made with, and the test of equivalence: the clustered error with
 * Student's t. But Agresti and Min's centre and error with the normal distribution where t would lie, which is where fewer than
 * five tasks (or clusters) differ, where the mean is within five tasks of its end, and where all differ by the same.
 */
export function differenceEstimate(differences: readonly number[], clusters: readonly string[] | null): Estimate {
  const weighed = weighedClusters(differences, clusters).map(withoutRounding);
  const differing = weighed.filter((difference) => difference !== 0).length;
  const fromTheEnd = weighed.length - Math.abs(sum(weighed));
  if (Math.min(differing, fromTheEnd) < FEWEST_FOR_T - ROUNDING || areEqual(weighed)) {
    const { centre, standardError } = agrestiMinEstimate(weighed);
    const degrees = Number.POSITIVE_INFINITY;
    return { centre, standardError, degrees, clusters: weighed.length, method: "agresti-min" };
  }
  return clusterEstimate(differences, clusters);
}

/**
 * How many tasks or clusters an effect turns whole: clusters (or tasks that stand alone) where too few differ to tell, tasks
 * where they are right or wrong. Its error is then no less than that of so many. Tasks in clusters too: those of one need not
 * be turned together, and where they are, the clustered error tells. Null elsewhere, where it may be spread evenly.
 * @param differences a task each, arm less baseline, with their `differenceEstimate`
 */
export function unitsTurned(
  differences: readonly number[],
  { method, clusters }: Pick<Estimate, "method" | "clusters">,
): number | null {
  if (method === "agresti-min") return clusters;
  return differences.every(Number.isInteger) ? differences.length : null;
}

function isOneVerdict(seeds: readonly number[]): boolean {
  return seeds.length === 1 && (seeds[0] === 0 || seeds[0] === 1);
}
