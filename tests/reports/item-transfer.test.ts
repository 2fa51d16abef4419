import { expect, test } from "vitest";
import { seededRandom } from "../../harness/random.ts";
import { itemTransfer, type ScoresBySeed } from "../../reports/item-transfer.ts";

/** Scores by task, one a seed. */
const bySeed = (scores: Record<string, number[]>): ScoresBySeed =>
  new Map(
    Object.entries(scores).map(([id, values]) => [
      id,
      new Map(values.map((value, index) => [index, [value]] as const)),
    ]),
  );

const transferOf = (arm: Record<string, number[]>, baseline: Record<string, number[]>) =>
  itemTransfer(Object.keys(arm), bySeed(arm), bySeed(baseline));

test("with one seed, tasks are broken and mended by name, and chance cannot be told", () => {
  const items = transferOf({ a: [0], b: [1], c: [1], d: [0] }, { a: [1], b: [1], c: [0], d: [0] });

  expect(items).toEqual({ passed: 2, harmed: ["a"], failed: 2, helped: ["c"], harm: 0.5, chance: null });
});

test("with several seeds more than half must pass, and half is neither passed nor failed", () => {
  const items = transferOf(
    { a: [0, 0, 1], b: [1, 0, 0], c: [0, 0, 0], d: [1, 1, 0] },
    { a: [1, 1, 0], b: [1, 1, 1], c: [1, 0.5, 0], d: [0, 0, 1] },
  );

  expect(items).toMatchObject({ passed: 2, harmed: ["a", "b"], failed: 1, helped: ["d"] });
});

test("seeds are set against other seeds: of what one passed, how often another fails", () => {
  const items = transferOf(
    { a: [0, 0], b: [1, 0], c: [1, 1], d: [0, 0] },
    { a: [1, 0], b: [1, 0], c: [1, 1], d: [0, 0] },
  );

  // Passed seeds of the baseline: one of a, one of b, two of c. In the other seed the baseline fails a and b, and so does the arm.
  expect(items).toMatchObject({ chance: 0.5, harm: 0.5 });
});

test("arms that share the luck of a seed are no safer for it: the baseline against itself breaks as much as chance does", () => {
  const flaky = { a: [1, 0], b: [1, 0], c: [1, 1], d: [0, 0] };

  expect(transferOf(flaky, flaky)).toMatchObject({ harm: 0.5, chance: 0.5, harmed: [], helped: [] });
});

test("a skill that changes nothing breaks as much as chance does", () => {
  const random = seededRandom(5);
  const draws = () => Object.fromEntries(chances.map((chance, index) => [`t${index}`, threeSeeds(chance)]));
  const threeSeeds = (chance: number) => [0, 1, 2].map(() => (random.fraction() < chance ? 1 : 0));
  const chances = Array.from({ length: 600 }, () => random.fraction());

  const { harm, chance } = transferOf(draws(), draws());

  // With chances spread evenly over [0, 1], a seed that passed is followed by a failure in 1 of 3 cases.
  expect(harm).toBeCloseTo(1 / 3, 1);
  expect(Math.abs(harm! - chance!)).toBeLessThan(0.03);
});

test("cases of a family in one seed are one outcome", () => {
  const arm = new Map([["family", new Map([[1, [1, 0, 0]]])]]);
  const baseline = new Map([["family", new Map([[1, [1, 1, 0]]])]]);

  expect(itemTransfer(["family"], arm, baseline)).toMatchObject({ passed: 1, harmed: ["family"], harm: 1 });
});

test("where the baseline passes nothing there is nothing to break", () => {
  expect(transferOf({ a: [1] }, { a: [0] })).toMatchObject({ passed: 0, harm: null, chance: null, helped: ["a"] });
});
