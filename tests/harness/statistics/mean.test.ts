import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { wilsonInterval } from "../../../harness/statistics/interval.ts";
import {
  clusteredStandardError,
  meanInterval,
  meanScore,
  type ScoresByTask,
} from "../../../harness/statistics/mean.ts";

const score = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }));
const scores = fc.array(fc.array(score, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 40 });

/** `passes` tasks of score 1, then tasks of score 0. */
const binary = (passes: number, tasks: number): ScoresByTask =>
  Array.from({ length: tasks }, (_, index) => [index < passes ? 1 : 0]);

describe("mean score", () => {
  test("weighs tasks alike when one has more seeds than another", () => {
    expect(meanScore([[1, 1, 1, 1], [0]])).toBe(0.5);
  });

  test.each([
    [[], "expected the scores of at least 1 task, got none"],
    [[[1], []], "task 2 of 2: expected at least 1 score, got none"],
    [[[1], [1.5]], "task 2 of 2: expected scores in [0, 1], got 1.5"],
    [[[Number.NaN], [1]], "task 1 of 2: expected scores in [0, 1], got NaN"],
  ])("of %j is refused with where and why", (rows, problem) => {
    expect(() => meanScore(rows)).toThrow(new RangeError(problem));
  });
});

describe("clustered standard error", () => {
  test("of task means 1, 0.5, 0.5 and 0 is the root of (0.5 / 3) / 4, worked by hand", () => {
    const rows = [
      [1, 1],
      [1, 0],
      [0, 1],
      [0, 0],
    ];

    expect(clusteredStandardError(rows)).toBeCloseTo(Math.sqrt(0.5 / 12), 12);
  });

  test("with equal seeds is equation 4 of arXiv:2411.00640 times √(T / (T - 1))", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(score, score, score), { minLength: 2, maxLength: 30 }), (rows) => {
        const all = rows.flat();
        const mean = all.reduce((total, value) => total + value) / all.length;
        const withinClusters = rows.map((seeds) => seeds.reduce((total, value) => total + value - mean, 0) ** 2);
        const published = Math.sqrt(withinClusters.reduce((total, value) => total + value)) / all.length;

        expect(clusteredStandardError(rows)).toBeCloseTo(published * Math.sqrt(rows.length / (rows.length - 1)), 9);
      }),
    );
  });

  test("is not made smaller by writing each seed down twice", () => {
    fc.assert(
      fc.property(scores, (rows) => {
        const doubled = rows.map((seeds) => [...seeds, ...seeds]);
        expect(clusteredStandardError(doubled)).toBeCloseTo(clusteredStandardError(rows), 12);
      }),
    );
  });

  test("cannot be told from one task, however many seeds it has", () => {
    expect(() => clusteredStandardError([[1, 0, 1]])).toThrow(RangeError);
  });
});

describe("interval of the mean", () => {
  test("of 10 passes in 20 tasks is R's t.test(rep(0:1, 10)): 0.2599 to 0.7401", () => {
    const { low, high } = meanInterval(binary(10, 20));

    expect(low).toBeCloseTo(0.259915, 5);
    expect(high).toBeCloseTo(0.740085, 5);
  });

  test("has a width where all tasks fail or all pass: that is Wilson's, 0 to 0.1611 for 0 in 20", () => {
    expect(meanInterval(binary(0, 20))).toEqual({ low: 0, high: expect.closeTo(0.1611, 4) });
    expect(meanInterval(binary(20, 20))).toEqual({ low: expect.closeTo(0.8389, 4), high: 1 });
    expect(meanInterval([[1]])).toEqual({ low: expect.closeTo(0.2065, 4), high: 1 });
  });

  test("is Wilson's with four passes and Student's with five", () => {
    expect(meanInterval(binary(4, 40))).toEqual(wilsonInterval(4, 40));
    expect(meanInterval(binary(5, 40))).not.toEqual(wilsonInterval(5, 40));
  });

  test("has a width where all tasks score one half", () => {
    const { low, high } = meanInterval(Array.from({ length: 20 }, () => [0, 1]));

    expect(high - low).toBeGreaterThan(0.3);
  });

  test("does not shrink as the first tasks pass", () => {
    const highs = [0, 1, 2, 3, 4, 5, 6, 7].map((passes) => meanInterval(binary(passes, 40)).high);

    expect(highs).toEqual([...highs].sort((a, b) => a - b));
  });

  test("holds the mean, stays in [0, 1], has a width, and does not depend on the order of tasks", () => {
    fc.assert(
      fc.property(scores, (rows) => {
        const { low, high } = meanInterval(rows);
        const mean = meanScore(rows);

        expect(low).toBeLessThanOrEqual(mean + 1e-12);
        expect(high).toBeGreaterThanOrEqual(mean - 1e-12);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(high).toBeGreaterThan(low);
        expect(meanInterval([...rows].reverse()).low).toBeCloseTo(low, 9);
      }),
    );
  });
});

test("ten tasks with five tasks' worth of passes get one interval, whatever their order makes of the sum", () => {
  const rows = [[1, 0], [0, 1, 1], [0, 1, 0, 0], [1], [1], [0, 0, 1, 0], [0], [1], [0, 1, 0], [0]];

  expect(meanInterval(rows).low).toBeCloseTo(meanInterval(rows.toReversed()).low, 9);
});
