/**
 * When an ablation has seen enough of one unit. Tasks are added in a fixed number of looks; after each, the paired
 * difference gets an interval at a confidence of 1 - 0.05 / looks. By Bonferroni all of them hold together with 95 %, so
 * that it may be stopped at any look, for any reason, and the interval of that look still is a 95 % interval.
 * Source: repeated confidence intervals, Jennison and Turnbull 1989, JRSS B 51:305; a Bonferroni bound in place of theirs,
 * which is wider and asks for no normal process. Futility: conditional power, Lan and Wittes 1988, Biometrics 44:579; it
 * is not binding, so that it costs power only.
 * Simulated without any effect, 4,000 units each: of scores of 0 or 1, of three seeds and uniform ones, at most 5 in 100 are
 * called worth something or harmful (6 to 200 tasks, 1 to 20 looks). Student's interval errs more where nearly all tasks
 * gain a little and a few lose all: up to 10 in 100, with 40 tasks.
 */
import { type Interval, mean, normalReach } from "../harness/statistics/interval.ts";
import { differenceInterval } from "../harness/statistics/paired.ts";

const ERROR = 0.05;
/** Fewer tell nothing at the first look. */
const LEAST_TASKS = 5;
/** Chance to find an effect by the last look, below which it is given up. */
const LEAST_POWER_QUANTILE = -1.2815515655446004; // of 10 %

export type Verdict =
  /** The skill is worse without it. */
  | "worth"
  /** The skill is better without it. */
  | "harms"
  /** Whatever it is worth lies within `least` either way. */
  | "negligible"
  /** More tasks of these would hardly tell. */
  | "futile"
  /** All tasks were tried. */
  | "undecided"
  /** The most trials allowed were made. */
  | "capped";

export interface StoppingRule {
  readonly looks: number;
  /** A worth below this, in units of score, is of no interest. */
  readonly least: number;
}

export interface Look {
  readonly tasks: number;
  readonly difference: number;
  /** Of all looks together at 95 %. */
  readonly interval: Interval;
  /** Null while there are looks to come. */
  readonly verdict: Exclude<Verdict, "capped"> | null;
}

/** Numbers of tasks after each look, rising to all of them; fewer looks where there are few tasks. */
export function lookSizes(tasks: number, looks: number): number[] {
  const sizes = Array.from({ length: looks }, (_, index) => Math.ceil((tasks * (index + 1)) / looks));
  return [...new Set(sizes.map((size) => Math.min(tasks, Math.max(size, LEAST_TASKS))))];
}

/**
 * @param differences of the tasks tried so far: score with the unit less score without it; at least one
 * @param tasks there are in all
 */
export function look(differences: readonly number[], tasks: number, { looks, least }: StoppingRule): Look {
  const confidence = 1 - ERROR / looks;
  const interval = differenceInterval(differences, confidence);
  const difference = mean(differences);
  return { tasks: differences.length, difference, interval, verdict: verdictOf() };

  function verdictOf(): Look["verdict"] {
    if (interval.low > 0) return "worth";
    if (interval.high < 0) return "harms";
    if (interval.low > -least && interval.high < least) return "negligible";
    if (differences.length >= tasks) return "undecided";
    return isFutile(difference, interval, { share: differences.length / tasks, reach: normalReach(confidence) })
      ? "futile"
      : null;
  }
}

/**
 * Conditional power below 10 %, even were the truth one standard error further from 0 than what was seen.
 * In B-values: after the share t of the tasks, Z √t of the final Z is there, and drift times (1 - t) is expected.
 */
function isFutile(
  difference: number,
  { low, high }: Interval,
  { share, reach }: { share: number; reach: number },
): boolean {
  const error = (high - low) / 2 / reach;
  if (!(error > 0) || share >= 1) return true;
  const drift = (Math.abs(difference) + error) / (error * Math.sqrt(share));
  const expected = (Math.abs(difference) / error) * Math.sqrt(share) + drift * (1 - share);
  return (expected - reach) / Math.sqrt(1 - share) < LEAST_POWER_QUANTILE;
}
