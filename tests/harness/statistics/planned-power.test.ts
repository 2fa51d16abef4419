/** Verb `power` against worlds whose truth is known, as `npm run bench -- statistics` has them. */
import { expect, test } from "vitest";
import { varianceOf } from "../../../harness/cli/power-parts.ts";
import { seededRandom } from "../../../harness/random.ts";
import { plannedPower, powerOf } from "../../../harness/statistics/power.ts";
import { precisionOf, turningVariance } from "../../../harness/statistics/variance.ts";
import { truthOf, type World } from "../../bench/statistics-world.ts";

/** An effect of nine points, nearly even over tasks whose seeds disagree. */
const ALONE = { difficulty: 3, ease: -0.7, interaction: { task: 1 }, shift: 0.8 };
const FAMILIES = { ...ALONE, interaction: { task: 0.5, family: 1.5 } };
const world = (tasks: number, seeds: number, parts: Partial<World> = {}): World => ({
  name: "",
  tasks,
  seeds,
  ...ALONE,
  ...parts,
});

function planned(of: World): { power: number; formula: number } {
  const { effect, variance } = truthOf(of, seededRandom(1));
  const spread = { ...variance, seedsFrom: "measured" as const, ...(of.graded && { graded: true as const }) };
  return {
    power: 100 * plannedPower(effect, varianceOf(spread), of),
    formula: 100 * powerOf(effect, precisionOf(variance, of)),
  };
}

test.each([
  // What p found in 4,000 experiments of the bench.
  [world(400, 1), 93.8],
  [world(200, 1), 66.2],
  [world(100, 1), 35],
  [world(200, 3), 97.8],
  [world(100, 3), 80.3],
  [world(30, 8), 53.5],
  [world(24, 3), 18.9],
  [world(200, 3, { difficulty: 8 }), 73.5],
  [world(40, 3, { graded: true }), 83.3],
  [world(200, 3, { ...FAMILIES, families: [5] }), 71.4],
  [world(200, 1, { ...FAMILIES, families: [1, 2, 3, 12] }), 37.6],
])("power says what p finds, within 3 points: %j", (of, found) => {
  expect(Math.abs(planned(of).power - found)).toBeLessThan(3);
});

test.each([
  world(400, 1),
  world(200, 3),
  world(40, 3, { graded: true }),
  world(200, 3, { ...FAMILIES, families: [5] }),
])("which is the formula on the true spread, within 3 points, where the steps of p are small: %j", (of) => {
  const { power, formula } = planned(of);

  expect(Math.abs(power - formula)).toBeLessThan(3);
});

test("where it was not measured how an effect differs between tasks, the truth lies between one that turns whole tasks and an even one", () => {
  const of = world(100, 3);
  const { effect, variance } = truthOf(of, seededRandom(1));
  const powerWith = (tasks: number | null) =>
    100 * plannedPower(effect, varianceOf({ seeds: variance.seeds, seedsFrom: "measured", tasks }), of);

  expect(powerWith(null)).toBeLessThan(powerWith(variance.tasks));
  expect(powerWith(variance.tasks)).toBeLessThan(powerWith(0));
});

test("one try of right or wrong tasks differs by no less than an effect of that size must, seeds and clusters included", () => {
  const inAll = (parts: Parameters<typeof varianceOf>[0], effect: number) => {
    const { tasks, seeds, clusters } = varianceOf(parts)(effect);
    return tasks + seeds + (clusters?.variance ?? 0);
  };
  const clusters = { variance: 0.02, tasksEach: 4 };

  expect(inAll({ seeds: 0.05, seedsFrom: "measured", tasks: 0.01 }, 0.3)).toBeCloseTo(turningVariance(0.3), 12);
  expect(inAll({ seeds: 0.05, seedsFrom: "measured", tasks: 0.01, clusters }, 0.3)).toBeCloseTo(0.21, 12);
  expect(inAll({ seeds: 0.3, seedsFrom: "measured", tasks: 0.01 }, 0.3)).toBeCloseTo(0.31, 12);
  expect(inAll({ seeds: 0.05, seedsFrom: "measured", tasks: 0.01, graded: true }, 0.3)).toBeCloseTo(0.06, 12);
});
