/** The difference between two arms that were tried on the same tasks. */
import type { Random } from "../random.ts";
import { agrestiMinInterval, clip, type Interval, mean, sum, tInterval } from "./interval.ts";
import { areEqual, FEWEST_FOR_T, ROUNDING, type ScoresByTask, taskMeans } from "./mean.ts";
import { type SignFlipTest, signFlipTest } from "./sign-flip.ts";

export interface PairedDifference extends SignFlipTest {
  readonly tasks: number;
  /** Mean over tasks of arm less baseline, in [-1, 1]. */
  readonly difference: number;
  /** 95 %, within [-1, 1]. */
  readonly interval: Interval;
  /** By task, in order: above 0 where the arm did better. Exactly 0 for a tie. */
  readonly byTask: readonly number[];
  readonly wins: number;
  readonly losses: number;
  readonly ties: number;
}

/**
 * Compares two arms with tasks as the unit: seeds are averaged within a task, rows are paired by their place.
 * The interval is by `differenceInterval`, p by `signFlipTest`; they are different methods, so at the border
 * one may leave out 0 where the other is above 0.05.
 * @throws RangeError when the arms have different numbers of tasks, none, or scores outside of [0, 1]
 */
export function pairedDifference(arm: ScoresByTask, baseline: ScoresByTask, random: Random): PairedDifference {
  if (arm.length !== baseline.length) {
    throw new RangeError(`expected both arms to have the same tasks, got ${arm.length} and ${baseline.length}`);
  }
  const baselineMeans = taskMeans(baseline);
  const byTask = taskMeans(arm).map((value, index) => withoutRounding(value - (baselineMeans[index] ?? 0)));
  const count = (claim: (difference: number) => boolean) => byTask.filter(claim).length;
  return {
    tasks: byTask.length,
    difference: mean(byTask),
    interval: differenceInterval(byTask),
    ...signFlipTest(byTask, random),
    byTask,
    wins: count((difference) => difference > 0),
    losses: count((difference) => difference < 0),
    ties: count((difference) => difference === 0),
  };
}

/**
 * The interval (95 % unless asked for otherwise) of the mean of differences in [-1, 1]: Student's t over tasks; but Agresti and Min's where t would lie,
 * which is where fewer than five tasks differ, where the mean is within five tasks of its end, and where all differ by the
 * same. It holds the mean and is never of width zero.
 */
export function differenceInterval(differences: readonly number[], confidence?: number): Interval {
  const differing = differences.filter((difference) => difference !== 0).length;
  const fromTheEnd = differences.length - Math.abs(sum(differences));
  if (Math.min(differing, fromTheEnd) < FEWEST_FOR_T - ROUNDING || areEqual(differences))
    return agrestiMinInterval(differences, confidence);
  return clip(tInterval(differences, confidence), { low: -1, high: 1 });
}

function withoutRounding(difference: number): number {
  return Math.abs(difference) < ROUNDING ? 0 : difference;
}
