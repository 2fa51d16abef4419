/** The mean score of a run and how sure it is. Tasks are the unit: seeds are averaged within a task first. */
import { clusterEstimate, weighedClusters } from "./clusters.ts";
import { tQuantile } from "./distributions.ts";
import { around, clip, type Interval, mean, sum, wilsonInterval } from "./interval.ts";

/** A row a task, each the scores of its seeds in [0, 1]; rows may differ in length, none is empty. */
export type ScoresByTask = readonly (readonly number[])[];

/** With less than this many tasks' worth of passes, or of failures, a bell curve is no description of a mean. */
export const FEWEST_FOR_T = 5;
/** Below this a difference between scores is rounding. */
export const ROUNDING = 1e-9;

/**
 * The mean of each task's seeds, in order of tasks.
 * @throws RangeError without a task, for a task without a score, for a score outside of [0, 1]
 */
export function taskMeans(scores: ScoresByTask): number[] {
  if (scores.length === 0) throw new RangeError("expected the scores of at least 1 task, got none");
  return scores.map((seeds, index) => {
    const where = `task ${index + 1} of ${scores.length}`;
    if (seeds.length === 0) throw new RangeError(`${where}: expected at least 1 score, got none`);
    const wrong = seeds.find((score) => !(score >= 0 && score <= 1));
    if (wrong !== undefined) throw new RangeError(`${where}: expected scores in [0, 1], got ${wrong}`);
    return mean(seeds);
  });
}

/** The mean over tasks, each weighing the same however many seeds it was tried with. */
export function meanScore(scores: ScoresByTask): number {
  return mean(taskMeans(scores));
}

/**
 * Standard error of the mean score when tasks are tried with several seeds: clustered by task, or by cluster of tasks.
 * With as many seeds for each task it is the paper's clustered error times √(T / (T - 1)) for T tasks, the usual correction.
 * @returns in units of score: 0.02 is two points in a hundred
 * @throws RangeError with fewer than two tasks, where no spread can be told
 * @see arXiv:2411.00640, appendix A
 */
export function clusteredStandardError(scores: ScoresByTask, clusters: readonly string[] | null = null): number {
  return clusterEstimate(taskMeans(scores), clusters).standardError;
}

/**
 * The 95 % interval of the mean score, within [0, 1]: Student's t over the means of tasks; but Wilson's where t would lie,
 * which is with fewer than five tasks' worth of passes or of failures (so always below ten tasks) and where all tasks score
 * the same. It holds the mean and is never of width zero. With clusters, these are counted in place of tasks.
 * @param clusters name of the cluster of each task, or null where each stands alone
 */
export function meanInterval(scores: ScoresByTask, clusters: readonly string[] | null = null): Interval {
  const means = taskMeans(scores);
  const weighed = weighedClusters(means, clusters);
  // A sum that rounding makes greater than the count is the count.
  const total = Math.min(sum(weighed), weighed.length);
  // A sum of the same numbers in another order differs by rounding, and must not choose another interval.
  const nearAnEnd = Math.min(total, weighed.length - total) < FEWEST_FOR_T - ROUNDING;
  if (nearAnEnd || areEqual(weighed)) return wilsonInterval(total, weighed.length);
  const { centre, standardError, degrees } = clusterEstimate(means, clusters);
  return clip(around(centre, tQuantile(0.975, degrees) * standardError), { low: 0, high: 1 });
}

/** 0 for a difference that is rounding. */
export function withoutRounding(difference: number): number {
  return Math.abs(difference) < ROUNDING ? 0 : difference;
}

/** Whether all values are the same but for rounding. */
export function areEqual(values: readonly number[]): boolean {
  return values.every((value) => Math.abs(value - (values[0] ?? 0)) < ROUNDING);
}
