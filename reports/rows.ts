/** Which trials of a run count, and their numbers by the unit of every mean: the task, or the family that tasks are cases of. */

import type { Manifest } from "../harness/manifest.ts";
import type { Task } from "../harness/records.ts";
import type { Outcome } from "../harness/run/outcome.ts";

export interface RunTrials {
  readonly manifest: Manifest;
  readonly trials: readonly Outcome[];
}

/** What a mean weighs as one. */
export function unitOf({ id, family }: Pick<Task, "id" | "family">): string {
  return family ?? id;
}

/** The trials that the headline number counts: those of defective tasks are left out where the run was made to drop them. */
export function countedTrials({ manifest, trials }: RunTrials): readonly Outcome[] {
  return manifest.benchmark.settings?.errata === "drop" ? withoutErrata({ manifest, trials }) : trials;
}

export function withoutErrata({ manifest, trials }: RunTrials): readonly Outcome[] {
  const defective = new Set(Object.keys(manifest.benchmark.errata ?? {}));
  return defective.size === 0 ? trials : trials.filter(({ task }) => !defective.has(task.id));
}

/** The scores of each unit that has one, in order of its name; one for each seed and case. */
export function scoresByUnit(trials: readonly Outcome[]): Map<string, number[]> {
  return numbersByUnit(trials, ({ score }) => (score.kind === "scored" ? score.value : null));
}

/** As `scoresByUnit`, of any number that a trial has; null where it has none. */
export function numbersByUnit(
  trials: readonly Outcome[],
  numberOf: (trial: Outcome) => number | null,
): Map<string, number[]> {
  const rows = new Map<string, number[]>();
  for (const trial of [...trials].sort(byUnitAndSeed)) {
    const number = numberOf(trial);
    if (number !== null) rows.set(unitOf(trial.task), [...(rows.get(unitOf(trial.task)) ?? []), number]);
  }
  return rows;
}

/** Rows by unit, those of each by seed: several numbers of one seed where the unit is a family of cases. */
export function rowsBySeed(
  trials: readonly Outcome[],
  rowsOf: (trials: readonly Outcome[]) => ReadonlyMap<string, number[]>,
): Map<string, Map<number, number[]>> {
  const units = new Map<string, Map<number, number[]>>();
  for (const [seed, own] of Map.groupBy(trials, (trial) => trial.seed)) {
    for (const [unit, row] of rowsOf(own)) units.set(unit, (units.get(unit) ?? new Map()).set(seed, row));
  }
  return units;
}

function byUnitAndSeed(a: Outcome, b: Outcome): number {
  return compareText(unitOf(a.task), unitOf(b.task)) || compareText(a.task.id, b.task.id) || a.seed - b.seed;
}

/** The same order on every machine, whatever its language. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
