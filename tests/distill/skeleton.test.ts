import { expect, test } from "vitest";
import { refuseUnreadable, renamed, skeleton } from "../../distill/skeleton.ts";
import { lintSkill } from "../../harness/skill/lint.ts";
import { skillText } from "../../harness/skill/skill.ts";
import { BASE_TEXT, skill } from "../support/distill-builders.ts";

test("the bare frame keeps all rules of the format, whatever the kinds of task are called", () => {
  const frame = skeleton("sheet-work", ["look-up", 'a "quoted" <kind>', "look-up"]);
  expect(lintSkill(frame, "sheet-work")).toEqual([]);
  expect(frame.description).toContain("look-up");
});

test("a renamed skill differs in its name and in nothing else", () => {
  expect(skillText(renamed(skill(), "better"), "SKILL.md")).toBe(BASE_TEXT.replace("name: weak", "name: better"));
});

test("a name that the format does not allow is refused", () => {
  expect(() => renamed(skill(), "Not Good")).toThrow(/small letters, digits and single hyphens/);
  expect(() => skeleton("Not Good", [])).toThrow(/small letters, digits and single hyphens/);
});

test("a start skill with a page that no parser could take is refused with its line", () => {
  const heavy = skill(BASE_TEXT, { "references/a.md": `# A\n\n${">".repeat(5000)} a\n` });
  expect(() => refuseUnreadable(heavy)).toThrow(/cannot be edited by program: references\/a\.md:3: 5000 quotes/);
  expect(refuseUnreadable(skill())).toEqual(skill());
});
