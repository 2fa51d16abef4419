/** The record of an experiment's folder, read back. */
import { join } from "node:path";
import { SetupError } from "../../harness/errors.ts";
import { FORMAT_VERSION } from "../../harness/records.ts";
import { readJson } from "../../harness/run/files.ts";
import { ExperimentRecord } from "./record.ts";

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
