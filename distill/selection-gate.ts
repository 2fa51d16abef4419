/**
 * The gate: does what was measured on held-back tasks speak against the new skill? Pure: scores in, verdict out.
 *
 * A test of superiority alone would pass a harmful skill for want of evidence, so three ends are told apart, as trials of
 * non-inferiority do (Piaggio et al. 2012, JAMA 308:2594, figure 1; Schuirmann 1987, J. Pharmacokinetics 15:657):
 * - rejected: the paired test finds the new skill worse (two-sided p of at most `ALPHA`, difference below 0);
 * - accepted: not rejected, and the 95 % interval of the difference lies wholly above minus the margin;
 * - indecisive: neither; too few tasks to tell.
 * A skill that is surely, but little, worse is rejected though it keeps within the margin: the test speaks against it.
 */
import { z } from "zod";
import type { Random } from "../harness/random.ts";
import { ALPHA } from "../harness/statistics/alpha.ts";
import { agrestiMinInterval, Interval, mean } from "../harness/statistics/interval.ts";
import { mcnemarTest } from "../harness/statistics/mcnemar.ts";
import { type PairedDifference, pairedDifference } from "../harness/statistics/paired.ts";

/** In units of score: five points in a hundred. */
export const DEFAULT_MARGIN = 0.05;

export const Verdict = z.enum(["accepted", "indecisive", "rejected"]);
export type Verdict = z.infer<typeof Verdict>;

const count = z.number().int().nonnegative();

/** What the gate found; differences are of the new skill less the start. */
export const GateFinding = z.strictObject({
  verdict: Verdict,
  /** One sentence that names the figures behind the verdict. */
  reason: z.string(),
  /** Tasks, or families of tasks, that both have a score for: n. */
  tasks: count,
  candidate: z.number().nullable(),
  baseline: z.number().nullable(),
  /** In [-1, 1]; null without a shared task. */
  difference: z.number().nullable(),
  /** 95 %. */
  interval: Interval.nullable(),
  /** Two-sided. */
  p: z.number().nullable(),
  /** `mcnemar-exact` where all differences are whole; else the sign-flip test, counted out or sampled. */
  method: z.enum(["mcnemar-exact", "sign-flip-exact", "sign-flip-sampled"]).nullable(),
  alpha: z.number(),
  margin: z.number(),
  /** Units where the new skill did better, then worse. */
  wins: z.array(z.string()),
  losses: z.array(z.string()),
  ties: count,
});
export type GateFinding = z.infer<typeof GateFinding>;

/** Scores of each unit that has one, by its name; one for each seed and case. */
export type UnitScores = ReadonlyMap<string, readonly number[]>;

export interface Judged {
  readonly candidate: UnitScores;
  readonly baseline: UnitScores;
  /** How much worse would still be no loss, in (0, 1). */
  readonly margin: number;
}

/** Judges on the units that both have a score for; with none of them, the verdict is indecisive. */
export function judge({ candidate, baseline, margin }: Judged, random: Random): GateFinding {
  const shared = [...candidate.keys()].filter((unit) => baseline.has(unit)).sort();
  const limits = { alpha: ALPHA, margin };
  if (shared.length === 0) return { ...NOTHING, ...limits };
  const rows = (of: UnitScores) => shared.map((unit) => of.get(unit) ?? []);
  const paired = pairedDifference(rows(candidate), rows(baseline), random);
  const test = testOf(paired);
  const verdict = verdictOf({ ...paired, p: test.p }, margin);
  const where = (sign: number) => shared.filter((_, index) => Math.sign(paired.byTask[index] ?? 0) === sign);
  return {
    verdict,
    reason: reasonOf(verdict, paired, { p: test.p, margin }),
    tasks: paired.tasks,
    candidate: mean(rows(candidate).map(mean)),
    baseline: mean(rows(baseline).map(mean)),
    difference: paired.difference,
    interval: paired.interval,
    ...test,
    ...limits,
    wins: where(1),
    losses: where(-1),
    ties: paired.ties,
  };
}

/** How many tasks it takes for a new skill that does just as well on each to be accepted at that margin. */
export function fewestForTies(margin: number): number {
  let tasks = 1;
  while (agrestiMinInterval(Array(tasks).fill(0)).low <= -margin) tasks += 1;
  return tasks;
}

/** The fewest tasks on which the test can reject at all: below, even a loss on each could be chance. */
export function fewestToReject(): number {
  let tasks = 1;
  while (mcnemarTest(0, tasks).p > ALPHA) tasks += 1;
  return tasks;
}

const NOTHING = {
  verdict: "indecisive",
  reason: "no held-back task is scored with both the new skill and the start",
  tasks: 0,
  candidate: null,
  baseline: null,
  difference: null,
  interval: null,
  p: null,
  method: null,
  wins: [],
  losses: [],
  ties: 0,
} as const satisfies Partial<GateFinding>;

function testOf({
  byTask,
  wins,
  losses,
  p,
  method,
}: PairedDifference): Pick<GateFinding, "p" | "method"> & { p: number } {
  if (byTask.every(Number.isInteger)) return { p: mcnemarTest(wins, losses).p, method: "mcnemar-exact" };
  return { p, method: method === "exact" ? "sign-flip-exact" : "sign-flip-sampled" };
}

function verdictOf(
  { p, difference, interval }: Pick<PairedDifference, "p" | "difference" | "interval">,
  margin: number,
): Verdict {
  if (p <= ALPHA && difference < 0) return "rejected";
  return interval.low > -margin ? "accepted" : "indecisive";
}

function reasonOf(verdict: Verdict, paired: PairedDifference, { p, margin }: { p: number; margin: number }): string {
  const { difference, interval, tasks } = paired;
  const at = (score: number) => (100 * score).toFixed(1);
  const measured = `difference ${at(difference)} points on ${tasks} held-back tasks, 95 % interval ${at(interval.low)} to ${at(interval.high)}, p ${p.toFixed(3)}`;
  switch (verdict) {
    case "accepted":
      return `${measured}: the interval lies above the margin of ${at(-margin)} points`;
    case "rejected":
      return `${measured}: the new skill does worse than the start`;
    case "indecisive":
      return `${measured}: the interval reaches below the margin of ${at(-margin)} points, and the test finds no loss`;
    default:
      return verdict satisfies never;
  }
}
