/** One distillation from its parts. Shared by `distill` and `demo`. */
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type DistillOptions, distill } from "../../distill/distill.ts";
import type { Distillation } from "../../distill/documents.ts";
import { SetupError } from "../errors.ts";
import { artifactsDirectory, type Run, trialName } from "../run/store.ts";
import type { Counted } from "./progress.ts";

export type DistillSpec = Omit<DistillOptions, "trials" | "artifactsOf" | "onEvent"> & {
  readonly runs: readonly Run[];
  readonly onCount: (stage: string, counted: Counted) => void;
};

/**
 * Distills the trials of runs.
 * @throws SetupError for runs that hold test tasks: nothing that writes a skill may see them (invariant 9)
 */
export async function performDistill({ runs, onCount, ...options }: DistillSpec): Promise<Distillation> {
  for (const run of runs) refuseSealed(run);
  const labels = labelsOf(runs);
  const trials = runs.flatMap((run, index) =>
    run.trials.map((trial) => ({ ...trial, id: `${labels[index]}/${trialName(trial.task.id, trial.seed)}` })),
  );
  const directories = new Map(runs.map((run, index) => [labels[index] ?? "", run.directory]));
  return distill({
    ...options,
    trials,
    artifactsOf: ({ id, task, seed }) =>
      artifactsDirectory(directories.get(id.split("/", 1)[0] ?? "") ?? "", task.id, seed),
    onEvent: ({ stage, done, total, failed }) => onCount(stage, { done, total, failing: failed }),
  });
}

function refuseSealed({ directory, manifest: { benchmark } }: Run): void {
  if (benchmark.split === "evolve") return;
  throw new SetupError(
    `${directory} holds trials of the split "${benchmark.split}" of ${benchmark.name}; skills are distilled from the evolve split only, ` +
      "so that test scores stay out of them. Run the evolve split: trace2skill run … --split evolve",
  );
}

/** Names of the run folders, made unique. */
function labelsOf(runs: readonly Run[]): string[] {
  const names = runs.map(({ directory }) => basename(directory));
  return names.map((name, index) => (names.indexOf(name) === index ? name : `${name}-${index + 1}`));
}

/** What stands in the new skill's SKILL.md. */
export async function skillTextIn(directory: string, name: string): Promise<string> {
  return readFile(join(directory, "skill", name, "SKILL.md"), "utf8");
}
