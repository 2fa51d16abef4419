/** The sign-flip test counted out for differences that are multiples of one fraction: thirds, where three seeds were right or wrong. */
import { sum } from "./interval.ts";

interface Lattice {
  /** Differences other than 0, by size, in units of `1 / parts`. */
  readonly sizes: readonly number[];
  readonly parts: number;
}

const MOST_PARTS = 5_040;
/** Of additions: a tenth of a second. */
const MOST_WORK = 5e7;
const NEAR = 1e-9;

/** The sizes as whole multiples of one fraction; null where there is none, or where counting would take long. */
export function latticeOf(sizes: readonly number[]): Lattice | null {
  let parts = 1;
  for (const size of sizes) {
    if (isWhole(size * parts)) continue;
    const denominator = denominatorOf(size);
    if (denominator === null) return null;
    parts = leastCommonMultiple(parts, denominator);
    if (parts > MOST_PARTS) return null;
  }
  const whole = sizes.map((size) => Math.round(size * parts));
  return sum(whole) * whole.length > MOST_WORK ? null : { sizes: whole, parts };
}

/**
 * Half of the distance from one sum that signings can bring to the next; 0 where they follow no such steps, or none that can
 * be counted. By so much the sum seen is farther out for p, which counts all of those as far as it, than for the mid-p.
 */
export function halfStep(differences: readonly number[]): number {
  const lattice = latticeOf(differences.map(Math.abs).filter((size) => size > 0));
  return lattice === null ? 0 : 1 / lattice.parts;
}

/**
 * The chance that signs thrown by a fair coin bring the sum at least as far from 0 as `far`, and the same with sums
 * just as far counted by half. Adds up all 2^n signings by the number of those that come to each sum.
 * @see Pagano and Tritchler 1983, Journal of the American Statistical Association 78:435, for counting a permutation distribution in polynomial time
 */
export function latticeTest({ sizes, parts }: Lattice, far: number): { p: number; midP: number } {
  const total = sum(sizes);
  const seen = Math.round(far * parts);
  const chances = sumChances(sizes, total);
  let farther = 0;
  let asFar = 0;
  for (let positive = 0; positive <= total; positive++) {
    const distance = Math.abs(2 * positive - total);
    if (distance > seen) farther += chances[positive] ?? 0;
    else if (distance === seen) asFar += chances[positive] ?? 0;
  }
  return { p: inBounds(farther + asFar), midP: inBounds(farther + asFar / 2) };
}

/** By the sum of those sizes that got a plus: its chance. */
function sumChances(sizes: readonly number[], total: number): Float64Array {
  const chances = new Float64Array(total + 1);
  chances[0] = 1;
  let reached = 0;
  for (const size of sizes) {
    reached += size;
    for (let at = reached; at >= 0; at--) {
      chances[at] = ((chances[at] ?? 0) + (at >= size ? (chances[at - size] ?? 0) : 0)) / 2;
    }
  }
  return chances;
}

/** A chance that is too small to be written down is not 0, and rounding makes none greater than 1. */
function inBounds(chance: number): number {
  return Math.min(1, Math.max(Number.MIN_VALUE, chance));
}

/** Of the simplest fraction that the size is but for rounding; null where that is not simple. */
function denominatorOf(size: number): number | null {
  let [before, denominator] = [0, 1];
  let rest = size;
  while (denominator <= MOST_PARTS) {
    if (isWhole(size * denominator)) return denominator;
    rest = 1 / (rest - Math.floor(rest));
    [before, denominator] = [denominator, Math.floor(rest) * denominator + before];
  }
  return null;
}

function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) < NEAR * Math.max(1, value);
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return (a / x) * b;
}
