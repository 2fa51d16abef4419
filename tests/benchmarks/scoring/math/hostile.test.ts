/** Answers that are made to cost much: the limits hold before anything is computed, and no text is ever executed. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { judgeAime } from "../../../../benchmarks/scoring/math/aime.ts";
import { judgeMinerva, judgeStrictBox } from "../../../../benchmarks/scoring/math/dapo.ts";
import { judgeMath } from "../../../../benchmarks/scoring/math/equivalence.ts";
import { exactValue } from "../../../../benchmarks/scoring/math/exact-value.ts";
import { lastInteger } from "../../../../benchmarks/scoring/math/last-integer.ts";
import { MOST_BITS, MOST_NODES } from "../../../../benchmarks/scoring/math/limits.ts";
import { parseLatex } from "../../../../benchmarks/scoring/math/parse-latex.ts";
import { everyPart } from "../../../../benchmarks/scoring/math/syntax.ts";
import { HOSTILE } from "../../../support/hostile-answers.ts";

test.each(Object.entries(HOSTILE))("%s is wrong by every rule, alone, in a box and in a text", (_, hostile) => {
  for (const response of [hostile, `\\boxed{${hostile}}`, `Answer: $${hostile}$`]) {
    expect(judgeMath(String.raw`\sqrt{2}+x`, response).right).toBe(false);
    expect(judgeMath(String.raw`\{\sqrt2, 3\}`, response, { alone: true }).right).toBe(false);
    expect(judgeMinerva("277", response).right).toBe(false);
    expect(judgeStrictBox("277", response).right).toBe(false);
    expect(judgeAime("277", response).right).toBe(false);
    expect(lastInteger(response)).not.toBe(277n);
  }
});

test.each([
  ["deep", `${"(".repeat(10_000)}1${")".repeat(10_000)}`],
  ["long", "x+".repeat(500_000)],
  ["of many parts", `${"x+".repeat(700)}x`],
  ["with a number of too many digits", "7".repeat(1_000)],
  ["with too many members", `\\{${"1,".repeat(700)}1\\}`],
])("a formula that is too large is not read: %s", (_, formula) => {
  expect(parseLatex(formula)).toBeNull();
});

test.each([
  "9^{9^{9^{9}}}",
  "10^{10^{10}}",
  "2^{-10^{10}}",
  "1000000000!",
  "170!!!",
  "\\binom{10^{11}}{5000000}",
  "0^{-1}",
])("%s has no exact value within the limits", (formula) => {
  const value = parseLatex(formula);

  expect(value).not.toBeNull();
  expect(value && exactValue(value, null)).toBeNull();
});

test("names of functions that mathjs has are letters here, and calls of them are in no grammar", () => {
  expect(parseLatex('import("fs")')).toBeNull();
  expect(parseLatex('evaluate("1+1")')).toBeNull();
  expect(judgeMath("2", '\\boxed{evaluate("1+1")}').right).toBe(false);
  expect(judgeMath("2", "\\boxed{\\operatorname{evaluate}(2)}").ground).toBe("not-in-grammar");
});

const piece = fc.constantFrom(
  ..."\\frac \\sqrt { } ( ) [ ] \\{ \\} ^ _ + - * / = < \\le \\cup \\in \\pm ! % | , ; . 1 23 0.5 x y i e \\pi \\infty \\text \\sin \\log \\left( \\right) \\begin{pmatrix} \\end{pmatrix} & \\\\ \\boxed{ $ answer: \\binom \\infty ' \" ~ # \u202e 𝟗 ² ∫".split(
    " ",
  ),
);
const formula = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(""));

test("whatever is written, a verdict comes, and what was read keeps the limits", () => {
  fc.assert(
    fc.property(formula, formula, (wanted, response) => {
      const { ground, right } = judgeMath(wanted, response);
      expect(right).toBe(ground === "equal" || ground === "same-text");
      judgeMath(wanted, response, { alone: true });
      const value = parseLatex(response);
      if (value === null) return;
      expect(everyPart(value).length).toBeLessThanOrEqual(MOST_NODES);
      const exact = exactValue(value, null);
      if (exact !== null) expect(exact.numerator < 1n << BigInt(MOST_BITS + 1)).toBe(true);
    }),
    { numRuns: 1_500, seed: 20_260 },
  );
});

test("an answer is equal to itself, whatever it says", () => {
  fc.assert(
    fc.property(formula, (text) => {
      const { ground } = judgeMath(text, text, { alone: true });
      return text.includes("$") || text.includes("\\boxed") || ["equal", "same-text", "nothing-found"].includes(ground);
    }),
    { numRuns: 500, seed: 20_261 },
  );
});
