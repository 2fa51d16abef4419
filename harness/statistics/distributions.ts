/** The distributions that tests and intervals are read off. Student's may have any number of degrees of freedom above 0, Infinity too. */
import normalCdfOf from "@stdlib/stats-base-dists-normal-cdf";
import normalQuantileOf from "@stdlib/stats-base-dists-normal-quantile";
import tCdfOf from "@stdlib/stats-base-dists-t-cdf";
import tQuantileOf from "@stdlib/stats-base-dists-t-quantile";

/** Chance that a standard normal value is at most `x`. */
export function normalCdf(x: number): number {
  return normalCdfOf(x, 0, 1);
}

/** The value that a standard normal one is below with chance `share`, in (0, 1). */
export function normalQuantile(share: number): number {
  return normalQuantileOf(share, 0, 1);
}

/** Chance that a value of Student's distribution is at most `x`. */
export function tCdf(x: number, degrees: number): number {
  return degrees === Number.POSITIVE_INFINITY ? normalCdf(x) : tCdfOf(x, degrees);
}

/** The value that one of Student's distribution is below with chance `share`, in (0, 1). */
export function tQuantile(share: number, degrees: number): number {
  return degrees === Number.POSITIVE_INFINITY ? normalQuantile(share) : tQuantileOf(share, degrees);
}

/**
 * Chance that a value of Student's distribution with that noncentrality is at most `x`: within 0.006 from 5 degrees of freedom up.
 * @see Abramowitz and Stegun 1964, 26.7.10
 */
export function noncentralTCdf(x: number, degrees: number, noncentrality: number): number {
  return normalCdf((x * (1 - 1 / (4 * degrees)) - noncentrality) / Math.sqrt(1 + x ** 2 / (2 * degrees)));
}
