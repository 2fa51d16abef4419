/** Fisher's paired permutation test: were the arms the same, each difference could as well have had the other sign. */
import type { Random } from "../random.ts";
import { sum } from "./interval.ts";

/** Up to this many differences that are not zero, all of their 2^16 signings are counted. */
const MOST_FOR_EXACT = 16;
const DRAWS = 19_999;
/** Bits taken from one draw of the generator. */
const BITS = 30;

export interface SignFlipTest {
  /** Two-sided, never 0. */
  readonly p: number;
  readonly method: "exact" | "sampled";
}

/**
 * Two-sided test that paired differences have mean zero.
 * Exact up to 16 differences other than zero; above, from 19,999 signings drawn from `random`, as (k + 1) / (n + 1),
 * so that p is never below 0.00005.
 * @see Fisher 1935, The Design of Experiments, section 21; Phipson and Smyth 2010 for (k + 1) / (n + 1)
 */
export function signFlipTest(differences: readonly number[], random: Random): SignFlipTest {
  const sizes = differences.map(Math.abs).filter((size) => size > 0);
  // Sums of the same numbers in another order differ by rounding; equal ones must count as equal.
  const bar = Math.abs(sum(differences)) - 1e-9 * sum(sizes);
  if (sizes.length <= MOST_FOR_EXACT) {
    return { p: countReaching(sizes, bar) / 2 ** sizes.length, method: "exact" };
  }
  let reached = 0;
  for (let draw = 0; draw < DRAWS; draw++) if (Math.abs(drawSum(sizes, random)) >= bar) reached++;
  return { p: (reached + 1) / (DRAWS + 1), method: "sampled" };
}

/** In how many of the 2^n signings of `sizes` the sum is as far from 0 as `bar`. */
function countReaching(sizes: readonly number[], bar: number, index = 0, total = 0): number {
  const size = sizes[index];
  if (size === undefined) return Math.abs(total) >= bar ? 1 : 0;
  return countReaching(sizes, bar, index + 1, total + size) + countReaching(sizes, bar, index + 1, total - size);
}

function drawSum(sizes: readonly number[], random: Random): number {
  let bits = 0;
  let total = 0;
  for (const [index, size] of sizes.entries()) {
    if (index % BITS === 0) bits = random.integer(0, 2 ** BITS - 1);
    total += bits & 1 ? size : -size;
    bits >>>= 1;
  }
  return total;
}
