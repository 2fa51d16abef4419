/** The probability of a sum of dice, as a fraction in lowest terms. */
import { worded } from "../draft.ts";
import { BOTH_SLIPS, drawUntil, greatestCommonDivisor, type ProblemKind, rangeOf } from "./problem.ts";

export const dice: ProblemKind = {
  name: "dice",
  generate(random, variant) {
    const { count, faces, from, to, favourable, all } = drawUntil(
      () => {
        const [count, faces] = [random.integer(3, 4), random.pick([6, 8, 10])];
        const from = count + random.integer(2, 5);
        const to = from + random.integer(2, 6);
        const ways = waysToThrow(count, faces);
        const favourable = ways.slice(from, to + 1).reduce((total, number) => total + number, 0n);
        return { count, faces, from, to, favourable, all: BigInt(faces) ** BigInt(count) };
      },
      ({ favourable, all }) => greatestCommonDivisor(favourable, all) > 1n,
    );
    const divisor = greatestCommonDivisor(favourable, all);
    return {
      statement: worded(variant, [
        `${spelled(count)} fair dice, each with the faces 1 to ${faces}, are thrown. The probability that their sum is at least ${from} and at most ${to} is m/n in lowest terms. Find m + n.`,
        `A fair die with the numbers 1, 2, ..., ${faces} is rolled ${count} times and the results are added. Write the probability that the total lies between ${from} and ${to}, both included, as a fraction m/n where m and n are positive integers without a common divisor. What is m + n?`,
        `In a game you roll ${count} fair ${faces}-sided dice (faces 1 to ${faces}) and win if the sum s satisfies ${from} <= s <= ${to}. The chance to win equals m/n with relatively prime positive integers m and n. Determine m + n.`,
      ]),
      answer: (favourable + all) / divisor,
      program: (slip) => `from itertools import product
from math import gcd
wins = sum(sum(throw) in ${rangeOf(slip, from, to)} for throw in product(range(1, ${faces + 1}), repeat=${count}))
total = ${faces} ** ${count}
divisor = ${slip === "no-remainder-check" ? "1" : "gcd(wins, total)"}
answer = wins // divisor + total // divisor
`,
      slips: BOTH_SLIPS,
    };
  },
};

function spelled(count: number): string {
  return count === 3 ? "Three" : "Four";
}

/** By sum: in how many ways it comes up. */
function waysToThrow(count: number, faces: number): bigint[] {
  let ways = [1n];
  for (let die = 0; die < count; die += 1) {
    const next = Array.from({ length: ways.length + faces }, () => 0n);
    ways.forEach((number, sum) => {
      for (let face = 1; face <= faces; face += 1) next[sum + face] = (next[sum + face] ?? 0n) + number;
    });
    ways = next;
  }
  return ways;
}
