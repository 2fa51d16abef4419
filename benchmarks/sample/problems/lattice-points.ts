/** Points with integer coordinates between two circles, those on the circles included. */
import { worded } from "../draft.ts";
import { BOTH_SLIPS, drawUntil, type ProblemKind, reduced } from "./problem.ts";

export const latticePoints: ProblemKind = {
  name: "lattice-points",
  generate(random, variant) {
    const drawn = drawUntil(
      () => {
        const inner = random.integer(3, 12) ** 2 + random.integer(1, 9) ** 2;
        const outer = random.integer(18, 32) ** 2 + random.integer(3, 25) ** 2;
        return { inner, outer, modulus: random.integer(200, 900), count: countUpTo(outer) - countUpTo(inner - 1) };
      },
      ({ modulus, count }) => count > modulus,
    );
    const { inner, outer, modulus, count } = drawn;
    return {
      statement: worded(variant, [
        `Let N be the number of points (x, y) of the plane with integer coordinates and ${inner} <= x^2 + y^2 <= ${outer}. Find the remainder when N is divided by ${modulus}.`,
        `Two circles around the origin have the radii sqrt(${inner}) and sqrt(${outer}). Count the points with integer coordinates that lie between the circles or on one of them. What remainder does this number leave on division by ${modulus}?`,
        `A lamp stands on every point of the plane whose coordinates are integers. Only those lamps are lit whose squared distance from the origin is at least ${inner} and at most ${outer}. The lit lamps are wired in groups of ${modulus}, as many groups as possible. How many lit lamps belong to no group?`,
      ]),
      answer: BigInt(count % modulus),
      program: (slip) => {
        const within = slip === "ignores-asked-range" ? `< ${outer}` : `<= ${outer}`;
        return `side = range(-${Math.ceil(Math.sqrt(outer))}, ${Math.ceil(Math.sqrt(outer))} + 1)
points = [(x, y) for x in side for y in side if ${inner} <= x * x + y * y ${within}]
${reduced(slip, "len(points)", modulus)}`;
      },
      slips: BOTH_SLIPS,
    };
  },
};

/** Points at a squared distance of at most `square`, column by column. */
function countUpTo(square: number): number {
  const side = Math.floor(Math.sqrt(square));
  let count = 0;
  for (let x = -side; x <= side; x += 1) count += 2 * Math.floor(Math.sqrt(square - x * x)) + 1;
  return count;
}
