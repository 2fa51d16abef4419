/** Where the spread of a difference between two arms comes from: from the tasks, or from the seeds of one task. */
import { clusterEstimate, grouped } from "./clusters.ts";
import { mean, standardDeviation, sum } from "./interval.ts";
import type { ScoresByTask } from "./mean.ts";

/** Variances, in units of score squared, of the difference between two arms that are tried on the same tasks. */
export interface EffectVariance {
  /** Left out where tasks stand alone. */
  readonly clusters?: ClusterVariance;
  /** Between tasks (of one cluster), of the true effect on a task. More seeds do not make it smaller. */
  readonly tasks: number;
  /** Between seeds of one task, of the difference of one seed of each arm: that of both arms together. */
  readonly seeds: number;
  /** There where each trial is right or wrong, so that p moves in steps; left out where scores have none. */
  readonly rightOrWrong?: true;
}

export interface ClusterVariance {
  /** Between clusters of tasks, of the mean effect on a cluster. */
  readonly variance: number;
  /** Of about one size; where sizes are unlike, that of clusters of one size that tell as much: above the mean size. */
  readonly tasksEach: number;
}

/** How many tasks and seeds both arms are tried with. */
export interface Design {
  readonly tasks: number;
  readonly seeds: number;
}

/** How sure a mean difference is: that of a comparison as it came out, or of a planned one by `precisionOf`. */
export interface Precision {
  readonly standardError: number;
  /** Of freedom; Infinity for a normal interval. */
  readonly degrees: number;
  /** See `halfStep`; left out for the power of the mid-p, and where scores have no steps. */
  readonly step?: number;
}

/**
 * The standard error that the mean difference has in such a design; of at least two clusters, however few tasks it has.
 * @throws RangeError with fewer than two tasks, or less than one seed
 */
export function precisionOf(variance: EffectVariance, { tasks, seeds }: Design): Precision {
  if (!(tasks >= 2 && seeds >= 1)) {
    throw new RangeError(`expected at least 2 tasks and 1 seed, got ${tasks} and ${seeds}`);
  }
  const ofTasks = (variance.tasks + variance.seeds / seeds) / tasks;
  const steps = variance.rightOrWrong && { step: 1 / (tasks * seeds) };
  if (variance.clusters === undefined) return { standardError: Math.sqrt(ofTasks), degrees: tasks - 1, ...steps };
  const clusters = Math.max(2, tasks / variance.clusters.tasksEach);
  const ofClusters = variance.clusters.variance / clusters;
  return { standardError: Math.sqrt(ofClusters + ofTasks), degrees: clusters - 1, ...steps };
}

/**
 * The variance between seeds of one task, averaged over the tasks that have two or more; null where none has.
 * Each task weighs by what it tells, its seeds less one.
 */
export function seedVariance(scores: ScoresByTask): number | null {
  const told = scores.filter((seeds) => seeds.length > 1);
  if (told.length === 0) return null;
  const squares = told.map((seeds) => standardDeviation(seeds) ** 2 * (seeds.length - 1));
  return sum(squares) / sum(told.map((seeds) => seeds.length - 1));
}

/**
 * The parts of the variance of a difference between two arms, from trials of both: by the method of moments, as in a
 * one-way analysis of variance, with what the seeds explain taken off the variance between tasks.
 * @param arm and `baseline` have the same tasks in the same order
 * @returns null where a task has one seed only in either arm, so that tasks and seeds cannot be told apart
 * @throws RangeError with fewer than two tasks
 * @see Searle, Casella and McCulloch 1992, Variance Components, 3.5
 */
export function effectVariance(arm: ScoresByTask, baseline: ScoresByTask): EffectVariance | null {
  const [ofArm, ofBaseline] = [seedVariance(arm), seedVariance(baseline)];
  if (ofArm === null || ofBaseline === null) return null;
  const differences = arm.map((seeds, index) => mean(seeds) - mean(baseline[index] ?? []));
  const bySeeds = (scores: ScoresByTask, variance: number) => variance * mean(scores.map((seeds) => 1 / seeds.length));
  const explained = bySeeds(arm, ofArm) + bySeeds(baseline, ofBaseline);
  return { tasks: Math.max(0, standardDeviation(differences) ** 2 - explained), seeds: ofArm + ofBaseline };
}

/**
 * How much of the variance of differences lies between clusters: what the clustered error has more than the plain one.
 * @param differences a task each, seeds averaged
 * @throws RangeError with fewer than two clusters
 */
export function clusterVariance(differences: readonly number[], clusters: readonly string[]): ClusterVariance {
  const count = differences.length;
  const squares = sum(grouped(differences, clusters).map((group) => group.length ** 2));
  const tasksEach = squares / count;
  const more =
    clusterEstimate(differences, clusters).standardError ** 2 - clusterEstimate(differences, null).standardError ** 2;
  return { variance: tasksEach === 1 ? 0 : Math.max(0, (more * count) / (tasksEach - 1)), tasksEach };
}

/**
 * The variance of a difference that turns that share of tasks from fail to pass and leaves the others as they are. It is
 * - the least that a difference of right or wrong tasks has in all, one try of each arm: between tasks, seeds and clusters
 *   together, for such a difference is -1, 0 or 1, and its square is on average no less than `effect`;
 * - the most that a true effect that hurts no task can differ between tasks; one that is spread evenly differs by nothing.
 */
export function turningVariance(effect: number): number {
  return Math.abs(effect) - effect ** 2;
}

/** The least standard error of a true difference of that size that turns whole tasks, out of so many. */
export function leastError(effect: number, units: number): number {
  return Math.sqrt(turningVariance(effect) / units);
}
