import { expect, test } from "vitest";
import { judgeMinerva, judgeStrictBox } from "../../../../benchmarks/scoring/math/dapo.ts";

test.each([
  ["Answer: 42", true],
  ["answer :\n 42", true],
  ["Answer: x = 42", true],
  ["Answer: 4,200 is not it\nAnswer: $42$ dollars", true],
  ["Answer: \\boxed{42}", true],
  ["Answer: 42^{\\circ}", true],
  ["Answer: \\text{42}", true],
  ["an\u017fwer: 42", true], // Python folds the long s
  ["Answer:\u001c42", true], // a separator is white space in Python
  ["Answer: 42.", false],
  ["**Answer:** 42", false],
  ["Answer: 42%", false],
  ["42", false],
  ["Answer: 42\nAnswer: 43", false],
  ["", false],
])("minerva takes what follows the last Answer: %j -> %j", (response, right) => {
  expect(judgeMinerva("42", response).right).toBe(right);
});

test("commas go only where all the rest is digits, in the accepted answer as well", () => {
  expect(judgeMinerva("4200", "Answer: 4,200").right).toBe(true);
  expect(judgeMinerva("4,200", "Answer: 4200").right).toBe(true);
  expect(judgeMinerva("(4,200)", "Answer: (4200)").right).toBe(false);
});

test("the window is 300 characters by code points: characters of two units count once", () => {
  const wide = "𝟙".repeat(290);

  expect(judgeMinerva("42", `Answer: 42\n${wide.slice(0, 2 * 289)}`).right).toBe(true);
  expect(judgeMinerva("42", `Answer: 42\n${wide}`).right).toBe(false);
});

test("malformed fractions and roots are mended before texts are compared", () => {
  expect(judgeMinerva("\\frac{1}{2}", "Answer: \\frac12").right).toBe(true);
  expect(judgeMinerva("\\sqrt{3}", "Answer: \\sqrt3").right).toBe(true);
});

test.each([
  ["\\boxed{42}", true],
  ["\\boxed{41} \\boxed{42}", true],
  ["\\boxed{\\boxed{42}}", true],
  ["\\boxed{ 42 }", false],
  ["\\boxed{\\text{42}}", false],
  ["\\boxed{42", false],
  ["\\fbox{42}", false],
  [`\\boxed{42}${".".repeat(90)}`, true],
  [`\\boxed{42}${".".repeat(91)}`, false],
])("strict box wants the bare answer in the last box of the last 100 characters: %j -> %j", (response, right) => {
  expect(judgeStrictBox("42", response).right).toBe(right);
});
