import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { ParityCase } from "../../../benchmarks/parity/parity.ts";
import { wikiTableQuestionsParity } from "../../../benchmarks/parity/wikitablequestions.ts";
import { denotationOf, sameDenotation } from "../../../benchmarks/scoring/denotation.ts";
import { normalizeText, PYTHON_2, PYTHON_3 } from "../../../benchmarks/scoring/denotation-text.ts";
import { python2Float, python2FloatText, python2Int } from "../../../benchmarks/scoring/python2.ts";
import { SetupError, UsageError } from "../../../harness/errors.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const ORACLE = fileURLToPath(new URL("../../../../shared/oracle/wikitablequestions", import.meta.url));
const options = { cacheDirectory: "not-written", rules: null, signal: new AbortController().signal };

const normalize = (text: string) => normalizeText(text, PYTHON_2);
const judge = (target: string[], canonical: string[], predicted: string[]) =>
  sameDenotation(denotationOf(target, canonical), denotationOf(predicted));

test("all recorded verdicts and values of the official evaluator are ours", async (ctx) => {
  if (!existsSync(ORACLE)) return ctx.skip("the recorded verdicts (../shared/oracle/wikitablequestions) are not here");
  const cases: ParityCase[] = [];
  for await (const judged of wikiTableQuestionsParity(ORACLE, options)) cases.push(judged);

  expect(cases.length).toBeGreaterThan(700);
  expect(new Set(cases.map(({ group }) => group)).size).toBeGreaterThan(60);
  expect(cases.filter(({ agrees }) => !agrees)).toEqual([]);
});

test("a folder without recorded verdicts, and rules that are not there, are told", async () => {
  const folder = await temporaryFolder();
  const first = (rules: string | null) =>
    wikiTableQuestionsParity(folder, { ...options, rules })
      [Symbol.asyncIterator]()
      .next();

  await expect(first(null)).rejects.toThrow(SetupError);
  await expect(first("lenient")).rejects.toThrow(UsageError);
});

describe("normalisation", () => {
  test.each([
    ["Sébastien  LOEB", "sebastien loeb"],
    ["ΟΔΟΣ", "οδοσ"], // Python 2 knows no final sigma
    ["“Smart”—‘quotes’", "\"smart\"-'quotes'"],
    ["name[1][note] (b) *†", "name"],
    ["[1]", ""],
    ["[a]", "[a]"], // a bracket that begins the text goes with a number in it only
    ["[a][b]", "[a]"],
    ["[a]*[b]†", "[a]"],
    ["x[[y]", "x"],
    ["x (a (b) c)", "x (a (b) c)"], // groups do not nest: the last one has no opening of its own
    ["x (a (b)", "x"],
    ["(whole)", "(whole)"],
    ["x(y)", "x(y)"],
    ['"x" (y)*', "x"],
    ['"a" and "b"', '"a" and "b"'],
    ['""', ""],
    ["end..", "end."],
    ["\u1680\u180e５\u00a0", "5"],
    ["***", ""],
  ])("%j is %j", (text, wanted) => {
    expect(normalize(text)).toBe(wanted);
  });

  test("Python 3 has other spaces and a final sigma", () => {
    expect(normalizeText("ΟΔΟΣ\u180e", PYTHON_3)).toBe("οδος\u180e");
  });

  test.each([
    ["brackets that never close", `x${"[".repeat(1_000_000)}`],
    ["brackets around", `${"[".repeat(500_000)}${"]".repeat(500_000)}`],
    ["groups and marks in turn", "x (a)*".repeat(200_000)],
    ["quotes", '"'.repeat(1_000_000)],
  ])("a million characters of %s take no time by their square", (_, text) => {
    const start = performance.now();
    normalize(text);

    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe("numbers of Python 2", () => {
  test.each([
    [" +17\u00a0", 17n],
    ["- 1", -1n], // white space behind the sign, which Python 3 does not take
    ["0017", 17n],
    ["١٢", 12n],
    ["123456789012345678901234567890", 123456789012345678901234567890n],
    ["1_000", null],
    ["12L", null],
    ["0x7d3", null],
    ["²", null],
    ["1 2", null],
    ["", null],
  ])("int(%j) is %s", (text, wanted) => {
    expect(python2Int(text)).toBe(wanted);
  });

  test.each([
    ["1e5", 1e5],
    [".5 ", 0.5],
    ["5.", 5],
    ["nan", null],
    ["-inf", null],
    ["1e999", null],
    ["1_0.5", null],
    ["- 1.5", null],
    ["1,000.5", null],
  ])("float(%j) is %s, where it is finite", (text, wanted) => {
    expect(python2Float(text)).toBe(wanted);
  });

  test.each([
    [0.1 + 0.2, "0.3"],
    [1234567890.125, "1234567890.12"], // a tie, to the even digit
    [1234567890.375, "1234567890.38"],
    [1e-5, "1e-05"],
    [123456789012.6, "123456789013.0"],
    [1234567890123.4, "1.23456789012e+12"],
    [5, "5.0"],
    [-2.5, "-2.5"],
  ])("str(%d) is %j", (x, wanted) => {
    expect(python2FloatText(x)).toBe(wanted);
  });
});

describe("answers", () => {
  test.each([
    ["the words as typed", ["17 years"], ["17.0"], ["17 Years."], true],
    ["the number in them", ["17 years"], ["17.0"], [" 17 "], true],
    ["another unit", ["17 years"], ["17.0"], ["17 units"], false],
    ["a number with a separator that was typed so", ["100,000"], ["100000.0"], ["100,000"], true],
    ["a number that is cut off, not rounded", ["17"], ["17.0"], ["16.9999999"], false],
    ["a number next to it", ["7"], ["7.0"], ["7.0000001"], true],
    ["a year alone, which is a number", ["1976"], ["1976.0"], ["1976-xx-xx"], true],
    ["a date in full", ["December 6, 2010"], ["2010-12-06"], ["2010-12-6"], true],
    ["a date without its day", ["December 6, 2010"], ["2010-12-06"], ["2010-12-xx"], false],
    ["a day without its year", ["October 13"], ["xxxx-10-13"], ["XX-10-13"], true],
    ["a 30 February, which no one checks", ["x"], ["1999-02-30"], ["1999-02-30"], true],
    ["a month 13, which is text", ["x"], ["1999-12-09"], ["1999-13-09"], false],
    ["numbers that count once", ["5"], ["5.0"], ["5", "5.0", "05"], true],
    ["a number and a text that look alike, which count twice", ["17 years"], ["17.0"], ["17", "17 years"], false],
    ["items in another order", ["a", "b"], ["a", "b"], ["B", "A"], true],
    ["two targets that one item matches", ["5", "5 km"], ["5.0", "5.1"], ["5", "x"], false],
    ["nothing", ["a"], ["a"], [], false],
    ["an integer beyond all floats", ["1"], ["1.0"], ["9".repeat(400)], false],
  ])("%s", (_, target, canonical, predicted, right) => {
    expect(judge(target, canonical, predicted)).toBe(right);
  });

  test("without a canonical text, the typed one speaks for itself", () => {
    expect(denotationOf(["17 years", "17", "2010-12-06"]).map(({ kind }) => kind)).toEqual([
      "string",
      "number",
      "date",
    ]);
    expect(denotationOf(["", "x"], ["2.50", ""])).toEqual([
      { kind: "number", normalized: "2.5", amount: 2.5 },
      { kind: "string", normalized: "x" },
    ]);
  });
});
