/** Which tasks of a run belong to the test half (invariant 9). */
import type { Manifest } from "../records.ts";

/** A run that does not name them is sealed as a whole, but for one of the evolve split. */
export function sealedTasks({ benchmark: { split, taskIds, sealed } }: Manifest): ReadonlySet<string> {
  return new Set(sealed ?? (split === "evolve" ? [] : taskIds));
}
