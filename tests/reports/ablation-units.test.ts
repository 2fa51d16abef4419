import { expect, test } from "vitest";
import { lintSkill } from "../../harness/skill/lint.ts";
import { skillText } from "../../harness/skill/skill.ts";
import { unitsBySection } from "../../reports/ablation-sections.ts";
import { type AblationUnit, unitsByLesson, withoutLines } from "../../reports/ablation-units.ts";
import { outlineSkill } from "../../reports/outline.ts";
import { diffSkills } from "../../reports/skill-diff.ts";
import { BASE_TEXT, skill } from "../support/distill-builders.ts";
import { distilled } from "../support/distilled.ts";

/** What is gone, as `file: text` of lines that are not blank. */
function gone(whole: ReturnType<typeof skill>, unit: AblationUnit): string[] {
  const { files } = diffSkills({ skill: whole, distillation: null }, { skill: unit.skill, distillation: null });
  return files.flatMap(({ file, hunks }) =>
    hunks.flatMap(({ lines }) =>
      lines.flatMap(({ kind, text }) => {
        if (kind === "added") throw new Error(`a line was added to ${file}: ${text}`);
        return kind === "removed" && text.trim() !== "" ? [`${file}: ${text}`] : [];
      }),
    ),
  );
}

test("a lesson goes with the lines that its edits alone wrote, merged ones together, best supported first", () => {
  const { skill: whole, distillation } = distilled();
  const { units, left } = unitsByLesson(whole, distillation);

  expect(units.map((unit) => [unit.title, unit.support, gone(whole, unit)])).toEqual([
    ["Keep formulas; and 1 more", 2, ["SKILL.md: - Keep every formula as it is."]],
    [
      "Dates as dates",
      1,
      [
        "SKILL.md: ## References",
        "SKILL.md: - [references/dates.md](references/dates.md): read it when there are dates.",
        "references/dates.md: # Dates",
        "references/dates.md: - Write dates as dates.",
      ],
    ],
    ["Look at the end", 1, ["SKILL.md: - Look at the last row."]],
  ]);
  expect(left).toEqual([]);
  expect(units.map((unit) => lintSkill(unit.skill).filter(({ severity }) => severity === "error"))).toEqual([
    [],
    [],
    [],
  ]);
  expect(new Set(units.map(({ id }) => id)).size).toBe(3);
  expect(units.every(({ id }) => /^[a-z0-9-]+$/.test(id))).toBe(true);
});

test("a line that two edits wrote stays, and an edit without a line of its own is told as left in", () => {
  const { skill: whole, distillation } = distilled();
  const lines = distillation.lines.map((entry) =>
    entry.edits.includes("e-alone") ? { ...entry, edits: ["e-alone", "e-merged"] } : entry,
  );
  const { units, left } = unitsByLesson(whole, { ...distillation, lines });

  expect(left).toEqual([{ title: "Look at the end", lessons: ["run/t1.1#1"], reason: "no line is its alone" }]);
  expect(units.flatMap((unit) => gone(whole, unit))).not.toContain("SKILL.md: - Look at the last row.");
});

test("lines that the harness wrote when it moved text go with the edits they serve, lines of the start stay", () => {
  const { skill: whole, distillation } = distilled();
  const lines = distillation.lines.map((entry) => {
    const { text } = { text: skillText(whole, entry.file)?.split("\n")[entry.line - 1] ?? "" };
    if (text === "- Look at the last row.") return { ...entry, origin: "start" as const };
    return text.includes("references/dates.md") ? { ...entry, origin: "split" as const } : entry;
  });
  const { units, left } = unitsByLesson(whole, { ...distillation, lines });

  const removed = units.flatMap((unit) => gone(whole, unit));
  expect(removed).toContain("SKILL.md: - [references/dates.md](references/dates.md): read it when there are dates.");
  expect(removed).not.toContain("SKILL.md: - Look at the last row.");
  expect([...units, ...left].map(({ title }) => title)).toContain("Look at the end");
});

test("sections go with those below them, a page with the lines that only link to it", () => {
  const { skill: whole, distillation } = distilled();
  const { units } = unitsBySection(whole, outlineSkill(whole, distillation));

  expect(units.map(({ title, support }) => [title, support])).toEqual([
    ["Writing", 2],
    ["Reading", 1],
    ["References", 1],
    ["references/dates.md", 1],
  ]);
  const page = units.find(({ title }) => title === "references/dates.md");
  expect(page?.skill.files.has("references/dates.md")).toBe(false);
  expect(skillText(page?.skill ?? whole, "SKILL.md")).not.toContain("references/dates.md");
  const writing = units.find(({ title }) => title === "Writing");
  expect(gone(whole, writing ?? ({} as AblationUnit)).at(-1)).toBe("SKILL.md: Always re-calc before saving.");
});

test("a page that a paragraph links to stays, for without it the skill is broken", () => {
  const whole = skill(`${BASE_TEXT}\nBefore dates, read [dates](references/dates.md) with care.\n`, {
    "references/dates.md": "# Dates\n\nText.\n",
  });
  const { units, left } = unitsBySection(whole, outlineSkill(whole, null));

  expect(units.map(({ title }) => title)).not.toContain("references/dates.md");
  expect(left).toEqual([
    {
      title: "references/dates.md",
      lessons: [],
      reason: expect.stringMatching(/^without it the skill is broken: .*link-dead/),
    },
  ]);
});

test("of a skill nothing else changes, to the byte", () => {
  const whole = skill(BASE_TEXT.replaceAll("\n", "\r\n"), { "assets/a.txt": "a\r\nb" });
  const line = BASE_TEXT.split("\n").indexOf("- Look at all sheets.") + 1;
  const without = withoutLines(whole, [{ file: "SKILL.md", line }]);

  if (typeof without === "string") throw new Error(without);
  expect(skillText(without, "SKILL.md")).toBe(
    BASE_TEXT.replace("- Look at all sheets.\n", "").replaceAll("\n", "\r\n"),
  );
  expect(without.files.get("assets/a.txt")).toBe(whole.files.get("assets/a.txt"));
  expect(without.hash).not.toBe(whole.hash);
});

test("a blank line stays where without it a heading would be glued to what stands above", () => {
  const text = `${BASE_TEXT}\n## Last\n\nText.\n`;
  const whole = skill(text);
  const from = text.split("\n").indexOf("Always re-calc before saving.") + 1;
  const without = withoutLines(whole, [
    { file: "SKILL.md", line: from - 1 },
    { file: "SKILL.md", line: from },
    { file: "SKILL.md", line: from + 1 },
  ]);

  if (typeof without === "string") throw new Error(without);
  expect(
    skillText(without, "SKILL.md")
      ?.split("\n")
      .slice(from - 3),
  ).toEqual(["### Formulas", "", "## Last", "", "Text.", ""]);
});

test.each([
  ["a section of a lower level before the first", "### A\n\na\n\n## B\n\nb\n\n### C\n\nc\n", ["A", "B"]],
  ["sections marked by a line below", "A\n---\n\na\n\nB\n---\n\nb\n", ["A", "B"]],
  ["headings in code, quotes and lists", "## A\n\n```md\n## X\n```\n\n> ## Q\n\n- ## L\n\n## B\n\nb\n", ["A", "B"]],
  ["two sections of one name", "## A\n\na\n\n## A\n\nb\n", ["A", "A"]],
])("of %s each is one unit, and the units together are all of them", (_, sections, titles) => {
  const whole = skill(`---\nname: weak\ndescription: Weak.\n---\n\n# T\n\nIntro.\n\n${sections}`);
  const { units, left } = unitsBySection(whole, outlineSkill(whole, null));

  expect([units.map(({ title }) => title).sort(), left]).toEqual([titles, []]);
  expect(new Set(units.map(({ id }) => id)).size).toBe(units.length);
  const places = units.flatMap(({ lines }) => lines.map(({ line }) => line));
  expect(places.toSorted((a, b) => a - b)).toEqual(
    sections
      .trimEnd()
      .split("\n")
      .map((_line, index) => 10 + index),
  );
});

test.each([
  ["./references/dates.md", "- [dates](./references/dates.md): read it\n"],
  ["two links to it", "- [dates](references/dates.md) or [more](references/dates.md#more)\n"],
  ["code that names it", "- `references/dates.md`: read it\n"],
])("a page goes with the item that leads to it by %s, each line once", (_, item) => {
  const page = "# Dates\n\n## More\n\nText.\n";
  const whole = skill(`${BASE_TEXT}\n${item}`, { "references/dates.md": page });
  const { units } = unitsBySection(whole, outlineSkill(whole, null));
  const unit = units.find(({ title }) => title === "references/dates.md");

  expect(skillText(unit?.skill ?? whole, "SKILL.md")?.trimEnd()).toBe(BASE_TEXT.trimEnd());
  expect(unit?.lines).toHaveLength(page.trimEnd().split("\n").length + 1);
});

test("a page that is named in plain words stays, for without it they would lead nowhere", () => {
  const whole = skill(`${BASE_TEXT}\n## Dates\n\nFirst read references/dates.md.\n`, {
    "references/dates.md": "# D\n\nText.\n",
  });
  const { left } = unitsBySection(whole, outlineSkill(whole, null));

  expect(left).toEqual([
    expect.objectContaining({ title: "references/dates.md", reason: expect.stringContaining("link-dead") }),
  ]);
});
