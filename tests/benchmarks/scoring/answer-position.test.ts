import { expect, test } from "vitest";
import { boxOfRange, isEmpty, PositionError, splitPosition } from "../../../benchmarks/scoring/answer-position.ts";

test("open ends reach to the golden's extent under the paper's rules and fail under the official ones", () => {
  const extent = { lastRow: 10, lastColumn: 5 };

  expect(boxOfRange("B2:B", "trace2skill", extent)).toEqual({
    firstColumn: 2,
    firstRow: 2,
    lastColumn: 2,
    lastRow: 10,
  });
  expect(boxOfRange("3:9", "trace2skill", extent)).toEqual({ firstColumn: 1, firstRow: 3, lastColumn: 5, lastRow: 9 });
  expect(() => boxOfRange("A:G", "official", extent)).toThrow(PositionError);
});

test("a range whose end lacks a column is empty where the sheet is narrower", () => {
  expect(isEmpty(boxOfRange("BD2:308", "trace2skill", { lastRow: 400, lastColumn: 30 }))).toBe(true);
});

test("pieces are trimmed by the paper's rules only", () => {
  expect([...splitPosition("'A b'!A1, 'C'!B2:B3", "trace2skill")]).toEqual([
    { sheet: "A b", range: "A1" },
    { sheet: "C", range: "B2:B3" },
  ]);
  expect([...splitPosition("A1, B2", "official")]).toEqual([
    { sheet: null, range: "A1" },
    { sheet: null, range: " B2" },
  ]);
});

test.each(["", "MyRange", "A1;B2", "A1：B2", "A0x", "ABCD1"])("a lone piece %j is no cell", (piece) => {
  expect(() => boxOfRange(piece, "official", { lastRow: 1, lastColumn: 1 })).toThrow(PositionError);
});
