/** Triangles with integer sides and a perimeter in a range. */
import { worded } from "../draft.ts";
import { BOTH_SLIPS, drawUntil, type ProblemKind, rangeOf, reduced } from "./problem.ts";

export const integerTriangles: ProblemKind = {
  name: "integer-triangles",
  generate(random, variant) {
    const { from, to, modulus, count } = drawUntil(
      () => {
        const from = random.integer(12, 40);
        const [to, modulus] = [from + random.integer(15, 35), random.integer(101, 499)];
        const perimeters = Array.from({ length: to - from + 1 }, (_, index) => from + index);
        const count = perimeters.reduce((total, perimeter) => total + triangles(perimeter), 0);
        return { from, to, modulus, count };
      },
      ({ to, modulus, count }) => count > modulus && triangles(to) % modulus !== 0,
    );
    return {
      statement: worded(variant, [
        `Let T be the number of triangles, no two of them congruent, with integer side lengths and a perimeter of at least ${from} and at most ${to}. Find the remainder when T is divided by ${modulus}.`,
        `How many triples (a, b, c) of integers with 1 <= a <= b <= c and a + b > c satisfy ${from} <= a + b + c <= ${to}? Answer with the remainder of this number on division by ${modulus}.`,
        `Sticks of every whole number of centimetres are at hand. From three of them a triangle is laid whose perimeter is a number from ${from} to ${to} centimetres, both included; congruent triangles count once. The possible triangles are drawn on sheets with room for ${modulus} each, and all sheets but the last are full. If the last sheet is not full, how many triangles are on it? (Answer 0 if it is full.)`,
      ]),
      answer: BigInt(count % modulus),
      program: (slip) => `count = 0
for perimeter in ${rangeOf(slip, from, to)}:
    for a in range(1, perimeter // 3 + 1):
        for b in range(a, (perimeter - a) // 2 + 1):
            count += a + b > perimeter - a - b
${reduced(slip, "count", modulus)}`,
      slips: BOTH_SLIPS,
    };
  },
};

/** Alcuin's sequence: the nearest integer to p^2 / 48, or to (p + 3)^2 / 48 for an odd perimeter. */
function triangles(perimeter: number): number {
  const side = perimeter % 2 === 0 ? perimeter : perimeter + 3;
  return Math.round((side * side) / 48);
}
