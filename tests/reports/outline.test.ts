import { expect, test } from "vitest";
import { outlineSkill, outlineText } from "../../reports/outline.ts";
import { skill } from "../support/distill-builders.ts";
import { distilled } from "../support/distilled.ts";

test("sections span those below them, and their support is of distinct tasks", () => {
  const { skill: made, distillation } = distilled();
  const { files } = outlineSkill(made, distillation);

  expect(files.map(({ file }) => file)).toEqual(["SKILL.md", "references/dates.md"]);
  expect(files[0]?.references).toEqual(["references/dates.md"]);
  const told = files[0]?.sections.map(({ heading, depth, support }) => [
    heading,
    depth,
    support?.tasks,
    support?.lessons,
  ]);
  expect(told?.slice(0, 4)).toEqual([
    ["Workbooks", 1, 4, 4],
    ["Reading", 2, 1, 1],
    ["Writing", 2, 2, 2],
    ["Formulas", 3, 0, 0],
  ]);
  const [title, reading, writing] = files[0]?.sections ?? [];
  expect(title?.lastLine).toBe(files[0]?.lines);
  expect(reading?.lastLine).toBe((writing?.line ?? 0) - 1);
});

test("without a distillation there is an outline, and no support", () => {
  const text = outlineText(outlineSkill(skill(), null));

  expect(text).toContain("No distillation tells of this skill");
  expect(text).not.toContain("support\n");
  expect(text).toMatch(/ {4}Reading +10/);
});
