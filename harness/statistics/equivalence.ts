/** Is the difference so small that it does not matter? A large p of a test for a difference does not say so: it may be ignorance. */
import { tCdf } from "./distributions.ts";
import type { Interval } from "./interval.ts";
import { differenceEstimate, differenceInterval } from "./paired.ts";

const ALPHA = 0.05;

export interface Equivalence {
  /** Of two one-sided tests the larger p: small where the difference is neither below -margin nor above +margin. */
  readonly p: number;
  /** At 5 %, which is when the 90 % interval lies within the margins. */
  readonly equivalent: boolean;
  /** Of the lower test alone: small where the arm is not worse by the margin ("does not hurt"), however much better. */
  readonly notWorseP: number;
  readonly notWorse: boolean;
  readonly interval90: Interval;
}

/**
 * Two one-sided tests that the mean of paired differences lies within `margin` of 0.
 * @param differences a task each, arm less baseline, in [-1, 1], seeds averaged
 * @param margin the largest difference that does not matter, in (0, 1)
 * @param clusters name of the cluster of each task, or null where each stands alone
 * @throws RangeError for a margin outside of (0, 1)
 * @see Schuirmann 1987, Journal of Pharmacokinetics and Biopharmaceutics 15:657
 */
export function equivalence(
  differences: readonly number[],
  margin: number,
  clusters: readonly string[] | null = null,
): Equivalence {
  if (!(margin > 0 && margin < 1)) throw new RangeError(`expected a margin in (0, 1), got ${margin}`);
  const { centre, standardError, degrees } = differenceEstimate(differences, clusters);
  const notWorseP = 1 - tCdf((centre + margin) / standardError, degrees);
  const notBetterP = tCdf((centre - margin) / standardError, degrees);
  const p = Math.max(notWorseP, notBetterP);
  return {
    p,
    equivalent: p <= ALPHA,
    notWorseP,
    notWorse: notWorseP <= ALPHA,
    interval90: differenceInterval(differences, 1 - 2 * ALPHA, clusters),
  };
}
