import fc from "fast-check";
import { expect, test } from "vitest";
import { seededRandom } from "../../../harness/random.ts";
import { clusterEstimate } from "../../../harness/statistics/clusters.ts";
import { mean, standardErrorOfMean } from "../../../harness/statistics/interval.ts";
import { clusteredStandardError, meanInterval } from "../../../harness/statistics/mean.ts";
import { clusteredPaired, pairedDifference } from "../../../harness/statistics/paired.ts";

const value = fc.double({ min: -1, max: 1, noNaN: true });
const random = () => seededRandom(1);

test("clusters of 4, 2, 5, 1 and 1 values agree with the matrices of Pustejovsky and Tipton 2018 worked out in numpy", () => {
  const values = [1, 0, 0.5, -0.5, 0, 1, 1, 0, -1, 0.25, 0.75, 0, 0.5];

  const found = clusterEstimate(values, [..."aaaabbcccccde"]);

  // CR2 with the inverse root of I - H by eigenvalues, and (tr G)² / tr G² for the degrees of freedom.
  expect(found.standardError).toBeCloseTo(0.05914703109, 10);
  expect(found.degrees).toBeCloseTo(2.66367713, 7);
  expect(found.centre).toBeCloseTo(3.5 / 13, 12);
  expect(found.clusters).toBe(5);
});

test("with clusters of one size is equation 4 of arXiv:2411.00640 times √(C / (C - 1)), with C - 1 degrees of freedom", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value, value), { minLength: 2, maxLength: 20 }), (rows) => {
      const all = rows.flat();
      const centre = mean(all);
      // Its double sum over pairs of one cluster.
      const pairs = rows.flatMap((row) => row.flatMap((a) => row.map((b) => (a - centre) * (b - centre))));
      const published =
        Math.sqrt(
          Math.max(
            0,
            pairs.reduce((total, pair) => total + pair),
          ),
        ) / all.length;
      const names = rows.flatMap((row, index) => row.map(() => `c${index}`));

      const found = clusterEstimate(all, names);

      expect(found.standardError).toBeCloseTo(published * Math.sqrt(rows.length / (rows.length - 1)), 7);
      expect(found.degrees).toBeCloseTo(rows.length - 1, 9);
    }),
  );
});

test("where each value stands alone it is the ordinary standard error", () => {
  const values = [0.2, 0.4, 0.9, 0.1];

  expect(clusterEstimate(values, null).standardError).toBeCloseTo(standardErrorOfMean(values), 14);
  expect(clusterEstimate(values, ["a", "b", "c", "d"])).toEqual(clusterEstimate(values, null));
  expect(clusterEstimate(values, null).degrees).toBeCloseTo(3, 12);
});

test("one cluster tells no spread, and clusters of other values are refused", () => {
  expect(() => clusterEstimate([1, 0, 1], ["a", "a", "a"])).toThrow("at least 2 clusters to tell a spread from, got 1");
  expect(() => clusterEstimate([1, 0, 1], ["a", "b"])).toThrow("expected a cluster for each of 3 values, got 2");
});

test("tasks that repeat each other within a family make nothing surer: ten families of four copies are ten tasks", () => {
  const once = [1, 0, 1, 1, 0, 1, 0, 1, 1, 0].map((score) => [score]);
  const copies = once.flatMap((seeds) => [seeds, seeds, seeds, seeds]);
  const families = once.flatMap((_, index) => Array<string>(4).fill(`family ${index}`));
  const baseline = copies.map((_, index) => [Math.floor(index / 4) % 3 === 0 ? 1 : 0]);

  const clustered = clusteredPaired(copies, baseline, families, random());
  const alone = pairedDifference(
    once,
    once.map((_, index) => [index % 3 === 0 ? 1 : 0]),
    random(),
  );

  expect(clustered.p).toBe(alone.p);
  expect(clustered.interval.low).toBeCloseTo(alone.interval.low, 12);
  expect(clustered.interval.high).toBeCloseTo(alone.interval.high, 12);
  expect(clustered).toMatchObject({ tasks: 40, clusters: 10, test: "sign-flip" });
  expect(alone).toMatchObject({ tasks: 10, clusters: 10, test: "mcnemar" });
  expect(pairedDifference(copies, baseline, random()).p).toBeLessThan(alone.p);
  expect(meanInterval(copies, families)).toEqual(meanInterval(once));
  expect(clusteredStandardError(copies, families)).toBeCloseTo(clusteredStandardError(once), 12);
});

test("signs are flipped a cluster at a time: three clusters won are 2 of 8 signings, however many tasks they have", () => {
  const arm = [[1], [1], [1], [1], [1], [1]];
  const baseline = [[0], [0], [0], [0], [1], [0]];

  expect(clusteredPaired(arm, baseline, ["a", "a", "a", "b", "b", "c"], random()).p).toBe(2 / 8);
});

test("McNemar's test is named only where each task was right or wrong once in each arm", () => {
  const name = (arm: number[][], baseline: number[][]) => pairedDifference(arm, baseline, random()).test;

  expect(name([[1], [0]], [[0], [0]])).toBe("mcnemar");
  expect(name([[1], [0.5]], [[0], [0]])).toBe("sign-flip");
  expect(name([[1, 1], [0]], [[0], [0]])).toBe("sign-flip");
});
