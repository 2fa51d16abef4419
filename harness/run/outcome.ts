/** What the numbers of a run are made of. Ten thousand whole trials fill the memory; ten thousand of these do not. */
import type { Attestation } from "../attest/attestation.ts";
import type { Exit, Step, Trial } from "../records.ts";

/** A trial without the texts of its trajectory, and without the files that lay there at its start. */
export type Outcome = Omit<Trial, "trajectory" | "attestation"> & {
  readonly attestation?: Omit<Attestation, "visible"> | undefined;
  readonly trajectory: { readonly exit: Exit; readonly steps: readonly Pick<Step, "repairs">[] } | null;
};

/** A step as most are. */
const CALM: Pick<Step, "repairs"> = {};

export function outcomeOf({ trajectory, attestation, ...rest }: Trial): Outcome {
  const { visible: _, ...attested } = attestation ?? { visible: null };
  const trial = { ...rest, ...("breaches" in attested && { attestation: attested }) };
  if (trajectory === null) return { ...trial, trajectory };
  const { exit, steps } = trajectory;
  return { ...trial, trajectory: { exit, steps: steps.map(({ repairs }) => (repairs ? { repairs } : CALM)) } };
}
