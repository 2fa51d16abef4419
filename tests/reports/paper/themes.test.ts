import { expect, test } from "vitest";
import { z } from "zod";
import { readRecordedPatches } from "../../../distill/recorded-patches.ts";
import { countThemes, THEMES, writtenBy } from "../../../reports/paper/themes.ts";
import { sharedPath } from "../../support/shared-data.ts";

/** Themes that a patch with this one edit speaks of. */
function themesOf(text: string): string[] {
  return [...countThemes([[text]])].flatMap(([id, count]) => (count > 0 ? [id] : []));
}

test.each([
  ["After writing formulas run recalc.py, then open the workbook again.", ["recalculate"]],
  ["Load with data_only=True to see cached values.", ["recalculate"]],
  ["Edit with openpyxl instead of DataFrame.to_excel, which drops sheets.", ["openpyxl"]],
  ["Re-open the saved file and compare the cells.", ["read-back"]],
  ["Read the range back after saving.", ["read-back"]],
  ["Delete rows from the bottom up.", ["structure"]],
  ["Never call ws.insert_rows inside a loop.", ["structure"]],
  ["Verify that the answer range is filled.", ["range"]],
  ["Keep the data types of the column.", ["types"]],
  ["List the sheet names first.", ["look-first"]],
  ["Say what was done.", []],
  ["Sort the list in ascending order.", []],
])("%s", (text, themes) => {
  expect(themesOf(text)).toEqual(themes);
});

test("a patch counts once for a theme, however many of its edits speak of it, and once for each theme", () => {
  const counts = countThemes([
    ["Recalculate.", "Recalculate again; delete rows bottom-up."],
    ["Nothing of the kind."],
    [],
  ]);

  expect(counts.get("recalculate")).toBe(1);
  expect(counts.get("structure")).toBe(1);
  expect(counts.get("openpyxl")).toBe(0);
  expect([...counts.keys()]).toEqual(THEMES.map(({ id }) => id));
});

test("what an edit writes counts, with the heading or the link that it comes with; what it deletes does not", () => {
  const file = "SKILL.md";
  expect(writtenBy({ op: "add_section", file, after: null, heading: "Recalculate", content: "Do it." })).toBe(
    "Recalculate\nDo it.",
  );
  expect(writtenBy({ op: "create_file", file: "references/a.md", content: "Text.", link: "See a.md." })).toBe(
    "See a.md.\nText.",
  );
  expect(writtenBy({ op: "delete_section", file, section: "Recalculate" })).toBe("");
});

test("the rule finds every main theme in the patches of a recorded run of a real model, and none in all of them", async (context) => {
  const recorded = await readRecordedPatches(sharedPath(context, "data/trace2skill_run_real"));

  const Written = z.looseObject({ content: z.string() }).catch({ content: "" });
  const texts = recorded.map(({ body }) => (body?.edits ?? []).map((edit) => Written.parse(edit).content));
  const counts = countThemes(texts);

  for (const { id } of THEMES.slice(0, 4)) {
    expect(counts.get(id), id).toBeGreaterThan(recorded.length / 50);
    expect(counts.get(id), id).toBeLessThan(recorded.length / 2);
  }
});
