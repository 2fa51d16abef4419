import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { bites, teaches } from "../../../harness/simulator/habit.ts";
import { curedBy, HABITS, VAGUE_LESSONS } from "../../../harness/simulator/habits.ts";

const REAL_SKILLS = new URL("../../../../shared/data/trace2skill_run_real/skills.json", import.meta.url);

const WEAK_SKILL = `# Spreadsheet work
- Read the task carefully and look at the workbook, its sheets, its rows and its columns first.
- Choose pandas or openpyxl as fits; formulas, values, numbers, dates and text must be right.
- Write formulas as formulas and keep data types; do not turn numbers into text.
- Delete rows with care. Empty rows may occur. Check sheet names.
- Write into the answer range on the right sheet, and do not lose other sheets or formats.
- Verify the output before you finish; read every requirement again. Give the answer asked for.
`;

test("every wording of every lesson teaches its remedy, by its rule alone as by its whole bullet", () => {
  for (const habit of HABITS) {
    expect(habit.lessons.length, habit.name).toBeGreaterThanOrEqual(2);
    for (const { title, rule, reason } of habit.lessons) {
      expect(teaches(habit, rule), `${habit.name}: ${rule}`).toBe(true);
      expect(teaches(habit, `## X\n\n- **${title}.** ${rule} ${reason}\n`), habit.name).toBe(true);
    }
  }
});

test("a lesson cures its own habit and no other, and shows no habit's sign", () => {
  for (const habit of HABITS) {
    for (const { title, rule, reason } of habit.lessons) {
      const text = `${title}. ${rule} ${reason}`;
      expect(curedBy(text).map(({ name }) => name)).toEqual([habit.name]);
      expect(HABITS.filter(({ sign }) => sign.test(text)).map(({ name }) => name)).toEqual([]);
    }
  }
});

test("no lesson holds a number or a cell that a task could hold as well", () => {
  for (const lesson of HABITS.flatMap(({ lessons }) => lessons))
    expect(Object.values(lesson).join(" ")).not.toMatch(/\d{2}|\b[A-Z]\d/);
});

test("what the agent says when a habit bites shows the sign of that habit alone, or what it does to an answer shows it", () => {
  for (const { name, spoil, says } of HABITS) {
    const code = spoil.at === "answer" || spoil.at === "book" ? spoil.python : "";
    const changed = spoil.at === "text" ? spoil.change("7") : "";
    const shown = HABITS.filter(({ sign }) => sign.test(`${says}\n${code}\n${changed}`));
    expect(
      shown.map((habit) => habit.name),
      name,
    ).toEqual([name]);
  }
});

test("general advice and vague lessons cure nothing, though they name all the things that matter", () => {
  expect(curedBy(WEAK_SKILL)).toEqual([]);
  for (const lesson of VAGUE_LESSONS) expect(curedBy(Object.values(lesson).join(" "))).toEqual([]);
});

test("the words of a remedy scattered over several lines do not teach it", () => {
  const [first] = HABITS;
  const scattered = first!.lessons[0]!.rule.replaceAll(" ", "\n- ");
  expect(teaches(first!, scattered)).toBe(false);
});

test("a remedy that wraps over indented lines is still one line to the reader", () => {
  const habit = HABITS.find(({ name }) => name === "ascending-deletes")!;
  expect(teaches(habit, "- When you delete several rows\n  work from the bottom up.")).toBe(true);
  expect(teaches(habit, "- When you delete several rows\n- work from the bottom up.")).toBe(false);
});

test("the start skills that a real model wrote from what it knew cure nothing", async (ctx) => {
  const text = await readFile(REAL_SKILLS, "utf8").catch(() => null);
  if (text === null) return ctx.skip("the recorded run is not there");
  const skills = Object.entries(JSON.parse(text) as Record<string, string>).filter(([path]) =>
    path.startsWith("skills/"),
  );
  expect(skills.length).toBeGreaterThan(0);
  for (const [path, skill] of skills)
    expect(
      curedBy(skill).map(({ name }) => name),
      path,
    ).toEqual([]);
});

test("a habit bites at its propensity, by task, seed and size and by nothing else", () => {
  const habit = HABITS.find(({ name }) => name === "formula-without-value")!;
  const rate = (size: "small" | "large", kind: string) =>
    Array.from({ length: 4000 }, (_, n) => bites(habit, { task: `t${n}`, kind, program: "" }, 41, size)).filter(Boolean)
      .length / 4000;
  expect(rate("large", "sort")).toBeCloseTo(habit.propensity.large, 1);
  expect(rate("small", "sort")).toBeGreaterThan(rate("large", "sort"));
  expect(rate("large", "fill-formula-down")).toBeGreaterThan(rate("large", "sort"));
  const one = { task: "t1", kind: "", program: null };
  expect(bites(habit, one, 41, "large")).toBe(bites(habit, one, 41, "large"));
});
