import { expect, test } from "vitest";
import { seededRandom } from "../../../harness/random.ts";
import { bcaInterval } from "../../../harness/statistics/bootstrap.ts";

// Student's sleep data; what scipy.stats.bootstrap (1.17, BCa, a million draws) says of its mean.
const SLEEP = [-1.2, -2.4, -1.3, -1.3, 0, -1, -1.8, -0.8, -4.6, -1.4];
const random = () => seededRandom(1);

test("agrees with scipy's BCa of Student's sleep data, -2.63 to -1.05, within the chance of its draws", () => {
  const { low, high } = bcaInterval(SLEEP, { random: random() });

  expect(Math.abs(low + 2.63)).toBeLessThan(0.05);
  expect(Math.abs(high + 1.05)).toBeLessThan(0.02);
});

test("agrees with scipy's on scores that are mostly 0, 0.06875 to 0.25625, and reaches farther up than down", () => {
  const scores = [...Array<number>(30).fill(0), 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25];

  const { low, high } = bcaInterval(scores, { random: random() });

  expect(Math.abs(low - 0.06875)).toBeLessThan(0.007);
  expect(Math.abs(high - 0.25625)).toBeLessThan(0.013);
  expect(high - 0.14375).toBeGreaterThan(0.14375 - low);
});

test("draws clusters whole: seven of them agree with scipy's BCa of the ratio, -0.0714 to 0.4643", () => {
  const values = [1, 0, 0.5, -0.5, 0, 1, 1, 0, -1, 0.25, 0.75, 0, 0.5];

  const { low, high } = bcaInterval(values, { random: random(), clusters: [..."aabbccddeeffg"] });

  expect(Math.abs(low + 0.0714)).toBeLessThan(0.02);
  expect(Math.abs(high - 0.4643)).toBeLessThan(0.02);
});

test("is the same for the same seed, and has no width where all values are the same", () => {
  expect(bcaInterval(SLEEP, { random: random() })).toEqual(bcaInterval(SLEEP, { random: random() }));
  expect(bcaInterval([0.5, 0.5, 0.5], { random: random() })).toEqual({ low: 0.5, high: 0.5 });
  expect(() => bcaInterval([1], { random: random() })).toThrow("expected at least 2 clusters to draw from, got 1");
});
