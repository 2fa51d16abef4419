/** The sum of the divisors of a number that lie in a range. */
import { worded } from "../draft.ts";
import { BOTH_SLIPS, drawUntil, type ProblemKind, rangeOf, reduced } from "./problem.ts";

export const divisorSums: ProblemKind = {
  name: "divisor-sums",
  generate(random, variant) {
    const { number, from, to, modulus, sum } = drawUntil(
      () => {
        const powers = [2 ** random.integer(3, 6), 3 ** random.integer(2, 3), 5 ** random.integer(1, 2), 7];
        const divisors = divisorsOf(powers);
        const from = divisors[random.integer(5, 9)] ?? 1;
        const to = divisors[divisors.length - random.integer(4, 9)] ?? 1;
        const within = divisors.filter((divisor) => divisor >= from && divisor <= to);
        const sum = within.reduce((total, divisor) => total + divisor, 0);
        return {
          number: powers.reduce((product, power) => product * power, 1),
          from,
          to,
          modulus: random.integer(101, 999),
          sum,
        };
      },
      ({ to, modulus, sum }) => sum > modulus && to % modulus !== 0,
    );
    return {
      statement: worded(variant, [
        `Consider those positive divisors of ${number} that are at least ${from} and at most ${to}. Find the remainder when their sum is divided by ${modulus}.`,
        `Add up every integer d with ${from} <= d <= ${to} for which ${number} / d is an integer. What remainder does the sum leave on division by ${modulus}?`,
        `A strip of ${number} squares can be cut into equal pieces of d squares each in several ways. Let T be the sum of all d from ${from} to ${to}, both ends allowed, for which this works without a rest. Find T modulo ${modulus}, as an integer from 0 to ${modulus - 1}.`,
      ]),
      answer: BigInt(sum % modulus),
      program: (slip) =>
        `divisors = [d for d in ${rangeOf(slip, from, to)} if ${number} % d == 0]\n${reduced(slip, "sum(divisors)", modulus)}`,
      slips: BOTH_SLIPS,
    };
  },
};

/** Of the product of powers of distinct primes, in rising order. */
function divisorsOf(powers: readonly number[]): number[] {
  const all = powers.reduce<number[]>((known, power) => known.flatMap((one) => timesParts(one, power)), [1]);
  return all.sort((a, b) => a - b);
}

/** `one` times each divisor of a power of a prime. */
function timesParts(one: number, power: number): number[] {
  const prime = [2, 3, 5, 7].find((candidate) => power % candidate === 0) ?? power;
  const parts: number[] = [];
  for (let part = 1; part <= power; part *= prime) parts.push(one * part);
  return parts;
}
