/** Integers in a range whose digits add up to what is asked. */
import { worded } from "../draft.ts";
import { BOTH_SLIPS, drawUntil, type ProblemKind, rangeOf, reduced } from "./problem.ts";

export const digitSums: ProblemKind = {
  name: "digit-sums",
  generate(random, variant) {
    const { from, to, target, modulus, sum } = drawUntil(
      () => {
        const [from, target, modulus] = [random.integer(120, 900), random.integer(9, 17), random.integer(101, 997)];
        const to = from + random.integer(2_000, 7_000);
        const numbers = Array.from({ length: to - from + 1 }, (_, index) => from + index);
        const found = numbers.filter((number) => digitSum(number) === target);
        return { from, to, target, modulus, sum: found.reduce((total, number) => total + number, 0) };
      },
      ({ to, target, modulus }) => digitSum(to) === target && to % modulus !== 0,
    );
    return {
      statement: worded(variant, [
        `Take all integers from ${from} to ${to}, both included, whose decimal digits add up to ${target}. What remainder does their sum leave when it is divided by ${modulus}?`,
        `Call an integer n good if ${from} <= n <= ${to} and the sum of its digits is exactly ${target}. Find the remainder on division by ${modulus} of the sum of all good integers.`,
        `House numbers run from ${from} up to and including ${to}. The houses with digit sum ${target} are painted, and the painter adds up their numbers. She divides the total by ${modulus}. What is the remainder?`,
      ]),
      answer: BigInt(sum % modulus),
      program: (slip) =>
        `good = [n for n in ${rangeOf(slip, from, to)} if sum(map(int, str(n))) == ${target}]\n${reduced(slip, "sum(good)", modulus)}`,
      slips: BOTH_SLIPS,
    };
  },
};

function digitSum(number: number): number {
  return number < 10 ? number : (number % 10) + digitSum(Math.floor(number / 10));
}
