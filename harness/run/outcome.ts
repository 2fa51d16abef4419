/** What the numbers of a run are made of. Ten thousand whole trials fill the memory; ten thousand of these do not. */
import type { Exit, Step, Trial } from "../records.ts";

/** A trial without the texts of its trajectory. */
export type Outcome = Omit<Trial, "trajectory"> & {
  readonly trajectory: { readonly exit: Exit; readonly steps: readonly Pick<Step, "repairs">[] } | null;
};

/** A step as most are. */
const CALM: Pick<Step, "repairs"> = {};

export function outcomeOf({ trajectory, ...trial }: Trial): Outcome {
  if (trajectory === null) return { ...trial, trajectory };
  const { exit, steps } = trajectory;
  return { ...trial, trajectory: { exit, steps: steps.map(({ repairs }) => (repairs ? { repairs } : CALM)) } };
}
