/** Parts of cells that the tables of all domains share. */
import { type Distilled, nameOf } from "./conditions.ts";
import type { PaperCell, Published, Term } from "./paper-table.ts";

/** One mean, less that of the baseline where there is one. */
export function against(
  { arm, baseline }: { readonly arm: string; readonly baseline: string | null },
  place: Omit<Term, "weight" | "arm">,
): Term[] {
  return [{ weight: 1, arm, ...place }, ...(baseline === null ? [] : [{ weight: -1, arm: baseline, ...place }])];
}

/** Of distilling alone: the trials and the analyses of them are not in it where they were read back. */
export function minutesCell(condition: string, asked: Distilled, published: Published): PaperCell {
  return {
    condition,
    user: asked.author,
    column: `${asked.author} minutes`,
    unit: "minutes",
    signed: false,
    measure: { kind: "minutes", skill: nameOf(asked) },
    published,
  };
}
