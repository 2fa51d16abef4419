/** One distillation from its parts. Shared by `distill` and `demo`. */
import { basename, join } from "node:path";
import { BENCHMARKS } from "../../benchmarks/index.ts";
import { type DistillOptions, distill } from "../../distill/distill.ts";
import type { Distillation } from "../../distill/documents.ts";
import type { NamedTrial } from "../../distill/trials.ts";
import { SetupError } from "../errors.ts";
import { imageStore } from "../images/image-store.ts";
import type { Trial } from "../records.ts";
import { artifactsDirectory, type Run, trialName } from "../run/store.ts";
import type { Counted } from "./progress.ts";
import { sealedTasks } from "./sealed-tasks.ts";

export type DistillSpec = Omit<DistillOptions, "trials" | "artifactsOf" | "imagesOf" | "onEvent"> & {
  readonly runs: readonly Run[];
  /** What the runs are called in the ids of trials, which models see; by their folders when left out. */
  readonly labels?: readonly string[];
  readonly onCount: (stage: string, counted: Counted) => void;
};

/**
 * Distills the trials of runs.
 * Trials of test tasks are left out; a run that has no others is refused (invariant 9).
 * @throws SetupError
 */
export async function performDistill({ runs, labels: given, onCount, ...options }: DistillSpec): Promise<Distillation> {
  for (const run of runs) refuseSealed(run);
  const labels = given ?? labelsOf(runs);
  const trials = runs.flatMap((run, index) =>
    openTrials(run).map((trial) => ({ ...trial, id: `${labels[index]}/${trialName(trial.task.id, trial.seed)}` })),
  );
  const directories = new Map(runs.map((run, index) => [labels[index] ?? "", run.directory]));
  const runOf = ({ id }: NamedTrial) => directories.get(id.split("/", 1)[0] ?? "") ?? "";
  return distill({
    ...options,
    trials,
    artifactsOf: (trial) => artifactsDirectory(runOf(trial), trial.task.id, trial.seed),
    imagesOf: (trial) => imageStore(join(runOf(trial), "images")),
    onEvent: ({ stage, done, total, failed }) => onCount(stage, { done, total, failing: failed }),
  });
}

/** The trials of a run that skills may be distilled from: those of tasks outside the test half (invariant 9). */
export function openTrials({ manifest, trials }: Run): readonly Trial[] {
  const sealed = sealedTasks(manifest);
  return trials.filter(({ task }) => !sealed.has(task.id));
}

/** @throws SetupError for a run that has no other tasks than those of the test half */
export function refuseSealed(run: Run): void {
  const { benchmark } = run.manifest;
  const sealed = sealedTasks(run.manifest);
  if (benchmark.taskIds.some((id) => !sealed.has(id))) return;
  throw new SetupError(
    `${run.directory} holds trials of the split "${benchmark.split}" of ${benchmark.name}; skills are distilled from the evolve split only, ` +
      `so that test scores stay out of them. ${wayOut(benchmark.name)}`,
  );
}

/** Splits whose tasks skills may be distilled from, of which a benchmark has one or none. */
const OPEN_SPLITS = ["evolve", "train", "dev"];

function wayOut(name: string): string {
  const entry = BENCHMARKS[name.startsWith("folder/") ? "folder" : name];
  const open = entry === undefined ? "evolve" : OPEN_SPLITS.find((split) => entry.splits.includes(split));
  if (open === undefined) return "All of its tasks are for judging: distill from a run of another benchmark";
  return `Run the ${open} split: trace2skill run … --split ${open}`;
}

/** Names of the run folders, made unique. */
function labelsOf(runs: readonly Run[]): string[] {
  const names = runs.map(({ directory }) => basename(directory));
  return names.map((name, index) => (names.indexOf(name) === index ? name : `${name}-${index + 1}`));
}
