import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  agrestiMinInterval,
  normalReach,
  standardErrorOfMean,
  tInterval,
  wilsonInterval,
} from "../../../harness/statistics/interval.ts";

// R's data set `sleep` (Student 1908): hours gained by drug 1 less hours gained by drug 2, ten patients.
const SLEEP = [-1.2, -2.4, -1.3, -1.3, 0, -1, -1.8, -0.8, -4.6, -1.4];

describe("t interval", () => {
  test("agrees with R's t.test on Student's sleep data: -2.4598858 to -0.7001142", () => {
    const { low, high } = tInterval(SLEEP);

    expect(low).toBeCloseTo(-2.4598858, 7);
    expect(high).toBeCloseTo(-0.7001142, 7);
  });

  test("agrees with the published interval of Darwin's maize: 0.03 to 41.84 eighths of an inch", () => {
    const { low, high } = tInterval([49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]);

    expect(low).toBeCloseTo(0.0312, 4);
    expect(high).toBeCloseTo(41.8355, 4);
  });

  test("refuses one value, which has no spread", () => {
    expect(() => tInterval([0.5])).toThrow(RangeError);
    expect(() => standardErrorOfMean([0.5])).toThrow("expected at least 2 values to tell a spread from, got 1");
  });
});

describe("Wilson interval", () => {
  test.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])("of %i in %i agrees with Newcombe 1998, table I", (total, count, low, high) => {
    const interval = wilsonInterval(total, count);

    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  test("covers the true share in 95 of 100 samples on average, whatever the share, with 10 to 40 tasks", () => {
    for (const count of [10, 24, 40]) {
      const shares = Array.from({ length: 99 }, (_, index) => (index + 1) / 100);
      const coverages = shares.map((share) => coverage(share, count));

      expect(coverages.reduce((total, value) => total + value) / 99).toBeGreaterThan(0.94);
      // Its known weak spots, close to 0 and 1 (Brown, Cai and DasGupta 2001, figure 5).
      expect(Math.min(...coverages)).toBeGreaterThan(0.83);
    }
  });

  test("refuses more passes than tasks", () => {
    expect(() => wilsonInterval(3, 2)).toThrow("got 3 of 2");
  });
});

describe("Agresti and Min's interval", () => {
  test("of 16 wins, 8 losses and 62 ties is that worked by hand from the formula with two pairs added", () => {
    const differences = [...Array(16).fill(1), ...Array(8).fill(-1), ...Array(62).fill(0)];

    const { low, high } = agrestiMinInterval(differences);

    // centre 8 / 88; variance 25 / 88 - (8 / 88)² = 0.2758264; margin 1.959964 √(0.2758264 / 88) = 0.1097298
    expect(low).toBeCloseTo(0.0909091 - 0.1097298, 6);
    expect(high).toBeCloseTo(0.0909091 + 0.1097298, 6);
  });

  test("holds the mean of any differences in [-1, 1] and has a width", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 50 }),
        (differences) => {
          const { low, high } = agrestiMinInterval(differences);
          const mean = differences.reduce((total, value) => total + value) / differences.length;
          expect(low).toBeLessThanOrEqual(mean + 1e-12);
          expect(high).toBeGreaterThanOrEqual(mean - 1e-12);
          expect(high - low).toBeGreaterThan(0);
        },
      ),
    );
  });
});

/** Chance that the interval of a binomial sample holds `share`, summed over all outcomes. */
function coverage(share: number, count: number): number {
  let chance = (1 - share) ** count;
  let covered = 0;
  for (let passes = 0; passes <= count; passes++) {
    const { low, high } = wilsonInterval(passes, count);
    if (low <= share && share <= high) covered += chance;
    chance *= ((count - passes) / (passes + 1)) * (share / (1 - share));
  }
  return covered;
}

test("a higher confidence reaches farther, by the quantiles of the tables", () => {
  expect(normalReach(0.95)).toBeCloseTo(1.959964, 6);
  expect(normalReach(0.9875)).toBeCloseTo(2.497705, 6);
});
