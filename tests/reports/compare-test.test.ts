import { describe, expect, test } from "vitest";
import { seededRandom } from "../../harness/random.ts";
import { mcnemarTest } from "../../harness/statistics/mcnemar.ts";
import { testDifference } from "../../reports/compare-test.ts";

/** One task each: so many won, lost and tied. */
interface Outcomes {
  readonly wins: number;
  readonly losses?: number;
  readonly ties?: number;
}

/** The smallest effect that such a comparison could have seen, tasks right or wrong with so many seeds that all agree. */
function smallestOf({ wins, losses = 0, ties = 0 }: Outcomes, seeds = 1): number | null {
  const row = (score: number) => Array<number>(seeds).fill(score);
  const rows = (won: number, lost: number) => [
    ...Array<number[]>(wins).fill(row(won)),
    ...Array<number[]>(losses).fill(row(lost)),
    ...Array<number[]>(ties).fill(row(1)),
  ];
  return testDifference(rows(1, 0), rows(0, 1), { random: seededRandom(1), clusters: null }).smallest;
}

describe("the smallest effect", () => {
  test("shrinks with the number of tasks", () => {
    // Of 160 tasks a quarter is won: √(0.25 × 0.75 / 160) = 0.0342, times the 2.80 of a test at 5 % with a power of 80 %; and
    // half a step of the mean, 1 / 160, for p counts outcomes just as far out whole.
    expect(smallestOf({ wins: 40, ties: 120 })).toBeCloseTo(0.0966 + 0.0062, 2);
    expect(smallestOf({ wins: 10, ties: 30 })).toBeGreaterThan(1.9 * smallestOf({ wins: 40, ties: 120 })!);
  });

  test("is found by the exact test with a chance of 80 %, and not of 75: 40 tasks of which 14 differ", () => {
    const smallest = smallestOf({ wins: 9, losses: 5, ties: 26 })!;

    // As many tasks differ as did: their variance is that of the differences seen, 40 / 39 of (14 / 40 - 0.1²).
    const differing = (40 / 39) * (14 / 40 - 0.01) + smallest ** 2;
    const random = seededRandom(5);
    let found = 0;
    for (let experiment = 0; experiment < 4_000; experiment++) {
      const drawn = Array.from({ length: 40 }, () => random.fraction());
      const won = drawn.filter((value) => value < (differing + smallest) / 2).length;
      const either = drawn.filter((value) => value < differing).length;
      if (mcnemarTest(won, either - won).p <= 0.05 && 2 * won > either) found++;
    }
    expect(found / 4_000).toBeGreaterThan(0.78);
    expect(found / 4_000).toBeLessThan(0.82);
  });

  test("is not less than six right or wrong tasks can show: 7.8 points of 100, where all tie", () => {
    // Significant takes 6 won and none lost: where an arm wins 7.8 % of tasks, 100 of them show that with a chance of 0.80.
    expect(smallestOf({ wins: 0, ties: 100 })).toBeCloseTo(0.0779, 4);
    expect(smallestOf({ wins: 0, ties: 5 })).toBeNull(); // no outcome of five tasks is significant
  });

  test("is the same with seeds that all agree, and greater by the step of the mean than that of scores without steps", () => {
    const outcomes = { wins: 20, losses: 12, ties: 40 };
    const thirds = (step: number) => {
      const arm = Array.from({ length: 60 }, (_, index) => (index % 4 === 0 ? [1, 1, step] : [1, index % 2, 0]));
      const baseline = arm.map((row, index) => (index % 7 < 3 ? [0, 1, 1 - step] : row));
      return testDifference(arm, baseline, { random: seededRandom(1), clusters: null }).smallest!;
    };

    expect(smallestOf(outcomes, 3)).toBe(smallestOf(outcomes));
    // Half a step of the mean of 60 tasks in thirds.
    expect(thirds(0) - thirds(Math.SQRT2 / 1e6)).toBeCloseTo(1 / 180, 3);
  });
});
