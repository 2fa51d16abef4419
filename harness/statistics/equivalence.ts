/** Is the difference so small that it does not matter? A large p of a test for a difference does not say so: it may be ignorance. */
import { ALPHA } from "./alpha.ts";
import { tCdf, tQuantile } from "./distributions.ts";
import { clip, type Interval } from "./interval.ts";
import { differenceEstimate, unitsTurned } from "./paired.ts";
import { leastError } from "./variance.ts";

export interface Equivalence {
  /** Of two one-sided tests the larger p: small where the difference is neither below -margin nor above +margin. */
  readonly p: number;
  /** At 5 %, which is when the 90 % interval lies within the margins. */
  readonly equivalent: boolean;
  /** Of the lower test alone: small where the arm is not worse by the margin ("does not hurt"), however much better. */
  readonly notWorseP: number;
  readonly notWorse: boolean;
  /** The differences that are not ruled out at 5 % from either side. */
  readonly interval90: Interval;
}

/**
 * Two one-sided tests that the mean of paired differences lies within `margin` of 0. By `differenceEstimate`; but where
 * tasks are right or wrong, and where few differ, with no less of an error than a true difference of the margin would have:
 * thirty ties in a row look sure, and are what an arm that breaks one task in ten shows once in 24 times.
 * An arm that is worse by just the margin passes at most 7 times in 100 with 30 right or wrong tasks or more, not up to 13 times.
 * @param differences a task each, arm less baseline, in [-1, 1], seeds averaged
 * @param margin the largest difference that does not matter, in (0, 1)
 * @param clusters name of the cluster of each task, or null where each stands alone
 * @throws RangeError for a margin outside of (0, 1)
 * @see Schuirmann 1987, Journal of Pharmacokinetics and Biopharmaceutics 15:657; Tango 1998, Statistics in Medicine 17:891, for
 * the error under the margin
 */
export function equivalence(
  differences: readonly number[],
  margin: number,
  clusters: readonly string[] | null = null,
): Equivalence {
  if (!(margin > 0 && margin < 1)) throw new RangeError(`expected a margin in (0, 1), got ${margin}`);
  const estimate = differenceEstimate(differences, clusters);
  const { centre, degrees } = estimate;
  const units = unitsTurned(differences, estimate) ?? Number.POSITIVE_INFINITY;
  const error = Math.max(estimate.standardError, leastError(margin, units));
  const notWorseP = 1 - tCdf((centre + margin) / error, degrees);
  const notBetterP = tCdf((centre - margin) / error, degrees);
  const p = Math.max(notWorseP, notBetterP);
  const reach = tQuantile(1 - ALPHA, degrees);
  const errors = { seen: estimate.standardError, unit: 1 / Math.sqrt(units) };
  const down = farthest(centre, reach, errors);
  const up = farthest(-centre, reach, errors);
  return {
    p,
    equivalent: p <= ALPHA,
    notWorseP,
    notWorse: notWorseP <= ALPHA,
    interval90: clip({ low: -down, high: up }, { low: -1, high: 1 }),
  };
}

/**
 * The largest margin that the arm may be worse by: the greater of that by the error seen, and of the root of
 * (centre + margin)² = reach² unit² (margin - margin²), which has the error under the margin.
 * @param errors `unit`: of a difference whose variance between tasks is 1
 */
function farthest(centre: number, reach: number, errors: { readonly seen: number; readonly unit: number }): number {
  const seen = reach * errors.seen - centre;
  const share = (reach * errors.unit) ** 2;
  const half = share / 2 - centre;
  const inside = half ** 2 - (1 + share) * centre ** 2;
  return inside < 0 ? seen : Math.max(seen, (half + Math.sqrt(inside)) / (1 + share));
}
