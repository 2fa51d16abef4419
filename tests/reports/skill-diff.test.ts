import fc from "fast-check";
import { expect, test } from "vitest";
import { diffSkills } from "../../reports/skill-diff.ts";
import { diffLines } from "../../reports/skill-diff-lines.ts";
import { skillDiffText } from "../../reports/skill-diff-text.ts";
import { BASE_TEXT, skill } from "../support/distill-builders.ts";
import { distilled } from "../support/distilled.ts";

const few = fc.array(fc.constantFrom("a", "b", "c", ""), { maxLength: 30 });

test("a diff of any two texts gives both of them back, and no shorter script exists", () => {
  fc.assert(
    fc.property(few, few, (before, after) => {
      const lines = diffLines(before, after);
      const side = (kind: "added" | "removed") => lines.filter((line) => line.kind !== kind).map(({ text }) => text);
      expect(side("added")).toEqual(before);
      expect(side("removed")).toEqual(after);
      const shared = lines.filter(({ kind }) => kind === "same").length;
      expect(shared).toBe(longestCommon(before, after));
      for (const line of lines) {
        if (line.before !== null) expect(before[line.before - 1]).toBe(line.text);
        if (line.after !== null) expect(after[line.after - 1]).toBe(line.text);
      }
    }),
  );
});

/** By the table that everyone knows. */
function longestCommon(one: readonly string[], other: readonly string[]): number {
  let row = Array.from({ length: other.length + 1 }, () => 0);
  for (const text of one) {
    const next = [0];
    for (const [index, second] of other.entries())
      next.push(text === second ? (row[index] ?? 0) + 1 : Math.max(row[index + 1] ?? 0, next[index] ?? 0));
    row = next;
  }
  return row.at(-1) ?? 0;
}

test("files that differ beyond the limit are shown as replaced, whole", () => {
  const numbered = (letter: string) => Array.from({ length: 4_000 }, (_, index) => `${letter}${index}`);

  const lines = diffLines(["same", ...numbered("a")], ["same", ...numbered("b")]);

  expect(lines.filter(({ kind }) => kind === "removed").map(({ text }) => text)).toEqual(["same", ...numbered("a")]);
  expect(lines.filter(({ kind }) => kind === "added").map(({ text }) => text)).toEqual(["same", ...numbered("b")]);
});

test("a changed and a new file are one unified diff with the lessons behind them", () => {
  const after = distilled();
  const diff = diffSkills({ skill: skill(), distillation: null }, after);

  expect(skillDiffText(diff)).toBe(
    [
      "--- a/SKILL.md",
      "+++ b/SKILL.md",
      "@@ -17,10 +17,18 @@",
      ' wb = load_workbook("input.xlsx")',
      " ```",
      "",
      "+- Look at the last row.",
      "+",
      " ## Writing",
      "",
      " Save under the name asked for.",
      "",
      "+- Keep every formula as it is.",
      "+",
      " ### Formulas",
      "",
      " Always re-calc before saving.",
      "+",
      "+## References",
      "+",
      "+- [references/dates.md](references/dates.md): read it when there are dates.",
      "# behind what came: 4 lessons: Keep formulas (support 2); Keep every formula (support 2); Look at",
      "#   the end (support 1); Dates as dates (support 1)",
      "",
      "--- /dev/null",
      "+++ b/references/dates.md",
      "@@ -0,0 +1,3 @@",
      "+# Dates",
      "+",
      "+- Write dates as dates.",
      "# behind what came: 1 lesson: Dates as dates (support 1)",
    ].join("\n"),
  );
  expect(diff.files.map(({ file, status }) => `${file} ${status}`)).toEqual([
    "SKILL.md changed",
    "references/dates.md added",
  ]);
  expect(diff.lessons).toBeNull();
});

test("lessons that stand otherwise in two distillations are told, the others are not", () => {
  const before = distilled();
  const { distillation } = distilled();
  const lessons = distillation.lessons.map((lesson) =>
    lesson.task === "t1"
      ? { ...lesson, fate: { kind: "dropped" as const, stage: "merge" as const, reason: "said already" } }
      : lesson,
  );
  const diff = diffSkills(before, { ...before, distillation: { ...distillation, lessons: lessons.slice(0, 4) } });

  expect(diff.files).toEqual([]);
  expect(diff.lessons?.map(({ id, before: old, after }) => [id, old?.fate, after?.fate])).toEqual([
    ["run/t1.1#1", "in SKILL.md, as e-alone", "dropped (merge) because said already"],
    ["run/t5.1#1", "dropped (analyse) because the fix did not pass", undefined],
  ]);
});

test("texts of strangers cannot steer the terminal, and what is no text is only said to differ", () => {
  const before = skill();
  const binary = new Map([...before.files, ["assets/a.bin", Uint8Array.of(0xff, 0xfe)]]);
  const steering = skill(`${BASE_TEXT}\n\u001b[2J\n`);
  const diff = diffSkills(
    { skill: { ...before, files: binary }, distillation: null },
    { skill: steering, distillation: null },
  );

  const text = skillDiffText(diff);
  expect(text).toContain("+\ufffd[2J");
  expect(text).toContain("a/assets/a.bin and b/assets/a.bin differ, and are no text");
});
