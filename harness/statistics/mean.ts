/** The mean score of a run and how sure it is. Tasks are the unit: seeds are averaged within a task first. */
import { clip, type Interval, mean, standardErrorOfMean, sum, tInterval, wilsonInterval } from "./interval.ts";

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
 * Standard error of the mean score when tasks are tried with several seeds: clustered by task.
 * With as many seeds for each task it is the paper's clustered error times √(T / (T - 1)) for T tasks, the usual correction.
 * @returns in units of score: 0.02 is two points in a hundred
 * @throws RangeError with fewer than two tasks, where no spread can be told
 * @see arXiv:2411.00640, appendix A
 */
export function clusteredStandardError(scores: ScoresByTask): number {
  return standardErrorOfMean(taskMeans(scores));
}

/**
 * The 95 % interval of the mean score, within [0, 1]: Student's t over the means of tasks; but Wilson's where t would lie,
 * which is with fewer than five tasks' worth of passes or of failures (so always below ten tasks) and where all tasks score
 * the same. It holds the mean and is never of width zero.
 */
export function meanInterval(scores: ScoresByTask): Interval {
  const means = taskMeans(scores);
  const total = sum(means);
  // A sum of the same numbers in another order differs by rounding, and must not choose another interval.
  const nearAnEnd = Math.min(total, means.length - total) < FEWEST_FOR_T - ROUNDING;
  if (nearAnEnd || areEqual(means)) return wilsonInterval(total, means.length);
  return clip(tInterval(means), { low: 0, high: 1 });
}

/** Whether all values are the same but for rounding. */
export function areEqual(values: readonly number[]): boolean {
  return values.every((value) => Math.abs(value - (values[0] ?? 0)) < ROUNDING);
}
