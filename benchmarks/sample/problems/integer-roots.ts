/** How many quadratic polynomials of a family have integer roots: a count that needs no reduction. */
import { worded } from "../draft.ts";
import { type ProblemKind, rangeOf } from "./problem.ts";

export const integerRoots: ProblemKind = {
  name: "integer-roots",
  generate(random, variant) {
    const constant = random.pick([144, 180, 240, 252, 336, 360, 420, 480, 504, 540, 600, 720, 840]);
    const sums = sumsOfFactors(constant);
    const to = sums[random.integer(2, sums.length - 2)] ?? constant + 1;
    const from = -random.integer(20, constant);
    const count = [...sums, ...sums.map((sum) => -sum)].filter((sum) => sum >= from && sum <= to).length;
    return {
      statement: worded(variant, [
        `For how many integers b with ${from} <= b <= ${to} does the polynomial x^2 + bx + ${constant} have only integer roots?`,
        `The number b runs through all integers from ${from} to ${to}, both included. How often does the equation x^2 + bx + ${constant} = 0 have two integer solutions, which may be equal?`,
        `Find the number of integers b, not smaller than ${from} and not larger than ${to}, for which x^2 + bx + ${constant} can be written as (x - p)(x - q) with integers p and q.`,
      ]),
      answer: BigInt(count),
      program: (slip) => `from math import isqrt
answer = 0
for b in ${rangeOf(slip, from, to)}:
    d = b * b - 4 * ${constant}
    if d >= 0 and isqrt(d) ** 2 == d and (b + isqrt(d)) % 2 == 0:
        answer += 1
`,
      slips: ["ignores-asked-range"],
    };
  },
};

/** d + c/d for each way to write the constant as a product of two positive factors, in rising order. */
function sumsOfFactors(constant: number): number[] {
  const sums: number[] = [];
  for (let d = 1; d * d <= constant; d += 1) if (constant % d === 0) sums.push(d + constant / d);
  return sums.sort((a, b) => a - b);
}
