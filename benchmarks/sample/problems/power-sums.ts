/** The remainder of a sum of powers. */
import { worded } from "../draft.ts";
import { BOTH_SLIPS, drawUntil, type ProblemKind, rangeOf, reduced } from "./problem.ts";

export const powerSums: ProblemKind = {
  name: "power-sums",
  generate(random, variant) {
    const { base, from, to, modulus, sum } = drawUntil(
      () => {
        const [base, from, modulus] = [random.integer(3, 19), random.integer(2, 12), random.integer(50, 400)];
        const to = from + random.integer(20, 60);
        return { base, from, to, modulus, sum: geometricSum(BigInt(base), from, to) };
      },
      ({ base, to, modulus, sum }) =>
        [BigInt(base) ** BigInt(to), sum].every((number) => number % BigInt(modulus) !== 0n),
    );
    return {
      statement: worded(variant, [
        `Let S = ${base}^${from} + ${base}^${from + 1} + ... + ${base}^${to}, the sum of all powers of ${base} with exponents from ${from} to ${to}, both included. What remainder does S leave when it is divided by ${modulus}?`,
        `The powers ${base}^n are added up for every integer n with ${from} <= n <= ${to}. Find the remainder when the total is divided by ${modulus}.`,
        `On its first day a machine makes ${base}^${from} grains, on each later day ${base} times as many as on the day before, and on its last day ${base}^${to}. All grains are then packed into bags of ${modulus}. How many grains are left over?`,
      ]),
      answer: sum % BigInt(modulus),
      program: (slip) =>
        `total = sum(pow(${base}, n) for n in ${rangeOf(slip, from, to)})\n${reduced(slip, "total", modulus)}`,
      slips: BOTH_SLIPS,
    };
  },
};

function geometricSum(base: bigint, from: number, to: number): bigint {
  return (base ** BigInt(to + 1) - base ** BigInt(from)) / (base - 1n);
}
