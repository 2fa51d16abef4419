import { expect, test } from "vitest";
import { leakIn } from "../../distill/lesson-guard.ts";
import { task } from "../support/builders.ts";

const verdicts = ["all agree", "Sheet1!H17: wanted 4821.5, found nothing", 'A1: expected "Blue Heron", found "x"'];
const own = task({ id: "13-1", instruction: "Fill in column H from H3 to H17." });
const leak = (rule: string) => leakIn({ title: "t", rule, reason: "r" }, own, verdicts);

test.each([
  ["Write the total 4821.5.", "value"],
  ["Write blue heron first.", "value"],
  ["Turn \u202E around.", "U+202E"],
  ["Write to H17 at once.", "cell"],
  ["In task 13-1 the total is last.", "own task"],
  ["Compare with the golden file.", "answer"],
  ["Match the ground truth.", "answer"],
])("%j is no lesson for other tasks", (rule, reason) => {
  expect(leak(rule)).toContain(reason);
});

test.each([
  "Start at A1, headings stand in row 1.",
  "Excel counts days from 1900.",
  "Delete rows from the bottom up.",
  "Column H may hold text; convert it first.",
])("%j is a lesson", (rule) => {
  expect(leak(rule)).toBeNull();
});
