/** A comparison of two workbooks as a score, with what was wanted and what was found. */
import type { Score } from "../../harness/records.ts";
import type { Comparison } from "./compare-workbooks.ts";

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

function explain({ pass, message, differences, differing }: Extract<Comparison, { kind: "compared" }>): string {
  if (pass) return "all cells of the answer range agree";
  if (differing === 0) return message;
  const lines = differences.map(({ sheet, cell, expected, found }) => {
    return `${sheet}!${cell}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`;
  });
  const more = differing > lines.length ? [`and ${differing - lines.length} more`] : [];
  const count = differing === 1 ? "1 cell differs" : `${differing} cells differ`;
  return [count, ...lines, ...more].join("\n");
}
