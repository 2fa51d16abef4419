/** Confidence intervals. All are two-sided, at 95 %. */
import { z } from "zod";
import { normalQuantile, tQuantile } from "./distributions.ts";

export const Interval = z.strictObject({ low: z.number(), high: z.number() });
export type Interval = z.infer<typeof Interval>;

/** How many standard errors a two-sided normal interval of that confidence, in (0, 1), reaches to each side. */
export function normalReach(confidence: number): number {
  return normalQuantile((1 + confidence) / 2);
}

const Z = normalReach(0.95);

/**
 * Student's t interval of a mean of independent values.
 * @throws RangeError with fewer than two values, where no spread can be told
 */
export function tInterval(values: readonly number[]): Interval {
  const margin = tQuantile(0.975, values.length - 1) * standardErrorOfMean(values);
  return around(mean(values), margin);
}

/**
 * Wilson's score interval of a share: honest near 0 and 1, where the t interval shrinks to nothing.
 * For values that are not just 0 or 1 it is too wide rather than too narrow, for no values in [0, 1] spread more.
 * @param total sum of `count` values in [0, 1]; need not be whole
 * @see Newcombe 1998, Statistics in Medicine 17:857, method 3
 */
export function wilsonInterval(total: number, count: number): Interval {
  if (count < 1 || total < 0 || total > count) {
    throw new RangeError(`expected a total from 0 to the count, and a count of at least 1, got ${total} of ${count}`);
  }
  const centre = (total + Z ** 2 / 2) / (count + Z ** 2);
  const margin = (Z / (count + Z ** 2)) * Math.sqrt((total * (count - total)) / count + Z ** 2 / 4);
  const share = total / count;
  // At 0 and at 1 a bound is the share itself, which rounding may miss.
  return clip({ low: Math.min(centre - margin, share), high: Math.max(centre + margin, share) }, { low: 0, high: 1 });
}

/**
 * Agresti and Min's interval of a mean of paired differences in [-1, 1]: a normal interval after adding two made-up pairs,
 * half a win, half a loss and one tie, so that it keeps a width when all pairs agree.
 * @see Agresti and Min 2005, Statistics in Medicine 24:729; here also for differences that are not just -1, 0 or 1
 */
export function agrestiMinInterval(differences: readonly number[]): Interval {
  const { centre, standardError } = agrestiMinEstimate(differences);
  return clip(around(centre, Z * standardError), { low: -1, high: 1 });
}

/** Centre and standard error of Agresti and Min's interval: those of the differences and two made-up pairs. */
export function agrestiMinEstimate(differences: readonly number[]): { centre: number; standardError: number } {
  const count = differences.length + 2;
  const centre = sum(differences) / count;
  const variance = (sum(differences.map((value) => value ** 2)) + 1) / count - centre ** 2;
  return { centre, standardError: Math.sqrt(variance / count) };
}

/** Cuts what lies outside of `bounds`. */
export function clip({ low, high }: Interval, bounds: Interval): Interval {
  return { low: Math.max(low, bounds.low), high: Math.min(high, bounds.high) };
}

/**
 * Sample standard deviation over the root of the number of values.
 * @throws RangeError with fewer than two values
 */
export function standardErrorOfMean(values: readonly number[]): number {
  return standardDeviation(values) / Math.sqrt(values.length);
}

/**
 * Sample standard deviation, over one less than the number of values.
 * @throws RangeError with fewer than two values
 */
export function standardDeviation(values: readonly number[]): number {
  if (values.length < 2) throw new RangeError(`expected at least 2 values to tell a spread from, got ${values.length}`);
  const centre = mean(values);
  return Math.sqrt(sum(values.map((value) => (value - centre) ** 2)) / (values.length - 1));
}

export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("expected at least 1 value to average, got none");
  return sum(values) / values.length;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** So far to each side. */
export function around(centre: number, margin: number): Interval {
  return { low: centre - margin, high: centre + margin };
}
