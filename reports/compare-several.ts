/** Several comparisons read together: ps adjusted for their number, a verdict on each, and one on all. */
import { z } from "zod";
import { ALPHA } from "../harness/statistics/alpha.ts";
import { holm } from "../harness/statistics/holm.ts";
import { leastP } from "../harness/statistics/sign-flip.ts";
import type { Difference } from "./compare.ts";
import { tooFewWarnings } from "./compare-warnings.ts";

export const Adjustment = z.strictObject({
  /** Holm's: significant ones hold a false one in at most 5 of 100 such sets of comparisons. */
  p: z.number(),
  /** How many were made together. */
  comparisons: z.number().int().positive(),
});
export type Adjustment = z.infer<typeof Adjustment>;

/** What the evidence says of an arm: better than the baseline, worse, or neither shown. */
export type Verdict = "gain" | "none" | "loss";

/**
 * The same differences, each adjusted for all that are given, and with a warning where no outcome of it would be significant
 * then, however small the ps of the others. Adjusting again counts anew.
 */
export function adjusted(differences: readonly Difference[]): Difference[] {
  const comparisons = differences.length;
  const ps = holm(differences.map(({ p }) => p));
  const least = holm(differences.map(({ tasks, clusters }) => leastP(clusters ?? tasks)));
  return differences.map((difference, index) => ({
    ...difference,
    adjustment: { p: ps[index] ?? 1, comparisons },
    warnings: [
      ...tooFewWarnings(difference, least[index] ?? 1, comparisons),
      ...difference.warnings.filter(({ kind }) => kind !== "too-few"),
    ],
  }));
}

/** As a verdict; or, where a margin was asked for, that nothing is worse by as much, without a gain of every arm. */
export type JointVerdict = Verdict | "not-worse";

/** Significant at 5 % after the adjustment. */
export function verdictOf({ difference, adjustment }: Pick<Difference, "difference" | "adjustment">): Verdict {
  if (adjustment.p > ALPHA || difference === 0) return "none";
  return difference > 0 ? "gain" : "loss";
}

/**
 * One verdict on several arms: a loss where any arm loses; else none where any is without evidence; else a gain. Where a
 * margin was asked for, an arm that is shown to be no worse than that is not without evidence: with one of these and no loss,
 * all together are not worse.
 */
export function verdictOfAll(differences: readonly Difference[]): JointVerdict {
  const verdicts = differences.map((difference): JointVerdict => {
    const verdict = verdictOf(difference);
    return verdict === "none" && difference.equivalence?.notWorse === true ? "not-worse" : verdict;
  });
  if (verdicts.includes("loss")) return "loss";
  if (verdicts.length === 0 || verdicts.includes("none")) return "none";
  return verdicts.includes("not-worse") ? "not-worse" : "gain";
}
