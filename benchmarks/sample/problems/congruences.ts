/** Integers in a range that leave given remainders by two divisors. */
import { worded } from "../draft.ts";
import { several } from "../names.ts";
import { BOTH_SLIPS, drawUntil, type ProblemKind, rangeOf, reduced } from "./problem.ts";

/** Pairwise without a common divisor. */
const DIVISORS = [7, 8, 9, 11, 13, 17, 19, 23, 25];

export const congruences: ProblemKind = {
  name: "congruences",
  generate(random, variant) {
    const { first, second, r, s, from, to, modulus, sum } = drawUntil(
      () => {
        const [first = 7, second = 8] = several(random, DIVISORS, 2);
        const smallest = random.integer(1, first * second - 1);
        const steps = random.integer(12, 40);
        const to = smallest + steps * first * second;
        const from = random.integer(1, 300);
        const all = Array.from({ length: steps + 1 }, (_, index) => smallest + index * first * second);
        const sum = all.filter((number) => number >= from).reduce((total, number) => total + number, 0);
        return {
          first,
          second,
          r: smallest % first,
          s: smallest % second,
          from,
          to,
          modulus: random.integer(101, 999),
          sum,
        };
      },
      ({ r, s, to, modulus }) => r > 0 && s > 0 && to % modulus !== 0,
    );
    return {
      statement: worded(variant, [
        `Let S be the sum of all integers n with ${from} <= n <= ${to} that leave the remainder ${r} on division by ${first} and the remainder ${s} on division by ${second}. Find the remainder when S is divided by ${modulus}.`,
        `Among the integers from ${from} to ${to}, both ends included, mark those that are congruent to ${r} modulo ${first} and to ${s} modulo ${second}. What is the sum of the marked integers modulo ${modulus}? Give it as an integer from 0 to ${modulus - 1}.`,
        `A crate holds n eggs, where ${from} <= n <= ${to}. Packed by ${first} there are ${r} eggs left over, packed by ${second} there are ${s}. Add up all values that n can have, and find the remainder of this sum on division by ${modulus}.`,
      ]),
      answer: BigInt(sum % modulus),
      program: (slip) =>
        `fitting = [n for n in ${rangeOf(slip, from, to)} if n % ${first} == ${r} and n % ${second} == ${s}]\n${reduced(slip, "sum(fitting)", modulus)}`,
      slips: BOTH_SLIPS,
    };
  },
};
