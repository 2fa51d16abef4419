/**
 * What is measured where the paper prints a number: a sum of means with its interval. Parts on the same tasks are paired by
 * task, so that a difference of two arms has the interval of a paired difference.
 */
import { clip, type Interval, mean, tInterval, wilsonInterval } from "../../harness/statistics/interval.ts";
import { meanInterval, meanScore } from "../../harness/statistics/mean.ts";
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
  const [first] = parts;
  if (first === undefined) return missing("nothing is asked for");
  return parts.length === 1 && first.weight === 1 ? oneMean(first) : sumOfMeans(parts);
}

function oneMean({ scores }: Part): Measured {
  const rows = [...scores.values()];
  return measured(meanScore(rows), meanInterval(rows), rows.length);
}

/**
 * Each benchmark gives one sample: for every task, the weighed sum of its scores. The half-widths of their intervals are
 * added as squares, for other benchmarks have other tasks.
 * @see Zou and Donner 2008, Statistics in Medicine 27:1693, for adding intervals of independent parts
 */
function sumOfMeans(parts: readonly Part[]): Measured {
  const groups = [...Map.groupBy(parts, ({ benchmark }) => benchmark).values()];
  const samples = groups.map(byTask);
  if (samples.some((sample) => sample.length === 0)) return missing("no task is scored in all of its arms");
  const units = samples.reduce((count, sample) => count + sample.length, 0);
  const value = samples.reduce((total, sample) => total + mean(sample), 0);
  if (samples.some((sample) => sample.length < 2)) return measured(value, null, units);
  const [only = [], ...others] = samples;
  if (others.length === 0 && isDifference(parts)) return measured(value, differenceInterval(only), units);
  const margin = Math.sqrt(samples.reduce((total, sample) => total + halfWidth(sample) ** 2, 0));
  return measured(value, clip({ low: value - margin, high: value + margin }, { low: -1, high: 1 }), units);
}

/** Of the tasks that all parts have a score for, in order of name. */
function byTask(parts: readonly Part[]): number[] {
  const tasks = [...(parts[0]?.scores.keys() ?? [])].filter((task) => parts.every(({ scores }) => scores.has(task)));
  return tasks.map((task) =>
    withoutRounding(parts.reduce((total, { weight, scores }) => total + weight * mean(scores.get(task) ?? []), 0)),
  );
}

function isDifference(parts: readonly Part[]): boolean {
  return parts.length === 2 && parts.every(({ weight }) => Math.abs(weight) === 1);
}

function halfWidth(sample: readonly number[]): number {
  const { low, high } = tInterval(sample);
  return (high - low) / 2;
}

function withoutRounding(value: number): number {
  return Math.abs(value) < 1e-9 ? 0 : value;
}

function measured(value: number, interval: Interval | null, units: number): Measured {
  return { kind: "measured", value, interval, units };
}

function missing(reason: string): Measured {
  return { kind: "missing", reason };
}
