/** What came of replaying the recorded run, counted: what is not accounted for here would be lost. Pure. */
import type { RecordedMerge } from "./recorded-merges.ts";
import type { ReadPatch, RecordedPatch } from "./recorded-patches.ts";
import type { ReplayedRun } from "./recorded-replay.ts";

type Counts = Readonly<Record<string, number>>;

export interface ReplayReport {
  /** All patches of the record: `json + mended + heuristic + unread = recorded`. */
  readonly patches: Readonly<Record<"recorded" | RecordedPatch["readAs"], number>>;
  /** Edits of those patches, each counted once: `read + refused = recorded`. */
  readonly edits: {
    readonly recorded: number;
    readonly read: number;
    readonly refused: number;
    /** Why edits were refused, in the first words of each problem. */
    readonly refusals: Counts;
    /** What was changed in edits that were read. */
    readonly repairs: Counts;
  };
  /** All merges of the record: `replayed + copies + unused = recorded`. */
  readonly merges: {
    readonly recorded: number;
    readonly replayed: number;
    readonly copies: number;
    readonly unused: number;
  };
  readonly runs: readonly RunReport[];
}

export interface RunReport {
  readonly run: string;
  readonly folder: string;
  readonly patches: number;
  readonly edits: number;
  readonly patchesPerLevel: readonly number[];
  /** Of recorded merges: their input edits, and what became of each; `kept + merged + dropped + putBack = inputs`. */
  readonly coverage: {
    readonly merges: number;
    readonly inputs: number;
    readonly kept: number;
    readonly merged: number;
    readonly dropped: number;
    /** Forgotten by the recorded merge as far as words tell: put back by program. */
    readonly putBack: number;
    /** Edits that recorded merges wrote; those that keep the schema and fit the start skill; those that cover no input. */
    readonly written: number;
    readonly fitting: number;
    readonly refused: number;
  };
  /** Shares of inputs whose words the merged text holds: of their own merge, and of merges that never saw them. */
  readonly byWording: { readonly own: number; readonly others: number };
  readonly applied: number;
  readonly rejected: number;
  readonly skillLines: number;
  readonly references: number;
  /** Findings of the lint in the new skill, by rule. */
  readonly lint: Counts;
  /** Lessons by fate; there is none without. */
  readonly lessons: Counts;
}

export function reportOf(
  patches: readonly RecordedPatch[],
  merges: readonly RecordedMerge[],
  runs: readonly ReplayedRun[],
): ReplayReport {
  const read = [...new Map(runs.flatMap((run) => run.patches).map((one) => [one.trial, one])).values()];
  const as = (how: RecordedPatch["readAs"]) => patches.filter(({ readAs }) => readAs === how).length;
  const refused = read.flatMap(({ proposal }) => proposal.refused.map(({ problem }) => shortly(problem)));
  const copies = merges.filter(({ level }) => level === null).length;
  const replayed = runs.flatMap(({ tree }) => tree.merges).filter(({ recorded }) => recorded).length;
  const sum = (count: (one: ReadPatch) => number) => read.reduce((all, one) => all + count(one), 0);
  return {
    patches: {
      ...{ recorded: patches.length, json: as("json"), mended: as("mended") },
      ...{ heuristic: as("heuristic"), unread: as("unread") },
    },
    edits: {
      recorded: sum(({ edits }) => edits),
      read: sum(({ proposal }) => proposal.patch.edits.length),
      refused: refused.length,
      refusals: countOf(refused),
      repairs: countOf(read.flatMap(({ repairs }) => repairs)),
    },
    merges: { recorded: merges.length, replayed, copies, unused: merges.length - replayed - copies },
    runs: runs.map(runReport),
  };
}

function runReport({ name, folder, patches, tree, distillation }: ReplayedRun): RunReport {
  const recorded = tree.merges.filter((one) => one.recorded).map(({ merge }) => merge);
  const fates = recorded.flatMap((merge) => merge.fates);
  const of = (kind: string) => fates.filter((fate) => fate.kind === kind).length;
  const refused = recorded.flatMap((merge) => merge.refused).length;
  const sum = (what: "written" | "fitting") => tree.merges.reduce((all, one) => all + one[what], 0);
  return {
    ...{ run: name, folder, patches: patches.length },
    edits: patches.flatMap(({ proposal }) => proposal.patch.edits).length,
    patchesPerLevel: tree.patchesPerLevel,
    coverage: {
      ...{ merges: recorded.length, inputs: fates.length, kept: of("kept"), merged: of("merged") },
      ...{ dropped: of("dropped"), putBack: of("put-back"), written: sum("written"), fitting: sum("fitting"), refused },
    },
    byWording: tree.byWording,
    applied: distillation.stages.editsApplied,
    rejected: distillation.stages.editsRejected,
    skillLines: distillation.skill.skillLines,
    references: distillation.skill.files.filter((file) => file !== "SKILL.md").length,
    lint: countOf(distillation.problems.map(({ rule }) => rule)),
    lessons: countOf(distillation.lessons.map(({ fate }) => fate.kind)),
  };
}

/** The kind of a problem: without names and numbers of edits. */
function shortly(problem: string): string {
  return problem
    .replace(/^edit \d+ of \d+: /, "")
    .replace(/^e-[0-9a-f]+, /, "")
    .replace(/ Lessons behind it: .*$/, "")
    .replace(/\s+/g, " ")
    .slice(0, 160);
}

function countOf(names: readonly string[]): Counts {
  return Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, same]) => [name, same.length]).sort());
}
