import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  normalForm,
  type SheetValue,
  sameValue,
  TooLargeError,
  valueText,
} from "../../../benchmarks/scoring/values.ts";
import { fromTyped, hasOracle, NO_ORACLE, readOracle, Typed, toTyped } from "./oracle.ts";

const text = (value: string): SheetValue => ({ kind: "str", value });
const float = (value: number): SheetValue => ({ kind: "float", value });
const int = (value: bigint): SheetValue => ({ kind: "int", value });
const NOON = { kind: "time", microsecond: 43_200e6 } as const;

test("recorded pairs of values: equality and both normal forms are Python's", (ctx) => {
  if (!hasOracle) ctx.skip(NO_ORACLE);
  const shape = z.object({ id: z.string(), a: Typed, b: Typed, equal: z.boolean(), a_normal: Typed, b_normal: Typed });
  const pairs = readOracle("values.jsonl", shape);

  const found = pairs.map(({ id, a, b }) => {
    const [left, right] = [fromTyped(a), fromTyped(b)];
    const [a_normal, b_normal] = [toTyped(normalForm(left)), toTyped(normalForm(right))];
    return { id, a, b, equal: sameValue(left, right), a_normal, b_normal };
  });

  expect(pairs.length).toBeGreaterThan(600);
  expect(found).toEqual(pairs);
});

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
