/**
 * The numbers of a run beside its mean: further metrics of its scores, Hard where tasks are cases of families, what several
 * tries at a task come to, what known defects do to the mean, and each seed by itself.
 */
import type { Outcome } from "../harness/run/outcome.ts";
import { standardDeviation, sum } from "../harness/statistics/interval.ts";
import { passAtK, passHatK } from "../harness/statistics/pass-k.ts";
import { compareText, numbersByUnit, type RunTrials, scoresByUnit, unitOf, withoutErrata } from "./rows.ts";

/** The scores of each unit that has any, by its name. */
export type Rows = ReadonlyMap<string, readonly number[]>;

/** Rows by name of a metric, sorted by name; `hard` is there where tasks are cases of families. */
export function metricRows(trials: readonly Outcome[]): Map<string, Rows> {
  const named = new Set(trials.flatMap(({ score }) => Object.keys(metricsOf(score))));
  const rows = [...named].map((name): [string, Rows] => {
    return [name, numbersByUnit(trials, ({ score }) => metricsOf(score)[name] ?? null)];
  });
  const hard = hardByUnit(trials);
  const withHard = hard === null ? [] : [["hard", hard] as const];
  return new Map([...rows, ...withHard].sort(([a], [b]) => compareText(a, b)));
}

/** The numbers of one metric by unit, as `scoresByUnit` gives those of the score itself; empty where no trial has it. */
export function metricByUnit(trials: readonly Outcome[], name: string): Map<string, number[]> {
  if (name === "hard") return hardByUnit(trials) ?? new Map();
  return numbersByUnit(trials, ({ score }) => metricsOf(score)[name] ?? null);
}

function metricsOf(score: Outcome["score"]): Readonly<Record<string, number>> {
  return score.kind === "scored" ? (score.metrics ?? {}) : {};
}

/**
 * Hard restriction of SpreadsheetBench: a family counts as right in a seed when all its cases are. A seed in which a case has
 * no score yet counts for nothing. Null where no task belongs to a family.
 * @see arXiv:2406.14991
 */
function hardByUnit(trials: readonly Outcome[]): Map<string, number[]> | null {
  if (trials.every(({ task }) => task.family === undefined)) return null;
  const families = [...Map.groupBy(trials, ({ task }) => unitOf(task))].sort(([a], [b]) => compareText(a, b));
  return new Map(
    families.map(([unit, group]) => [unit, hardSeeds(group)] as const).filter(([, row]) => row.length > 0),
  );
}

function hardSeeds(family: readonly Outcome[]): number[] {
  const cases = new Set(family.map(({ task }) => task.id)).size;
  const seeds = [...Map.groupBy(family, ({ seed }) => seed)].sort(([a], [b]) => a - b);
  return seeds.flatMap(([, group]) => {
    const values = group.flatMap(({ score }) => (score.kind === "scored" ? [score.value] : []));
    return values.length < cases ? [] : [values.every((value) => value === 1) ? 1 : 0];
  });
}

/** What k tries at a task come to: a row a task that has as many with a score, the chance that one passes and that all do. */
export interface TriesRows {
  readonly k: number;
  readonly one: Rows;
  readonly all: Rows;
}

/**
 * Of 2, 4, 8 … tries and of all seeds. A try is a seed with a score; of a family one that counts as passed in Hard. Empty with
 * fewer than two seeds, and where a score is neither right nor wrong.
 */
export function triesRows(trials: readonly Outcome[], seeds: number): TriesRows[] {
  const rows = [...(hardByUnit(trials) ?? scoresByUnit(trials))];
  if (seeds < 2 || rows.some(([, row]) => row.some((value) => value !== 0 && value !== 1))) return [];
  const counts = rows.map(([unit, row]) => ({ unit, tries: row.length, passes: sum(row) }));
  const ks = [...new Set([...powersOfTwo(seeds), seeds])];
  return ks.map((k) => {
    const told = counts.filter(({ tries }) => tries >= k);
    const rowsOf = (chanceOf: typeof passAtK) => new Map(told.map((of) => [of.unit, [chanceOf(of, k)]]));
    return { k, one: rowsOf(passAtK), all: rowsOf(passHatK) };
  });
}

/** From 2 on. */
function powersOfTwo(most: number): number[] {
  const powers: number[] = [];
  for (let power = 2; power <= most; power *= 2) powers.push(power);
  return powers;
}

/** Rows with all tasks and without those known to be defective; null where the run has none of them. */
export function errataRows(run: RunTrials): { tasks: number; keep: Rows; drop: Rows } | null {
  const tried = new Set(run.trials.map(({ task }) => task.id));
  const tasks = Object.keys(run.manifest.benchmark.errata ?? {}).filter((id) => tried.has(id)).length;
  if (tasks === 0) return null;
  return { tasks, keep: scoresByUnit(run.trials), drop: scoresByUnit(withoutErrata(run)) };
}

/** The mean over units in each seed alone, and the standard deviation of these means; null with fewer than two seeds. */
export function seedMeans(
  trials: readonly Outcome[],
): { means: { seed: number; mean: number }[]; spread: number } | null {
  const groups = [...Map.groupBy(trials, ({ seed }) => seed)].sort(([a], [b]) => a - b);
  const means = groups.flatMap(([seed, group]) => {
    const rows = [...scoresByUnit(group).values()];
    const total = rows.reduce((sum, row) => sum + row.reduce((one, value) => one + value, 0) / row.length, 0);
    return rows.length === 0 ? [] : [{ seed, mean: total / rows.length }];
  });
  return means.length < 2 ? null : { means, spread: standardDeviation(means.map(({ mean }) => mean)) };
}
