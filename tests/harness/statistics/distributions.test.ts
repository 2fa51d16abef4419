import { expect, test } from "vitest";
import {
  noncentralTCdf,
  normalCdf,
  normalQuantile,
  tCdf,
  tQuantile,
} from "../../../harness/statistics/distributions.ts";

test("agree with the tables: 1.959964 for 97.5 % of the normal distribution, 2.228139 and 2.570582 of Student's", () => {
  expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 6);
  expect(normalCdf(1.959964)).toBeCloseTo(0.975, 6);
  expect(tQuantile(0.975, 10)).toBeCloseTo(2.228139, 6);
  expect(tQuantile(0.975, 5)).toBeCloseTo(2.570582, 6);
  expect(tCdf(0.7, 30)).toBeCloseTo(0.7553398, 6);
});

test("degrees of freedom need not be whole: scipy 1.17 has 0.1280980 at -1.3 with 4.5", () => {
  expect(tCdf(-1.3, 4.5)).toBeCloseTo(0.128098, 6);
});

test("with infinite degrees of freedom, Student's distribution is the normal one", () => {
  expect(tQuantile(0.975, Number.POSITIVE_INFINITY)).toBe(normalQuantile(0.975));
  expect(tCdf(1.3, Number.POSITIVE_INFINITY)).toBe(normalCdf(1.3));
});

test.each([
  // scipy.stats.nct.cdf, scipy 1.17
  [2.570582, 5, 1.5, 0.768972],
  [2.570582, 5, 3, 0.327827],
  [2.228139, 10, 2.8, 0.286109],
  [2.068658, 23, 2.9, 0.206921],
  [1.971957, 199, 2.8, 0.204261],
  [-2.228139, 10, 0.5, 0.007858],
  [2.570582, 5, 2.1, 0.60178],
  [2.570582, 5, 6.0, 0.00344],
  [12.706205, 1, 3.0, 0.813892],
  [4.302653, 2, 4.0, 0.435486],
  [2.4, 6.7, 2.0, 0.600796],
  [1.960001, 100000, 2.8, 0.200455],
])("noncentral t at %d with %d degrees and noncentrality %d is %d", (x, degrees, noncentrality, share) => {
  expect(noncentralTCdf(x, degrees, noncentrality)).toBeCloseTo(share, 5);
});
