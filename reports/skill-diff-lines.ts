/** Which lines two texts share, with their numbers in both: the only importer of the diff package. Pure. */
import { diffArrays } from "diff";

export interface DiffLine {
  readonly kind: "same" | "removed" | "added";
  readonly text: string;
  /** Number in the old text, or null for an added line; from 1. */
  readonly before: number | null;
  /** Number in the new text, or null for a removed line. */
  readonly after: number | null;
}

/** Above this many changes the search takes too long: all is shown as replaced. */
const MOST_CHANGES = 1_500;

/** Lines of both texts in order; of a change, what was removed stands before what was added. */
export function diffLines(before: readonly string[], after: readonly string[]): DiffLine[] {
  const changes = diffArrays([...before], [...after], { maxEditLength: MOST_CHANGES }) ?? [
    { value: [...before], removed: true, added: false },
    { value: [...after], removed: false, added: true },
  ];
  let [old, fresh] = [0, 0];
  return changes.flatMap(({ value, removed, added }) =>
    value.map((text): DiffLine => {
      if (!added) old += 1;
      if (!removed) fresh += 1;
      const kind = removed ? "removed" : added ? "added" : "same";
      return { kind, text, before: added ? null : old, after: removed ? null : fresh };
    }),
  );
}
