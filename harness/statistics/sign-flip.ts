/** Fisher's paired permutation test: were the arms the same, each difference could as well have had the other sign. */
import type { Random } from "../random.ts";
import { sum } from "./interval.ts";
import { latticeOf, latticeTest } from "./lattice.ts";
import { mcnemarTest } from "./mcnemar.ts";
import { ROUNDING } from "./mean.ts";

/** Up to this many differences that are not zero, and that no quicker way fits, all of their 2^16 signings are counted. */
const MOST_FOR_EXACT = 16;
const DRAWS = 19_999;
/** Signs that are drawn together, and how often that many bits are in one number of the generator. */
const BLOCK = 10;
const BLOCKS_A_DRAW = 3;

export interface SignFlipTest {
  /** Two-sided, never 0: where there is no effect, at most 0.05 in at most 5 of 100 experiments. */
  readonly p: number;
  /**
   * As p, with outcomes exactly as far out as the one seen counted by half. Where few outcomes are possible (one seed, right or
   * wrong), p is at most 0.05 in 2 to 4 of 100 experiments without an effect, and this one in close to 5, sometimes slightly more.
   * @see Lancaster 1961, Journal of the American Statistical Association 56:223; Fagerland, Lydersen and Laake 2013, BMC Medical Research Methodology 13:91
   */
  readonly midP: number;
  readonly method: "exact" | "sampled";
}

/** How many of all signings have a sum farther from 0 than the one seen, and how many one just as far. */
interface Signings {
  readonly all: number;
  readonly farther: number;
  readonly asFar: number;
}

/**
 * Two-sided test that paired differences have mean zero, by the first of these that fits the differences other than zero:
 * - all are multiples of one fraction, as those of right or wrong answers are, and can be counted in a tenth of a second or
 *   so: exact, by the number of signings that come to each sum;
 * - all are of one size: exact, as throws of a coin;
 * - they are 16 at most: exact, signing by signing;
 * - else from 19,999 signings drawn from `random`, as (k + 1) / (n + 1), so that p is never below 0.00005.
 * @see Fisher 1935, The Design of Experiments, section 21; Phipson and Smyth 2010 for (k + 1) / (n + 1)
 */
export function signFlipTest(differences: readonly number[], random: Random): SignFlipTest {
  const sizes = differences.map(Math.abs).filter((size) => size > 0);
  const lattice = latticeOf(sizes);
  const far = Math.abs(sum(differences));
  if (lattice !== null) return { ...latticeTest(lattice, far), method: "exact" };
  if (areAlike(sizes)) return { ...mcnemarTest(...signsOf(differences)), method: "exact" };
  // Sums of the same numbers in another order differ by rounding; equal ones must count as equal.
  const rounding = 1e-9 * sum(sizes);
  const bounds = { low: far - rounding, high: far + rounding };
  if (sizes.length <= MOST_FOR_EXACT) return { ...sharesOf(countAll(sizes, bounds)), method: "exact" };
  const { all, farther, asFar } = countDrawn(sizes, bounds, random);
  // The signing seen is one of those as far as itself.
  return { ...sharesOf({ all: all + 1, farther, asFar: asFar + 1 }), method: "sampled" };
}

/** The p of the outcome that no signing is farther out than, where every one of so many tasks or clusters is won. */
export function leastP(units: number): number {
  return Math.min(1, 2 ** (1 - units));
}

/** Differences of one size are coins: any number of them can be counted. */
function areAlike(sizes: readonly number[]): boolean {
  return sizes.every((size) => Math.abs(size - (sizes[0] ?? 0)) < ROUNDING);
}

function signsOf(differences: readonly number[]): [wins: number, losses: number] {
  return [differences.filter((difference) => difference > 0).length, differences.filter((one) => one < 0).length];
}

interface Bounds {
  readonly low: number;
  readonly high: number;
}

function sharesOf({ all, farther, asFar }: Signings): { p: number; midP: number } {
  return { p: (farther + asFar) / all, midP: (farther + asFar / 2) / all };
}

function countAll(sizes: readonly number[], bounds: Bounds): Signings {
  const counts = { all: 0, farther: 0, asFar: 0 };
  const visit = (index: number, total: number): void => {
    const size = sizes[index];
    if (size === undefined) count(counts, Math.abs(total), bounds);
    else for (const signed of [size, -size]) visit(index + 1, total + signed);
  };
  visit(0, 0);
  return counts;
}

function countDrawn(sizes: readonly number[], bounds: Bounds, random: Random): Signings {
  const counts = { all: 0, farther: 0, asFar: 0 };
  const blocks = blocksOf(sizes);
  for (let draw = 0; draw < DRAWS; draw++) count(counts, Math.abs(drawSum(blocks, random)), bounds);
  return counts;
}

function count(counts: { all: number; farther: number; asFar: number }, far: number, { low, high }: Bounds): void {
  counts.all++;
  if (far > high) counts.farther++;
  else if (far >= low) counts.asFar++;
}

/** For each ten sizes their sums under all 1,024 signings, so that a draw is a look-up: bit i of the place is the sign of size i. */
function blocksOf(sizes: readonly number[]): Float64Array[] {
  const starts = Array.from({ length: Math.ceil(sizes.length / BLOCK) }, (_, index) => index * BLOCK);
  return starts.map((start) => {
    const block = sizes.slice(start, start + BLOCK);
    return Float64Array.from({ length: 2 ** BLOCK }, (_, signs) =>
      sum(block.map((size, index) => ((signs >> index) & 1 ? size : -size))),
    );
  });
}

function drawSum(blocks: readonly Float64Array[], random: Random): number {
  let bits = 0;
  let total = 0;
  for (let index = 0; index < blocks.length; index++) {
    if (index % BLOCKS_A_DRAW === 0) bits = random.integer(0, 2 ** (BLOCK * BLOCKS_A_DRAW) - 1);
    total += blocks[index]?.[bits & (2 ** BLOCK - 1)] ?? 0;
    bits >>>= BLOCK;
  }
  return total;
}
