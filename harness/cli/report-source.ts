/** What a report is made of: the folder of an experiment, or folders of runs, read without the texts of their trajectories. */
import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { Distillation } from "../../distill/documents.ts";
import { readDistillation } from "../../distill/store.ts";
import { type CompareOptions, compareArms, type Difference } from "../../reports/compare.ts";
import type { Cost } from "../../reports/experiment.ts";
import { EXPERIMENT_FILE } from "../../reports/experiments/stored.ts";
import type { Table } from "../../reports/table.ts";
import { UsageError } from "../errors.ts";
import { type RunOutcomes, readOutcomes } from "../run/store.ts";
import { refused } from "./compare-refused.ts";
import { ofExperiment } from "./report-experiment.ts";

export interface NamedDistillation {
  readonly name: string;
  readonly folder: string;
  readonly document: Distillation;
}

export interface ReportSource {
  /** Title where the user gives none. */
  readonly name: string;
  /** In the order in which arms are shown; a run that stands for several arms is there for each. */
  readonly runs: readonly RunOutcomes[];
  /** Each run once, also those that skills were distilled from: what was paid for, and what a page shows the trials of. */
  readonly paid: readonly RunOutcomes[];
  readonly differences: readonly Difference[];
  readonly transfers: readonly Table[];
  readonly distilled: readonly NamedDistillation[];
  /** Of what is neither a run nor a distillation; `endpoint` as prices know it. */
  readonly costs: readonly { readonly cost: Cost; readonly endpoint: string }[];
  /** What is not there, a sentence each. */
  readonly missing: readonly string[];
}

/**
 * @param folders one experiment, or runs of which the first of each model and benchmark is the baseline
 * @param distillations folders beside those that an experiment names itself
 * @throws UsageError for an experiment among other folders, SetupError for what cannot be read or compared
 */
export async function readSource(
  folders: readonly string[],
  distillations: readonly string[],
  options: CompareOptions,
): Promise<ReportSource> {
  const given = await Promise.all(distillations.map((folder) => namedDistillation(resolve(folder), basename(folder))));
  const experiment = folders.find((folder) => existsSync(join(folder, EXPERIMENT_FILE)));
  if (experiment === undefined) return ofRuns(folders, given, options);
  if (folders.length > 1)
    throw new UsageError(
      `${experiment} is an experiment: give it alone, or folders of runs. To show runs of several experiments together, name the run folders that each ${EXPERIMENT_FILE} has`,
    );
  const source = await ofExperiment(resolve(experiment), options);
  return { ...source, distilled: [...source.distilled, ...given] };
}

export async function namedDistillation(folder: string, name: string): Promise<NamedDistillation> {
  return { name, folder, document: await readDistillation(folder) };
}

/** Under that name; a placebo says what it is, whatever name it was given. */
export function labelled(run: RunOutcomes, arm: string): RunOutcomes {
  const kind = run.manifest.skill?.placebo?.kind;
  const label = kind === undefined || arm.includes("placebo") ? arm : `${arm} (placebo ${kind})`;
  return { ...run, manifest: { ...run.manifest, arm: label } };
}

async function ofRuns(
  folders: readonly string[],
  distilled: readonly NamedDistillation[],
  options: CompareOptions,
): Promise<ReportSource> {
  const twice = folders.find((folder, place) => folders.findIndex((one) => resolve(one) === resolve(folder)) < place);
  if (twice !== undefined) throw new UsageError(`the run folder ${twice} is given twice: give each once`);
  const read = await Promise.all(folders.map((folder) => readOutcomes(resolve(folder))));
  const runs = read.map((run) => labelled(run, run.manifest.arm));
  const differences = groupsOf(runs).flatMap((group) => differencesIn(group, options));
  return { name: "Comparison", runs, paid: runs, differences, transfers: [], distilled, costs: [], missing: [] };
}

/** Runs of the same model on the same split, in the order given: the first is the baseline. */
function groupsOf(runs: readonly RunOutcomes[]): RunOutcomes[][] {
  const key = ({ manifest: { model, benchmark } }: RunOutcomes) =>
    JSON.stringify([model.name, benchmark.name, benchmark.split]);
  return [...Map.groupBy(runs, key).values()];
}

function differencesIn(group: readonly RunOutcomes[], options: CompareOptions): readonly Difference[] {
  if (group.length < 2) return [];
  const comparison = compareArms(group, options);
  if (comparison.kind === "refused") throw refused(comparison);
  return comparison.differences;
}
