/** An experiment carried out with live progress: for every verb that does so. */
import type { Experiment } from "../../../reports/experiments/definition.ts";
import type { ExperimentRecord } from "../../../reports/experiments/record.ts";
import { type ExperimentOptions, performExperiment } from "./perform.ts";
import { experimentProgress, type UnitCounts } from "./progress.ts";

/** As `performExperiment`, which tells what it throws. */
export async function performShown(
  definition: Experiment,
  options: Omit<ExperimentOptions, "onEvent">,
): Promise<{ record: ExperimentRecord; counts: UnitCounts }> {
  const { io, session } = options;
  const progress = experimentProgress(io, session);
  const record = await performExperiment(definition, {
    ...options,
    io: { ...io, err: progress.note },
    onEvent: progress.onEvent,
  }).finally(progress.end);
  return { record, counts: progress.counts() };
}
