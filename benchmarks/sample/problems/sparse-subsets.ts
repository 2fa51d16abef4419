/** Subsets without neighbours, of sizes in a range. */
import { worded } from "../draft.ts";
import { BOTH_SLIPS, drawUntil, type ProblemKind, rangeOf, reduced } from "./problem.ts";

export const sparseSubsets: ProblemKind = {
  name: "sparse-subsets",
  generate(random, variant) {
    const { size, from, to, modulus, count } = drawUntil(
      () => {
        const [size, from] = [random.integer(16, 26), random.integer(2, 4)];
        const [to, modulus] = [from + random.integer(2, 4), random.integer(101, 999)];
        const sizes = Array.from({ length: to - from + 1 }, (_, index) => from + index);
        const count = sizes.reduce((total, chosen) => total + sparse(size, chosen), 0n);
        return { size, from, to, modulus, count };
      },
      ({ size, to, modulus, count }) => count > modulus && sparse(size, to) % BigInt(modulus) !== 0n,
    );
    return {
      statement: worded(variant, [
        `Consider the subsets of {1, 2, ..., ${size}} that contain no two consecutive integers and have at least ${from} and at most ${to} elements. Find the remainder when the number of these subsets is divided by ${modulus}.`,
        `In a row of ${size} chairs some are to be taken so that no two neighbouring chairs are taken. The number of taken chairs has to be from ${from} to ${to}, both included. In how many ways can this be done? Give the remainder of the number of ways on division by ${modulus}.`,
        `How many strings of ${size} letters A and B have no two A next to each other, and contain the letter A k times with ${from} <= k <= ${to}? Divide the number by ${modulus} and give the remainder.`,
      ]),
      answer: count % BigInt(modulus),
      program: (slip) => `from functools import cache

@cache
def ways(left, chosen):
    if chosen == 0:
        return 1
    return 0 if left < 1 else ways(left - 1, chosen) + ways(left - 2, chosen - 1)

total = sum(ways(${size}, k) for k in ${rangeOf(slip, from, to)})
${reduced(slip, "total", modulus)}`,
      slips: BOTH_SLIPS,
    };
  },
};

/** Subsets of that many of `size` things in a row, no two of them neighbours: a binomial coefficient. */
function sparse(size: number, chosen: number): bigint {
  const places = BigInt(size - chosen + 1);
  let ways = 1n;
  for (let index = 0n; index < BigInt(chosen); index += 1n) ways = (ways * (places - index)) / (index + 1n);
  return ways;
}
