import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  floatText,
  pythonFloat,
  pythonInt,
  roundHalfEven,
  roundToHundredths,
} from "../../../benchmarks/scoring/python.ts";

test.each([
  ["1_000", 1000],
  [" 5 ", 5],
  ["\u00a05\u2003", 5],
  [".5", 0.5],
  ["5.", 5],
  ["-1.5E-3", -0.0015],
  ["５٣.२", 53.2],
  ["𝟗𝟎", 90],
  ["1e400", Infinity],
  ["-Infinity", -Infinity],
  ["iNf", Infinity],
  ["1,000", null],
  ["1__0", null],
  ["_1", null],
  ["1_", null],
  ["0x10", null],
  ["5%", null],
  ["$5", null],
  ["", null],
  [".", null],
  ["1e", null],
  ["½", null],
  ["\ufeff5", null],
  ["1 000", null],
])("float(%j) is %s", (text, number) => {
  expect(pythonFloat(text)).toBe(number);
});

test("float takes nan in any case", () => {
  expect(pythonFloat(" -NaN ")).toBeNaN();
});

test("int is exact at any size, and takes no fraction", () => {
  expect(pythonInt(" -12_345678901234567890 ")).toBe(-12345678901234567890n);
  expect(pythonInt("+٣")).toBe(3n);
  expect(pythonInt("1.0")).toBeNull();
});

test.each([
  [0.125, 0.12],
  [0.375, 0.38],
  [-0.125, -0.12],
  [2.675, 2.67],
  [1.005, 1],
  [-2.5, -2.5],
  [70368744177663.875, 70368744177663.88],
  [1e22, 1e22],
  [123456789.987, 123456789.99],
])("round(%d, 2) is %d", (x, rounded) => {
  expect(roundToHundredths(x)).toBe(rounded);
});

test("rounding to whole numbers goes to even on ties, on both sides of zero", () => {
  expect([0.5, 1.5, 2.5, -0.5, -1.5, 0.49999999999999994].map(roundHalfEven)).toEqual([0, 2, 2, -0, -2, 0]);
});

test("doubles of any size round and print as Python's own do", (ctx) => {
  const python = findPython();
  if (python === null) return ctx.skip("python3 is not here");
  const numbers = fc.sample(
    fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer({ min: -8e9, max: 8e9 }).map((eighths) => eighths / 8),
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    ),
    { numRuns: 2000, seed: 7 },
  );
  const program =
    "import json,sys\nprint(json.dumps([[repr(float(x)), repr(round(float(x), 2))] for x in json.load(sys.stdin)]))";
  const texts = numbers.map((x) => (Object.is(x, -0) ? "-0" : String(x)));
  const wanted: unknown = JSON.parse(
    execFileSync(python, ["-c", program], { input: JSON.stringify(texts), encoding: "utf8" }),
  );

  expect(numbers.map((x) => [floatText(x), floatText(roundToHundredths(x))])).toEqual(wanted);
});

function findPython(): string | null {
  try {
    execFileSync("python3", ["-c", "pass"]);
    return "python3";
  } catch {
    return null;
  }
}
