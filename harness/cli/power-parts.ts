/** What is known, or taken to be so, of the spread of a difference between two arms, before it is planned with. */
import { countedTrials, type RunTrials, rowsBySeed, scoresByUnit } from "../../reports/rows.ts";
import type { ClusterOf } from "../../reports/summary.ts";
import { SetupError } from "../errors.ts";
import { mean, standardDeviation } from "../statistics/interval.ts";
import type { ScoresByTask } from "../statistics/mean.ts";
import type { VarianceAt } from "../statistics/power.ts";
import {
  type ClusterVariance,
  clusterVariance,
  effectVariance,
  seedVariance,
  turningVariance,
} from "../statistics/variance.ts";

/** Where a number comes from; whoever reads it trusts what is measured more. */
export type Origin = "measured" | "assumed";

export interface Spread {
  /** Variance of the difference of one seed of each arm on one task. */
  readonly seeds: number;
  readonly seedsFrom: Origin;
  /** Variance between tasks of the true effect; null where it is not known, and planned with the most of one that hurts no task. */
  readonly tasks: number | null;
  /** Of the effect between clusters of tasks; left out where none were named. */
  readonly clusters?: ClusterVariance;
  /** There where a task's scores lie between 0 and 1 too. */
  readonly graded?: true;
}

/** A row a task or family, its scores in the order of the run's seeds; null where a seed has none. */
export type UnitRows = ReadonlyMap<string, readonly (number | null)[]>;

export interface Assumed {
  /** Mean score. */
  readonly score: number;
  /** Correlation of two seeds of one task: 0 where each trial is a throw of its own, 1 where a task always comes out the same. */
  readonly agreement: number;
}

export function unitRows(run: RunTrials): UnitRows {
  const units = rowsBySeed(countedTrials(run), scoresByUnit);
  return new Map(
    [...units].map(([unit, bySeed]) => [
      unit,
      run.manifest.seeds.map((seed) => {
        const numbers = bySeed.get(seed);
        return numbers === undefined ? null : mean(numbers);
      }),
    ]),
  );
}

/** Without a run: tasks that pass or fail. */
export function assumedSpread({ score, agreement }: Assumed): Spread {
  return { seeds: 2 * score * (1 - score) * (1 - agreement), seedsFrom: "assumed", tasks: null };
}

/** From one run: how its seeds differ, for either arm. Where it has one seed, the spread of scores and an agreement that is assumed. */
export function spreadOfOne(rows: UnitRows, { agreement }: Assumed): Spread {
  const scores = scoresOf(rows);
  const measured = seedVariance(scores);
  if (measured !== null) return { seeds: 2 * measured, seedsFrom: "measured", tasks: null };
  const total = standardDeviation(scores.map(mean)) ** 2;
  return { seeds: 2 * total * (1 - agreement), seedsFrom: "assumed", tasks: null };
}

/**
 * From a baseline and other arms: the parts of the variance of each difference, averaged over the arms.
 * @throws SetupError for an arm that shares fewer than two tasks with the baseline
 */
export function spreadOfArms(
  [baseline, ...arms]: readonly [UnitRows, ...UnitRows[]],
  assumed: Assumed,
  clusterOf: ClusterOf | null,
): Spread {
  const found = arms.map((arm) => spreadOfTwo(baseline, arm, assumed));
  const between = clusterOf === null ? [] : arms.map((arm) => betweenClusters(baseline, arm, clusterOf));
  const clusters = {
    variance: mean(between.length === 0 ? [0] : between.map(({ variance }) => variance)),
    tasksEach: mean(between.length === 0 ? [1] : between.map(({ tasksEach }) => tasksEach)),
  };
  return {
    seeds: mean(found.map(({ seeds }) => seeds)),
    seedsFrom: found.every(({ seedsFrom }) => seedsFrom === "measured") ? "measured" : "assumed",
    tasks: Math.max(0, mean(found.map(({ tasks }) => tasks ?? 0)) - clusters.variance),
    ...(between.length > 0 && { clusters }),
  };
}

function spreadOfTwo(baseline: UnitRows, arm: UnitRows, assumed: Assumed): Spread {
  const { left, right } = sharedScores(baseline, arm);
  const parts = effectVariance(left, right);
  if (parts !== null) return { seeds: parts.seeds, seedsFrom: "measured", tasks: parts.tasks };
  const total = standardDeviation(differencesOf(left, right)) ** 2;
  const seeds = Math.min(total, spreadOfOne(baseline, assumed).seeds);
  return { seeds, seedsFrom: "assumed", tasks: total - seeds };
}

function betweenClusters(baseline: UnitRows, arm: UnitRows, clusterOf: ClusterOf): ClusterVariance {
  const { units, left, right } = sharedScores(baseline, arm);
  const clusters = units.map(clusterOf);
  const count = new Set(clusters).size;
  if (count < 2) {
    throw new SetupError(
      `--clusters puts all ${units.length} tasks in one cluster: 2 at least are needed to tell a spread`,
    );
  }
  return clusterVariance(differencesOf(left, right), clusters);
}

function differencesOf(left: ScoresByTask, right: ScoresByTask): number[] {
  return left.map((seeds, index) => mean(seeds) - mean(right[index] ?? []));
}

/** Of the units that have a score in both. */
function sharedScores(baseline: UnitRows, arm: UnitRows): { units: string[]; left: number[][]; right: number[][] } {
  const units = [...baseline.keys()].filter(
    (unit) => scoresAt(arm, unit).length > 0 && scoresAt(baseline, unit).length > 0,
  );
  if (units.length < 2) {
    throw new SetupError(`the runs share ${units.length} scored tasks, wanted 2 at least: give runs on the same tasks`);
  }
  return {
    units,
    left: units.map((unit) => scoresAt(arm, unit)),
    right: units.map((unit) => scoresAt(baseline, unit)),
  };
}

function scoresAt(rows: UnitRows, unit: string): number[] {
  return (rows.get(unit) ?? []).filter((score) => score !== null);
}

/** Units that have a score, each with those it has. */
function scoresOf(rows: UnitRows): number[][] {
  return [...rows.keys()].map((unit) => scoresAt(rows, unit)).filter((row) => row.length > 0);
}

/** Whether a task, or a family of cases, has a score in some seed that is neither right nor wrong. */
export function isGraded(rows: readonly UnitRows[]): boolean {
  return rows.some((of) => [...of.values()].some((row) => row.some((score) => (score ?? 0) % 1 !== 0)));
}

/**
 * The parts that an effect of some size is planned with: those measured. But right or wrong tasks differ by no less in all
 * than such an effect must, so that what seeds and clusters leave of that is between tasks; and where nothing is known of how
 * the effect differs between tasks, it is taken to turn whole tasks and to hurt none.
 */
export function varianceOf({ seeds, tasks, clusters, graded }: Spread): VarianceAt {
  return (effect) => ({
    seeds,
    tasks: tasksAt(effect),
    ...(clusters && { clusters }),
    ...(!graded && { rightOrWrong: true }),
  });

  function tasksAt(effect: number): number {
    if (tasks === null) return turningVariance(effect);
    return graded ? tasks : Math.max(tasks, turningVariance(effect) - seeds - (clusters?.variance ?? 0));
  }
}
