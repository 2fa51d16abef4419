/** What an experiment can see, before it is paid for. */
import { ALPHA } from "./alpha.ts";
import { noncentralTCdf, tQuantile } from "./distributions.ts";
import { mcnemarPower } from "./mcnemar-power.ts";
import { leastP } from "./sign-flip.ts";
import { type Design, type EffectVariance, leastError, type Precision, precisionOf } from "./variance.ts";

export const USUAL_POWER = 0.8;
const MOST_TASKS = 1_000_000;
const MOST_SEEDS = 1_000;

/**
 * The chance that a two-sided t test at 5 % finds a true difference of that size.
 * The mid-p of the sign-flip test of as many tasks has about the same. Its p has less where sums of differences move in
 * steps: a difference must then be farther out by `step` to be found. For McNemar's test there is `mcnemarPower`.
 * @param effect in units of score, in [-1, 1]
 * @see Cohen 1988, Statistical Power Analysis, chapter 2; arXiv:2411.00640, section 5, has the same with the normal distribution
 */
export function powerOf(effect: number, { standardError, degrees, step = 0 }: Precision): number {
  if (standardError === 0) return effect === 0 ? ALPHA : 1;
  const bar = tQuantile(1 - ALPHA / 2, degrees) + step / standardError;
  const noncentrality = Math.abs(effect) / standardError;
  return 1 - noncentralTCdf(bar, degrees, noncentrality) + noncentralTCdf(-bar, degrees, noncentrality);
}

/**
 * The smallest true difference that is found with that chance; Infinity where no difference of scores, at most 1, is.
 * @param units how many tasks it turns whole: then its error is no less than theirs, and it is found only where enough are
 * turned that winning them all is significant. Null where it may be spread evenly
 */
export function minimumDetectableEffect(
  precision: Precision,
  power = USUAL_POWER,
  units: number | null = null,
): number {
  if (units === null) return smallestEffect((effect) => powerOf(effect, precision), power);
  const precisionAt = (effect: number) => ({
    ...precision,
    standardError: Math.max(precision.standardError, leastError(effect, units)),
  });
  return smallestEffect(
    (effect) => Math.min(powerOf(effect, precisionAt(effect)), chanceOfFewest(effect, units)),
    power,
  );
}

/**
 * As `minimumDetectableEffect`, by McNemar's exact test.
 * @param variance of the difference on one task, for effects that are too small to need a greater one
 */
export function mcnemarEffect(variance: number, tasks: number, power = USUAL_POWER): number {
  return smallestEffect((effect) => mcnemarPower(effect, variance, tasks), power);
}

/** That so many tasks are turned as are significant if all are won: six of them, each turned with chance `effect`. */
function chanceOfFewest(effect: number, units: number): number {
  if (effect >= 1) return leastP(units) > ALPHA ? 0 : 1;
  let fewer = 0;
  let logTerm = units * Math.log1p(-effect);
  for (let turned = 0; leastP(turned) > ALPHA; turned++) {
    fewer += Math.exp(logTerm);
    logTerm += Math.log((units - turned) / (turned + 1)) + Math.log(effect) - Math.log1p(-effect);
  }
  return 1 - fewer;
}

/**
 * As `minimumDetectableEffect`, for a planned design, where how much an effect differs between tasks may depend on its size.
 */
export function plannedEffect(varianceAt: VarianceAt, design: Design, power = USUAL_POWER): number {
  return smallestEffect((effect) => plannedPower(effect, varianceAt, design), power);
}

/** The variance that a difference of that size has. */
export type VarianceAt = (effect: number) => EffectVariance;

/**
 * The chance that p is at most 0.05; where each trial is right or wrong once and tasks stand alone, p is McNemar's.
 * 0 with so few tasks or clusters that no outcome of the sign-flip test is significant.
 */
export function plannedPower(effect: number, varianceAt: VarianceAt, design: Design): number {
  const variance = varianceAt(effect);
  if (variance.rightOrWrong && variance.clusters === undefined && design.seeds === 1)
    return mcnemarPower(effect, variance.tasks + variance.seeds, design.tasks);
  const precision = precisionOf(variance, design);
  return leastP(precision.degrees + 1) > ALPHA ? 0 : powerOf(effect, precision);
}

/** A difference that is to be seen, and the chance of seeing it. */
export interface Wanted {
  readonly effect: number;
  readonly power: number;
}

/** The fewest tasks that a wanted difference needs with so many seeds; null where a million do not do. */
export function tasksNeeded({ effect, power }: Wanted, varianceAt: VarianceAt, seeds: number): number | null {
  return fewest(2, MOST_TASKS, (tasks) => plannedPower(effect, varianceAt, { tasks, seeds }) >= power);
}

/** The fewest seeds that a wanted difference needs with so many tasks; null where no number of seeds does, for tasks differ too. */
export function seedsNeeded({ effect, power }: Wanted, varianceAt: VarianceAt, tasks: number): number | null {
  return fewest(1, MOST_SEEDS, (seeds) => plannedPower(effect, varianceAt, { tasks, seeds }) >= power);
}

function smallestEffect(powerAt: (effect: number) => number, power: number): number {
  if (powerAt(1) < power) return Number.POSITIVE_INFINITY;
  let [low, high] = [0, 1];
  while (high - low > 1e-6) {
    const middle = (low + high) / 2;
    if (powerAt(middle) < power) low = middle;
    else high = middle;
  }
  return high;
}

/** The least whole number from `low` to `high` for which a claim holds that holds for all greater ones. */
function fewest(low: number, high: number, holds: (count: number) => boolean): number | null {
  if (!holds(high)) return null;
  let [fails, enough] = [low - 1, high];
  while (enough - fails > 1) {
    const middle = Math.floor((fails + enough) / 2);
    if (holds(middle)) enough = middle;
    else fails = middle;
  }
  return enough;
}
