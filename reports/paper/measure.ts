/**
 * What is measured where the paper prints a number: a sum of means with its interval. Parts on the same tasks are paired by
 * task, so that a difference of two arms has the interval of a paired difference.
 */
import { clip, type Interval, mean, sum, wilsonInterval } from "../../harness/statistics/interval.ts";
import { meanInterval, withoutRounding } from "../../harness/statistics/mean.ts";
import { differenceInterval } from "../../harness/statistics/paired.ts";
import { metricByUnit } from "../metrics.ts";
import { countedTrials, type RunTrials, scoresByUnit } from "../rows.ts";
import type { Measure, Term } from "./paper-table.ts";
import { countThemes } from "./themes.ts";

/** What an experiment came to, as far as tables ask for it; null where it is not there. */
export interface Results {
  run(place: Pick<Term, "arm" | "user" | "benchmark">): RunTrials | null;
  minutes(skill: string): number | null;
  /** For each patch of the skill's distillation, what each of its edits writes. */
  patches(skill: string): readonly (readonly string[])[] | null;
  /** Hash of what the skill's distillation made. */
  hash(skill: string): string | null;
}

export type Measured =
  /** `value` and `interval` are in units of score, or in minutes; `units`, the n, are tasks, or patches. */
  | { readonly kind: "measured"; readonly value: number; readonly interval: Interval | null; readonly units: number }
  | { readonly kind: "missing"; readonly reason: string };

export function measure(asked: Measure, results: Results): Measured {
  switch (asked.kind) {
    case "score":
      return measureScore(asked.terms, results);
    case "minutes": {
      const minutes = results.minutes(asked.skill);
      return minutes === null ? missing("no time is recorded") : measured(minutes, null, 1);
    }
    case "share": {
      const patches = results.patches(asked.skill);
      if (patches === null || patches.length === 0) return missing("no patches");
      const count = countThemes(patches).get(asked.theme) ?? 0;
      return measured(count / patches.length, wilsonInterval(count, patches.length), patches.length);
    }
    default:
      return asked satisfies never;
  }
}

interface Part extends Term {
  readonly scores: ReadonlyMap<string, readonly number[]>;
}

function measureScore(terms: readonly Term[], results: Results): Measured {
  const parts: Part[] = [];
  for (const term of terms) {
    const run = results.run(term);
    if (run === null) return missing(`no run of ${term.arm} with ${term.user} on ${term.benchmark}`);
    const trials = countedTrials(run);
    const scores = term.metric === undefined ? scoresByUnit(trials) : metricByUnit(trials, term.metric);
    if (scores.size === 0) return missing(`no ${term.metric ?? "score"} of ${term.arm} on ${term.benchmark}`);
    parts.push({ ...term, scores });
  }
  return parts.length === 0 ? missing("nothing is asked for") : sumOfMeans(parts);
}

/**
 * Each benchmark gives one sample: for every task, the weighed sum of its scores. What their intervals reach below and above
 * their means is added as squares, for other benchmarks have other tasks.
 * @see Zou and Donner 2008, Statistics in Medicine 27:1693, for adding intervals of independent parts
 */
function sumOfMeans(parts: readonly Part[]): Measured {
  const groups = [...Map.groupBy(parts, ({ benchmark }) => benchmark).values()];
  const samples = groups.map((group) => ({ values: byTask(group), bounds: boundsOf(group) }));
  if (samples.some(({ values }) => values.length === 0)) return missing("no task is scored in all of its arms");
  const means = samples.map((sample) => ({ mean: mean(sample.values), interval: intervalOf(sample) }));
  const value = sum(means.map((of) => of.mean));
  const down = Math.hypot(...means.map((of) => of.mean - of.interval.low));
  const up = Math.hypot(...means.map((of) => of.interval.high - of.mean));
  const interval = clip({ low: value - down, high: value + up }, boundsOf(parts));
  return measured(value, interval, sum(samples.map(({ values }) => values.length)));
}

/** Between which a weighed sum of scores lies. */
function boundsOf(parts: readonly Part[]): Interval {
  const weights = parts.map(({ weight }) => weight);
  return {
    low: sum(weights.map((weight) => Math.min(0, weight))),
    high: sum(weights.map((weight) => Math.max(0, weight))),
  };
}

interface Sample {
  readonly values: readonly number[];
  readonly bounds: Interval;
}

/** That of a mean of scores, or of differences where weights are of both signs; in their units. */
function intervalOf({ values, bounds }: Sample): Interval {
  const scale = Math.max(-bounds.low, bounds.high);
  const scaled = values.map((value) => clampedTo(1, value / scale));
  const isMean = bounds.low === 0;
  const { low, high } = isMean ? meanInterval(scaled.map((value) => [value])) : differenceInterval(scaled);
  return { low: low * scale, high: high * scale };
}

/** Of the tasks that all parts have a score for, in order of name. */
function byTask(parts: readonly Part[]): number[] {
  const tasks = [...(parts[0]?.scores.keys() ?? [])].filter((task) => parts.every(({ scores }) => scores.has(task)));
  return tasks.map((task) =>
    withoutRounding(parts.reduce((total, { weight, scores }) => total + weight * mean(scores.get(task) ?? []), 0)),
  );
}

/** A sum that rounding brings farther out is as far out as it may be. */
function clampedTo(most: number, value: number): number {
  return Math.max(-most, Math.min(most, value));
}

function measured(value: number, interval: Interval | null, units: number): Measured {
  return { kind: "measured", value, interval, units };
}

function missing(reason: string): Measured {
  return { kind: "missing", reason };
}
