import { expect, test } from "vitest";
import { judgeAime } from "../../../../benchmarks/scoring/math/aime.ts";
import { lastInteger } from "../../../../benchmarks/scoring/math/last-integer.ts";

test.each([
  ["\\boxed{42}", true],
  ["\\boxed{ 42 }", true],
  ["$x$ is \\boxed{x=42}", true],
  ["\\boxed{42^\\circ}", true],
  ["\\boxed{42\\text{ cm}}", true],
  ["\\boxed{42\\%}", true],
  ["so $\\boxed 42$ it is", true],
  ["\\fbox{42}", false], // found as a box, but of no form that is unwrapped
  ["so $42$", true],
  ["42", true],
  ["\\boxed{042}", false],
  ["\\boxed{42.0}", false],
  ["\\boxed{m+n=42}", false],
  ["\\boxed{\\text{42}}", false],
  ["Answer: 42", false],
  ["\\boxed{42\\text{ a}\\text{ b}}", false],
  ["", false],
])("the last box, what stands between dollar signs, or all of it: %j -> %j", (response, right) => {
  expect(judgeAime("42", response).right).toBe(right);
});

test("fractions, roots and decimals are brought to one form", () => {
  expect(judgeAime("\\frac{1}{2}", "\\boxed{1/2}").right).toBe(true);
  expect(judgeAime("\\frac{1}{2}", "\\boxed{.5}").right).toBe(true);
  expect(judgeAime("\\frac{\\sqrt{3}}{2}", "\\boxed{\\dfrac{\\sqrt3}{2}}").right).toBe(true);
});

test("what has a slash but is no fraction of whole numbers is compared as it stands", () => {
  expect(judgeAime("a/b", "\\boxed{a/b}").right).toBe(true);
  expect(judgeAime("a/b", "\\boxed{ a/b}").right).toBe(false);
});

test.each([
  ["\\boxed{042}", "42"],
  ["\\boxed{42.0}", "42"],
  ["\\boxed{\\textbf{4{,}200}}", "4200"],
  ["\\boxed{m+n=42}", "42"],
  ["\\boxed{42} and then \\boxed{", "42"],
  ["**Answer:** 42.", "42"],
  ["Answer: 41\nAnswer: -42", "-42"],
  ["\\boxed{43} Answer: 42", "43"],
  ["\\boxed{42.5}", null],
  ["\\boxed{42\\%}", null],
  ["\\boxed{41+1}", null],
  ["it is 42", null],
  ["", null],
])("the integer that is given, whatever its form: %j -> %j", (response, integer) => {
  expect(lastInteger(response)?.toString() ?? null).toBe(integer);
});
