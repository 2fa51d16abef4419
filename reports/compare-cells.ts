/** The differences that an experiment asks for: each arm against its baseline, with every user on every benchmark. */
import { type CompareOptions, compareArms, type Difference } from "./compare.ts";
import { adjusted } from "./compare-several.ts";
import type { ArmChoice } from "./experiments/definition.ts";
import type { CellRecord, ExperimentRecord } from "./experiments/record.ts";
import type { RunTrials } from "./rows.ts";

/** Runs by the folder that a cell names. */
export type RunsByFolder = ReadonlyMap<string, RunTrials>;

export interface ComparedCell {
  /** Names of the definition. */
  readonly arm: string;
  readonly baseline: string;
  readonly user: string;
  readonly benchmark: string;
  readonly result:
    | { readonly kind: "compared"; readonly difference: Difference }
    /** Such as a run that is not made yet. */
    | { readonly kind: "missing"; readonly reason: string };
}

/**
 * Compares every cell of an arm with that of its baseline, same user and benchmark; all are adjusted together. Arms that
 * are to be compared with themselves are left out. In the order of the definition: benchmarks, then users, then arms.
 * @param runs as far as they are there
 */
export function compareCells(record: ExperimentRecord, runs: RunsByFolder, options: CompareOptions): ComparedCell[] {
  const { definition } = record;
  const first = definition.arms[0]?.name;
  const cells = definition.judge.flatMap((benchmark) =>
    definition.users.flatMap((user) =>
      definition.arms.flatMap((arm): ComparedCell[] => {
        const baseline = arm.baseline ?? first;
        if (baseline === undefined || baseline === arm.name || !isJudged(arm, { user, benchmark })) return [];
        const find = (name: string) => record.cells.find(isCell({ arm: name, user, benchmark }));
        const result = compareTwoCells([find(baseline), find(arm.name)], runs, options);
        return [{ arm: arm.name, baseline, user, benchmark, result }];
      }),
    ),
  );
  return adjustedTogether(cells);
}

interface Place {
  readonly user: string;
  readonly benchmark: string;
}

function isJudged({ users, judge }: ArmChoice, { user, benchmark }: Place): boolean {
  return (users?.includes(user) ?? true) && (judge?.includes(benchmark) ?? true);
}

function isCell(wanted: Place & { arm: string }) {
  return ({ arm, user, benchmark }: CellRecord) =>
    arm === wanted.arm && user === wanted.user && benchmark === wanted.benchmark;
}

function compareTwoCells(
  [baseline, arm]: readonly [CellRecord | undefined, CellRecord | undefined],
  runs: RunsByFolder,
  options: CompareOptions,
): ComparedCell["result"] {
  const [before, after] = [runs.get(baseline?.run ?? ""), runs.get(arm?.run ?? "")];
  if (before === undefined) return { kind: "missing", reason: "there is no run of the baseline yet" };
  if (after === undefined) return { kind: "missing", reason: "there is no run of the arm yet" };
  const comparison = compareArms([before, after], options);
  const [difference] = comparison.kind === "ranked" ? comparison.differences : [];
  if (difference !== undefined) return { kind: "compared", difference };
  return { kind: "missing", reason: comparison.kind === "refused" ? comparison.reason : "nothing was compared" };
}

function adjustedTogether(cells: readonly ComparedCell[]): ComparedCell[] {
  const compared = adjusted(cells.flatMap(({ result }) => (result.kind === "compared" ? [result.difference] : [])));
  let next = 0;
  return cells.map((cell) => {
    const difference = cell.result.kind === "compared" ? compared[next++] : undefined;
    return difference === undefined ? cell : { ...cell, result: { kind: "compared", difference } };
  });
}
