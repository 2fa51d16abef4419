/** A comparison of two workbooks as a score, with what was wanted and what was found. */
import type { Score } from "../../harness/records.ts";
import { type Comparison, shortened } from "./compare-workbooks.ts";

/** A golden workbook that cannot be read is our fault, so the trial is unscored. */
export function workbookScore(comparison: Comparison): Score {
  switch (comparison.kind) {
    case "golden-unreadable":
      return { kind: "unscored", reason: "benchmark-broken", detail: comparison.problem };
    case "compared":
      return { kind: "scored", value: comparison.pass ? 1 : 0, explanation: explain(comparison) };
    default:
      return comparison satisfies never;
  }
}

/** Characters: an agent's cells and names may hold megabytes, and explanations are stored, shown and put into prompts. */
const MAX_VALUE = 200;
const MAX_EXPLANATION = 4000;

/** At most 4,000 characters and the count of those left out. */
function explain(comparison: Extract<Comparison, { kind: "compared" }>): string {
  return comparison.pass ? "all cells of the answer range agree" : shortened(whatDiffers(comparison), MAX_EXPLANATION);
}

function whatDiffers({ message, differences, differing }: Extract<Comparison, { kind: "compared" }>): string {
  if (differing === 0) return message;
  const lines = differences.map(({ sheet, cell, expected, found }) => {
    const [wanted, got] = [expected, found].map((text) => JSON.stringify(shortened(text, MAX_VALUE)));
    return `${sheet}!${cell}: expected ${wanted}, found ${got}`;
  });
  const more = differing > lines.length ? [`and ${differing - lines.length} more`] : [];
  const count = differing === 1 ? "1 cell differs" : `${differing} cells differ`;
  return [count, ...lines, ...more].join("\n");
}
