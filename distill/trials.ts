/** The trials that a distillation learns from, and what of them counts. */
import { hashJson } from "../harness/hash.ts";
import type { Trajectory, Trial } from "../harness/records.ts";

/** A trial under the name it has across runs: `<run>/<task>.<seed>`. */
export type NamedTrial = Trial & { readonly id: string };

/** Hash of what happened in a trial, without times and costs: a trial that is run again is the same trial. */
export function hashTrial({ id, task, seed, trajectory, score }: NamedTrial): string {
  return hashJson({ id, task, seed, score, trajectory: trajectory === null ? null : happened(trajectory) });
}

function happened({ steps, ...rest }: Trajectory) {
  return {
    ...rest,
    steps: steps.map(({ reply, action, observation, images }) => ({ reply, action, observation, images })),
  };
}
