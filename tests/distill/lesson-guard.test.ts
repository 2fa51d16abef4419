import { describe, expect, test } from "vitest";
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
  expect(leak(rule)).toMatchObject({ reason: expect.stringContaining(reason), told: expect.stringContaining(reason) });
});

test.each([
  "Start at A1, headings stand in row 1.",
  "Excel counts days from 1900.",
  "Delete rows from the bottom up.",
  "Column H may hold text; convert it first.",
])("%j is a lesson", (rule) => {
  expect(leak(rule)).toBeNull();
});

describe("of a task that is answered with text", () => {
  const question = task({
    id: "val-49153",
    instruction: "Which bird is in the picture of 1987?",
    files: ["ffbg0227_2.png", "page.png"],
    output: null,
  });
  const shown = ['wanted "Blue Heron" or "4821"; found "a stork of 5512"'];
  const found = (rule: string) => leakIn({ title: "t", rule, reason: "r" }, question, shown);

  test.each([
    ["Say blue heron.", "Blue Heron"],
    ["Multiply 17 by 4821 first.", "4821"],
    ["Never say 5512.", "5512"],
  ])("%j: the analyst is not told which value it was, people are", (rule, value) => {
    expect(found(rule)?.reason).toContain(value);
    expect(found(rule)?.told).toBe("it holds a value of its own task");
  });

  test.each([
    ["The year 1987 stands below.", "1987"],
    ["On ffbg0227_2 look to the left.", "ffbg0227_2.png"],
    ["Crop ffbg0227_2.png first.", "ffbg0227_2.png"],
    ["In val-49153 zoom in.", "own task"],
    ["Compare with the expected answer.", "expected answer"],
  ])("%j: what the analyst was shown anyway is named", (rule, named) => {
    expect(found(rule)?.told).toContain(named);
  });

  test.each([
    "Enlarge page.png where print is small.",
    "Take the remainder by 1000 last.",
    "Answer with 10,000 and no unit.",
  ])("%j is a lesson", (rule) => {
    expect(found(rule)).toBeNull();
  });
});
