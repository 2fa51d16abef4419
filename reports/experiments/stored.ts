/** An experiment's folder, read back: its record, and the run of each cell under the name of its arm. */
import { join, resolve } from "node:path";
import { SetupError } from "../../harness/errors.ts";
import { FORMAT_VERSION } from "../../harness/records.ts";
import { readJson } from "../../harness/run/files.ts";
import { type Run, type RunOutcomes, readOutcomes, readRun } from "../../harness/run/store.ts";
import { type CellRecord, ExperimentRecord } from "./record.ts";

/** The document in an experiment's folder. */
export const EXPERIMENT_FILE = "experiment.json";

/** @throws SetupError when there is no experiment, or one that this release cannot read */
export async function readExperimentRecord(directory: string): Promise<ExperimentRecord> {
  const path = join(directory, EXPERIMENT_FILE);
  const stored = await readJson(path, ExperimentRecord);
  switch (stored.kind) {
    case "read":
      return stored.value;
    case "missing":
      throw new SetupError(
        `${directory} is no experiment: it has no ${EXPERIMENT_FILE}. Make one with: trace2skill experiment FILE --out ${directory}`,
      );
    case "broken":
      throw new SetupError(
        `${path} is damaged: ${stored.problem}. Move it away and give the command that made it again: nothing is paid twice`,
      );
    case "other-version":
      throw new SetupError(
        `${path} was written in format version ${JSON.stringify(stored.version)}; this trace2skill reads version ${FORMAT_VERSION}`,
      );
    default:
      return stored satisfies never;
  }
}

/**
 * The run of a cell, without the texts of its trajectories. One run may stand for cells of several arms and experiments: it is
 * given the name of this one's.
 * @param directory of the experiment
 * @throws SetupError when the run is not there: the folder of units has to move with the experiment's
 */
export async function cellOutcomes(directory: string, cell: CellRecord): Promise<RunOutcomes> {
  return named(await readOutcomes(resolve(directory, cell.run)), cell);
}

/** As `cellOutcomes`, with all texts. */
export async function cellRun(directory: string, cell: CellRecord): Promise<Run> {
  return named(await readRun(resolve(directory, cell.run)), cell);
}

function named<T extends RunOutcomes>(run: T, { arm }: CellRecord): T {
  return run.manifest.arm === arm ? run : { ...run, manifest: { ...run.manifest, arm } };
}
