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
 * Chance that a value of Student's distribution with that noncentrality is at most `x`: within 0.0005 from 1 degree of freedom up, 1e-5 from 2.
 * By its definition, (Z + noncentrality) / S with a standard normal Z and S² a chi-squared one over its degrees: the normal
 * chance averaged over S, by Simpson's rule.
 * @see Johnson, Kotz and Balakrishnan 1995, Continuous Univariate Distributions 2, chapter 31
 */
export function noncentralTCdf(x: number, degrees: number, noncentrality: number): number {
  if (degrees === Number.POSITIVE_INFINITY) return normalCdf(x - noncentrality);
  const reach = REACH / Math.sqrt(2 * degrees);
  const low = Math.max(0, 1 - reach);
  const step = (1 + reach - low) / STEPS;
  let [weights, total] = [0, 0];
  for (let index = 0; index <= STEPS; index++) {
    const scale = low + index * step;
    const weight = simpson(index) * scaleDensity(scale, degrees);
    weights += weight;
    total += weight * normalCdf(x * scale - noncentrality);
  }
  return total / weights;
}

/** Standard deviations of S to each side: what lies farther out weighs less than 1e-9. */
const REACH = 10;
const STEPS = 240;

function simpson(index: number): number {
  if (index === 0 || index === STEPS) return 1;
  return index % 2 === 1 ? 4 : 2;
}

/** Of S, but for a factor: 1 where S is 1. */
function scaleDensity(scale: number, degrees: number): number {
  if (scale === 0) return degrees === 1 ? Math.exp(degrees / 2) : 0;
  return Math.exp((degrees - 1) * Math.log(scale) - (degrees * (scale ** 2 - 1)) / 2);
}
