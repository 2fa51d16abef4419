import { describe, expect, test } from "vitest";
import { clusterEstimate } from "../../../harness/statistics/clusters.ts";
import { standardDeviation } from "../../../harness/statistics/interval.ts";
import { mcnemarTest } from "../../../harness/statistics/mcnemar.ts";
import { mcnemarPower } from "../../../harness/statistics/mcnemar-power.ts";
import {
  mcnemarEffect,
  minimumDetectableEffect,
  plannedEffect,
  plannedPower,
  powerOf,
  seedsNeeded,
  tasksNeeded,
} from "../../../harness/statistics/power.ts";
import {
  clusterVariance,
  effectVariance,
  precisionOf,
  seedVariance,
  turningVariance,
} from "../../../harness/statistics/variance.ts";

const INFINITE = Number.POSITIVE_INFINITY;

test("a paired t test with 34 pairs and d = 0.5 has a power of 0.8078, as the manual of G*Power has it; with 20, 0.5645", () => {
  expect(powerOf(0.05, { standardError: 0.1 / Math.sqrt(34), degrees: 33 })).toBeCloseTo(0.8078, 2);
  expect(powerOf(-0.05, { standardError: 0.1 / Math.sqrt(20), degrees: 19 })).toBeCloseTo(0.5645, 2);
});

test("without an effect it is the level of the test", () => {
  expect(powerOf(0, { standardError: 0.02, degrees: INFINITE })).toBeCloseTo(0.05, 9);
  expect(powerOf(0, { standardError: 0.02, degrees: 23 })).toBeCloseTo(0.05, 2);
});

test.each([
  // scipy 1.17, from the noncentral t distribution
  [34, 0.8, 0.495028],
  [200, 0.8, 0.199064],
  [24, 0.9, 0.691148],
])(
  "with %i tasks the smallest effect seen with a chance of %d is %d standard deviations",
  (tasks, power, deviations) => {
    const precision = { standardError: 0.1 / Math.sqrt(tasks), degrees: tasks - 1 };

    expect(minimumDetectableEffect(precision, power) / 0.1).toBeCloseTo(deviations, 2);
  },
);

test("is Infinity where even the largest difference of scores is not seen", () => {
  expect(minimumDetectableEffect({ standardError: 0.6, degrees: 3 })).toBe(INFINITE);
});

test("tasks needed for 3 points agree with the formula of arXiv:2411.00640, section 5, worked by hand", () => {
  // (1.95996 + 0.84162)² = 7.8489; variance 1/9 between tasks, 1/6 within in each arm, over 0.03².
  const varianceAt = () => ({ tasks: 1 / 9, seeds: 2 / 6 });
  const wanted = { effect: 0.03, power: 0.8 };

  expect(tasksNeeded(wanted, varianceAt, 1)! / ((7.8489 * (1 / 9 + 2 / 6)) / 0.0009)).toBeCloseTo(1, 2);
  expect(tasksNeeded(wanted, varianceAt, 10)! / ((7.8489 * (1 / 9 + 2 / 60)) / 0.0009)).toBeCloseTo(1, 2);
});

test("tasks and seeds needed are the fewest: one less does not do", () => {
  const varianceAt = (effect: number) => ({ tasks: turningVariance(effect), seeds: 0.2 });
  const wanted = { effect: 0.08, power: 0.8 };

  const tasks = tasksNeeded(wanted, varianceAt, 3)!;
  expect(plannedPower(0.08, varianceAt, { tasks, seeds: 3 })).toBeGreaterThanOrEqual(0.8);
  expect(plannedPower(0.08, varianceAt, { tasks: tasks - 1, seeds: 3 })).toBeLessThan(0.8);
  const seeds = seedsNeeded(wanted, varianceAt, 150)!;
  expect(plannedPower(0.08, varianceAt, { tasks: 150, seeds })).toBeGreaterThanOrEqual(0.8);
  expect(plannedPower(0.08, varianceAt, { tasks: 150, seeds: seeds - 1 })).toBeLessThan(0.8);
});

test("no number of seeds makes up for tasks that differ", () => {
  expect(seedsNeeded({ effect: 0.05, power: 0.8 }, () => ({ tasks: 0.2, seeds: 0.1 }), 100)).toBeNull();
});

test.each([
  [400, 1],
  [400, 8],
  [1_500, 3],
])(
  "the smallest effect of %i tasks × %i seeds whose spread grows with it is that of a quadratic equation",
  (tasks, seeds) => {
    // With e = (1.95996 + 1.28155) √((e - e² + 0.15 / seeds) / tasks) and z its first factor squared: (tasks + z) e² - z e - z 0.15 / seeds = 0.
    const z = (1.959964 + 1.281552) ** 2;
    const wanted = (z + Math.sqrt(z ** 2 + (4 * (tasks + z) * z * 0.15) / seeds)) / (2 * (tasks + z));

    const found = plannedEffect((effect) => ({ tasks: turningVariance(effect), seeds: 0.15 }), { tasks, seeds }, 0.9);

    expect(found / wanted).toBeGreaterThan(1);
    expect(found / wanted).toBeLessThan(1.01);
  },
);

describe("McNemar's exact test", () => {
  test.each([
    [12, 0.6, 0.4],
    [20, 0.45, 0.3],
    [24, 0.2, 0.05],
    [30, 0.3, 0.3],
  ])("of %i tasks, %d won and %d lost, is significant as often as all outcomes counted out say", (tasks, won, lost) => {
    const effect = won - lost;

    expect(mcnemarPower(effect, won + lost - effect ** 2, tasks)).toBeCloseTo(shareFound(tasks, won, lost), 7);
  });

  test("finds a smallest effect with just the chance that was asked for, and none with fewer than six tasks", () => {
    for (const tasks of [10, 60, 200]) {
      const effect = mcnemarEffect(0.2, tasks);
      const differing = Math.max(0.2 + effect ** 2, effect);
      expect(shareFound(tasks, (differing + effect) / 2, (differing - effect) / 2)).toBeCloseTo(0.8, 4);
    }
    expect(mcnemarEffect(0.2, 5)).toBe(INFINITE);
  });

  test("is no less of a chance with more tasks, up to a million of them", () => {
    const chances = [50, 500, 5_000, 1_000_000].map((tasks) => mcnemarPower(0.05, 0.25, tasks));

    expect(chances).toEqual(chances.toSorted((a, b) => a - b));
    expect(chances[3]).toBeCloseTo(1, 6);
    expect(chances[3]).toBeLessThanOrEqual(1);
  });
});

/** The chance of a significant gain where each task is won, lost or tied by itself. */
function shareFound(tasks: number, won: number, lost: number): number {
  let share = 0;
  for (let wins = 0; wins <= tasks; wins++)
    for (let losses = 0; losses < wins && wins + losses <= tasks; losses++) {
      if (mcnemarTest(wins, losses).p > 0.05) continue;
      const tied = tasks - wins - losses;
      share +=
        ways(tasks, wins) *
        ways(tasks - wins, losses) *
        won ** wins *
        lost ** losses *
        Math.max(0, 1 - won - lost) ** tied;
    }
  return share;
}

function ways(all: number, some: number): number {
  let found = 1;
  for (let taken = 0; taken < some; taken++) found *= (all - taken) / (taken + 1);
  return found;
}

test("parts of a variance, worked by hand on five tasks with two seeds", () => {
  const rows = (text: string) => text.split(" ").map((row) => [...row].map(Number));
  // Seeds of the arm differ in three tasks, each with variance 1/2; those of the baseline in two.
  const [arm, baseline] = [rows("10 11 00 10 01"), rows("00 01 00 11 10")];

  expect(seedVariance(arm)).toBeCloseTo(0.3, 12);
  expect(seedVariance(baseline)).toBeCloseTo(0.2, 12);
  // Differences 0.5, 0.5, 0, -0.5 and 0 have variance 0.175, less than the 0.25 that seeds explain.
  expect(effectVariance(arm, baseline)).toEqual({ tasks: 0, seeds: expect.closeTo(0.5, 12) });
  expect(effectVariance(rows("11 11 11 00 11"), rows("00 00 00 00 00"))).toEqual({
    tasks: expect.closeTo(0.2, 12),
    seeds: 0,
  });
  expect(effectVariance(rows("1 0 1"), rows("10 11 00"))).toBeNull();
});

test("more seeds make the part of the seeds smaller, more tasks all of it, and clusters count by their number", () => {
  const variance = { clusters: { variance: 0.02, tasksEach: 5 }, tasks: 0.05, seeds: 0.2 };

  expect(precisionOf(variance, { tasks: 100, seeds: 4 })).toEqual({
    standardError: expect.closeTo(Math.sqrt(0.02 / 20 + 0.1 / 100), 12),
    degrees: 19,
  });
  expect(precisionOf({ tasks: 0.05, seeds: 0.2 }, { tasks: 50, seeds: 1 }).standardError).toBeCloseTo(
    Math.sqrt(0.005),
    12,
  );
  expect(() => precisionOf(variance, { tasks: 1, seeds: 1 })).toThrow(RangeError);
});

test("what lies between clusters is all where tasks of one repeat each other, and planning with it gives the clustered error back", () => {
  const values = [1, 0, -1, 1, 0.5, 0, 1, -0.5];
  const copies = values.flatMap((value) => [value, value, value]);
  const names = values.flatMap((_, index) => Array<string>(3).fill(`c${index}`));

  const found = clusterVariance(copies, names);
  const rest = standardDeviation(copies) ** 2 - found.variance;

  expect(found.tasksEach).toBe(3);
  expect(found.variance / standardDeviation(values) ** 2).toBeCloseTo(1, 1);
  expect(precisionOf({ clusters: found, tasks: rest, seeds: 0 }, { tasks: 24, seeds: 1 }).standardError).toBeCloseTo(
    clusterEstimate(copies, names).standardError,
    12,
  );
});

test("tasks that have nothing to do with their cluster leave nothing between clusters, and unlike sizes count by their squares", () => {
  const alternating = Array.from({ length: 24 }, (_, index) => (index % 2 === 0 ? 0.5 : -0.5));
  const names = alternating.map((_, index) => `c${Math.floor(index / 4)}`);

  expect(clusterVariance(alternating, names).variance).toBe(0);
  expect(clusterVariance([1, 0, 1, 0], ["a", "a", "a", "b"]).tasksEach).toBe(10 / 4);
  expect(clusterVariance([1, 0, 1], ["a", "b", "c"])).toEqual({ variance: 0, tasksEach: 1 });
});
