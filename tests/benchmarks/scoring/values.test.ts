import { describe, expect, test } from "vitest";
import {
  normalForm,
  type SheetValue,
  sameValue,
  TooLargeError,
  valueText,
} from "../../../benchmarks/scoring/values.ts";

const text = (value: string): SheetValue => ({ kind: "str", value });
const float = (value: number): SheetValue => ({ kind: "float", value });
const int = (value: bigint): SheetValue => ({ kind: "int", value });
const NOON = { kind: "time", microsecond: 43_200e6 } as const;

describe("what people trip over", () => {
  test.each([
    ["nothing and empty text", { kind: "none" } as const, text(""), true],
    ["nothing and zero", { kind: "none" } as const, int(0n), false],
    ["TRUE and 1", { kind: "bool", value: true } as const, int(1n), true],
    ["a number and its text", float(1000), text(" 1_000 "), true],
    ["a number and its text with a thousands separator", float(1000), text("1,000"), false],
    ["numbers that round to the same hundredth", float(0.001), float(0.004), true],
    ["exact ties go to the even hundredth", float(0.125), float(0.12), true],
    ["a day and its serial number", { kind: "datetime", day: 45_000, microsecond: 0 } as const, int(45_000n), true],
    ["a day and its ISO text", { kind: "datetime", day: 45_000, microsecond: 0 } as const, text("2023-03-15"), false],
    ["times within one minute", NOON, { ...NOON, microsecond: NOON.microsecond + 59e6 }, true],
    ["a time and the fraction of a day", NOON, float(0.5), false],
    ["NaN and itself", text("nan"), text("nan"), false],
    ["text in another case", text("Total"), text("total"), false],
    ["a number and itself", float(0.1), float(0.1), true],
    ["NaN as a number and itself", float(Number.NaN), float(Number.NaN), false],
    ["text that reads as NaN, in any case and with spaces, and itself", text(" NAN "), text(" NAN "), false],
    ["a word with nan in it and itself", text("Nancy"), text("Nancy"), true],
    ["infinite numbers in text", text("1e999"), text("inf"), true],
  ])("%s", (_, a, b, equal) => {
    expect(sameValue(a as SheetValue, b as SheetValue)).toBe(equal);
  });
});

test("an integer beyond the floats has no normal form, as in Python", () => {
  expect(() => normalForm(int(10n ** 400n))).toThrow(TooLargeError);
});

test.each([
  ["1e+16", float(1e16)],
  ["1e-05", float(0.00001)],
  ["100.0", float(100)],
  ["123456.789", float(123456.789)],
  ["-1 day, 1:00:00", { kind: "timedelta", day: -1, microsecond: 3600e6 } as const],
  ["2 days, 0:00:00.000500", { kind: "timedelta", day: 2, microsecond: 500 } as const],
  ["2023-03-15 00:00:00", { kind: "datetime", day: 45_000, microsecond: 0 } as const],
  ["False", { kind: "bool", value: false } as const],
])("a message shows %s, as str() gives it", (shown, value) => {
  expect(valueText(value as SheetValue)).toBe(shown);
});
