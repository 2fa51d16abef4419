import { expect, test } from "vitest";
import type { Difference } from "../../reports/compare.ts";
import { adjusted, verdictOf, verdictOfAll } from "../../reports/compare-several.ts";
import { differencesAsTable, negativeTransferTable, warningNotes } from "../../reports/differences-table.ts";
import { differenceDetails, differencesTable } from "../../reports/differences-text.ts";
import { exampleReport } from "./example.ts";

const [first] = exampleReport().differences;
const HARMLESS = { margin: 0.1, p: 0.01, equivalent: true, notWorseP: 0.01, notWorse: true };

/** A difference with that p and sign, alone unless adjusted. */
function difference(p: number, size: number, parts: Partial<Difference> = {}): Difference {
  return { ...first!, p, difference: size, adjustment: { p, comparisons: 1 }, ...parts };
}

test("a verdict is read off the adjusted p", () => {
  const [gain, alone, loss] = [difference(0.03, 0.2), difference(0.2, 0.2), difference(0.05, -0.2)];

  expect([gain, alone, loss].map(verdictOf)).toEqual(["gain", "none", "loss"]);
  expect(adjusted([gain, alone, loss]).map(verdictOf)).toEqual(["none", "none", "none"]);
});

test("adjusting again counts anew: the differences of a whole report, not those of each part", () => {
  const inParts = [...adjusted([difference(0.02, 0.2)]), ...adjusted([difference(0.04, 0.2)])];

  expect(adjusted(inParts).map(({ adjustment }) => adjustment)).toEqual([
    { p: 0.04, comparisons: 2 },
    { p: 0.04, comparisons: 2 },
  ]);
});

test("a warning that no outcome would be significant counts all that were adjusted together, however small their ps", () => {
  const small = difference(0.03, 0.2, { tasks: 6, clusters: null, warnings: [{ kind: "floor", text: "too hard" }] });
  const large = difference(0.9, 0.1, { tasks: 300, clusters: null, warnings: [] });
  const tooFew = (rows: Difference[]) =>
    rows.map(({ warnings }) => warnings.filter(({ kind }) => kind === "too-few").length);

  const several = adjusted([small, small, small]);

  expect(tooFew(adjusted([small]))).toEqual([0]);
  expect(several[0]!.warnings.map(({ text }) => text)).toEqual([
    "with 6 tasks no outcome is significant, for p is at least 0.0938 after Holm's adjustment for 3 comparisons: it takes 7 tasks",
    "too hard",
  ]);
  // Adjusted anew, it is warned of once, and not at all where it stands alone.
  expect(tooFew(adjusted([...several, small]))).toEqual([1, 1, 1, 1]);
  expect(tooFew(adjusted(several.slice(0, 1)))).toEqual([0]);
  // Holm's adjustment takes the least p times their number, and the others times fewer: 6 tasks can come last.
  expect(tooFew(adjusted([small, large, large]))).toEqual([0, 0, 0]);
});

test("all together are as good as the worst: a loss anywhere, else no evidence anywhere, else a gain", () => {
  const [gain, none, loss] = [difference(0.01, 0.2), difference(0.5, 0.2), difference(0.01, -0.2)];

  expect(verdictOfAll([gain, gain])).toBe("gain");
  expect(verdictOfAll([gain, none])).toBe("none");
  expect(verdictOfAll([none, loss, gain])).toBe("loss");
});

test("no evidence of a difference will do where harm beyond the margin is ruled out, a sure loss will not", () => {
  const equivalence = { ...HARMLESS, interval90: { low: -0.05, high: 0.04 } };

  expect(verdictOfAll([difference(0.5, -0.01, { equivalence })])).toBe("not-worse");
  expect(verdictOfAll([difference(0.5, -0.01, { equivalence }), difference(0.01, 0.2)])).toBe("not-worse");
  expect(verdictOfAll([difference(0.5, -0.01, { equivalence }), difference(0.5, 0.2)])).toBe("none");
  expect(verdictOfAll([difference(0.01, -0.04, { equivalence })])).toBe("loss");
  expect(verdictOfAll([difference(0.5, -0.01, { equivalence: { ...equivalence, notWorse: false } })])).toBe("none");
});

test("tables have numbers as numbers in the unit shown, and notes with tests, scorers, seeds and fingerprints", () => {
  const { differences } = exampleReport();

  for (const table of [differencesAsTable(differences), negativeTransferTable(differences)]) {
    expect(table.simulated).toBe(true);
    expect(table.rows).toHaveLength(differences.length);
    for (const { cells } of table.rows) {
      expect(cells).toHaveLength(table.columns.length);
      for (const [index, { value }] of cells.entries()) {
        if (table.columns[index]!.kind === "number") expect(value === null || Number.isFinite(value)).toBe(true);
      }
    }
    const notes = table.notes.join("\n");
    for (const [index, { arm, baseline }] of differences.entries()) {
      const texts = table.rows[index]!.cells.map(({ text }) => text);
      expect(texts).toEqual(expect.arrayContaining([arm.fingerprint, baseline.fingerprint]));
    }
    expect(notes).toContain("sample-tables/ood: score, scored by denotation/1, seeds 41, 42.");
    expect(notes).toMatch(/p: sign-flip permutation, .*; Holm's adjustment is for 12 comparisons, /);
  }
  const [row] = differencesAsTable(differences).rows;
  expect(row!.cells[2]).toMatchObject({ value: 100 * differences[0]!.difference });
});

test("n tells clusters in every table, and the seeds of the baseline where there are others", () => {
  const row = difference(0.5, 0.1, { clusters: 5, baseline: { ...first!.baseline, seeds: [41, 42, 43] } });
  const n = "30 × 2 and × 3 in 5";

  for (const table of [differencesAsTable([row]), negativeTransferTable([row])]) {
    const place = table.columns.findIndex(({ label }) => label === "n");
    expect(table.rows[0]!.cells[place]!.text).toBe(n);
    expect(table.notes.join(" ")).toContain("Tasks in clusters (n: tasks × seeds in clusters) resemble each other");
  }
  expect(differencesTable([row])).toMatch(/ 30 × 2 .*\n.*and × 3 .*\n.* in 5\b/);
});

test("names of thousands of tied tasks do not bury the others", () => {
  const ties = Array.from({ length: 3000 }, (_, index) => `task-${index}`);

  const text = differenceDetails([difference(0.5, 0.1, { ties })]).replace(/\s+/g, " ");

  expect(text).toContain("Tied (3,000): task-0, task-1,");
  expect(text).toMatch(/task-19 and 2,980 more, all in --json/);
});

test("a warning that several differences share is told once, with all of them", () => {
  const warnings = [{ kind: "floor" as const, text: "too hard" }];
  const rows = [difference(0.5, 0.1, { warnings }), { ...exampleReport().differences[3]!, warnings }];

  expect(warningNotes(rows)).toEqual([
    "sample-spreadsheet/test, start skill (sim/small); sample-spreadsheet/test, start skill (sim/large): too hard",
  ]);
});
