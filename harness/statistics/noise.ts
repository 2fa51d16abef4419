/** The noise floor: what arms that are the same differ by, seen by setting seeds of one arm against others of it (A/A). */
import type { Random } from "../random.ts";
import { ALPHA } from "./alpha.ts";
import { mean } from "./interval.ts";
import { clusteredPaired } from "./paired.ts";

const MOST_SPLITS = 50;

export interface NoiseFloor {
  /** Ways in which the seeds were set against each other; they share trials, so they are not as many experiments. */
  readonly splits: number;
  /** On each side of a split. */
  readonly seeds: number;
  /** Root of the mean square of the differences, and the largest, in units of score. */
  readonly rootMeanSquare: number;
  readonly largest: number;
  /** Splits whose p was at most 0.05: false alarms all. */
  readonly significant: number;
}

/**
 * Sets half of the seeds against the other half, in all ways up to 50, else in 50 that are drawn.
 * @param scores a row a task, its scores in the order of seeds; null where a seed has none
 * @param clusters name of the cluster of each task, which the tests take as one; null where each stands alone
 * @returns null with fewer than two seeds, or where no task has a score on both sides of any split
 */
export function noiseFloor(
  scores: readonly (readonly (number | null)[])[],
  clusters: readonly string[] | null,
  random: Random,
): NoiseFloor | null {
  const count = Math.max(0, ...scores.map((row) => row.length));
  const half = Math.floor(count / 2);
  if (half === 0) return null;
  const found = splitsOf(count, half, random).flatMap(([left, right]) => {
    const both = scores
      .map((row, index) => ({ arm: scoresAt(row, left), baseline: scoresAt(row, right), cluster: clusters?.[index] }))
      .filter(({ arm, baseline }) => arm.length > 0 && baseline.length > 0);
    if (both.length === 0) return [];
    const [arm, baseline] = [both.map((sides) => sides.arm), both.map((sides) => sides.baseline)];
    return [clusteredPaired(arm, baseline, clusters && both.map(({ cluster = "" }) => cluster), random)];
  });
  if (found.length === 0) return null;
  return {
    splits: found.length,
    seeds: half,
    rootMeanSquare: Math.sqrt(mean(found.map(({ difference }) => difference ** 2))),
    largest: Math.max(...found.map(({ difference }) => Math.abs(difference))),
    significant: found.filter(({ p }) => p <= ALPHA).length,
  };
}

type Split = readonly [left: readonly number[], right: readonly number[]];

/** Two sides of `half` seeds each, by their places; sides that change places are one split. With an odd number, one seed stands by. */
function splitsOf(count: number, half: number, random: Random): Split[] {
  const places = [...Array(count).keys()];
  const all = allSplits(places, half);
  if (all !== null) return all;
  return Array.from({ length: MOST_SPLITS }, () => {
    const shuffled = random.shuffle(places);
    return [shuffled.slice(0, half), shuffled.slice(half, 2 * half)];
  });
}

/** Null where there are more than 50. */
function allSplits(places: readonly number[], half: number): Split[] | null {
  const splits: Split[] = [];
  for (const left of choices(places, half)) {
    const rest = places.filter((place) => !left.includes(place));
    for (const right of choices(rest, half)) {
      if ((left[0] ?? 0) > (right[0] ?? 0)) continue;
      if (splits.length === MOST_SPLITS) return null;
      splits.push([left, right]);
    }
  }
  return splits;
}

function* choices(places: readonly number[], count: number): Generator<number[]> {
  if (count === 0) yield [];
  else
    for (const [index, place] of places.entries())
      for (const rest of choices(places.slice(index + 1), count - 1)) yield [place, ...rest];
}

function scoresAt(row: readonly (number | null)[], places: readonly number[]): number[] {
  return places.flatMap((place) => row[place] ?? []);
}
