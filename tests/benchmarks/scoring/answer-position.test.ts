import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { z } from "zod";
import {
  boxOfRange,
  isEmpty,
  PositionError,
  type Rules,
  splitPosition,
} from "../../../benchmarks/scoring/answer-position.ts";
import { type Box, columnName } from "../../../benchmarks/scoring/coordinates.ts";
import { hasOracle, NO_ORACLE, readOracle } from "./oracle.ts";

const Expansion = z.object({
  exception: z.string().optional(),
  count: z.number().optional(),
  sha256: z.string().optional(),
});
const RangeCase = z.object({
  range: z.string(),
  max_row: z.number().nullable(),
  max_col: z.number().nullable(),
  official: z.union([Expansion, z.string()]),
  trace2skill: z.union([Expansion, z.string()]),
});

test("recorded ranges expand to the same cell names under both rule sets", (ctx) => {
  if (!hasOracle) ctx.skip(NO_ORACLE);
  const cases = readOracle("ranges.jsonl", RangeCase).filter(({ range }) => range.includes(":"));

  const found = cases.map(({ range, max_row, max_col }) => {
    const extent = { lastRow: max_row ?? Number.NaN, lastColumn: max_col ?? Number.NaN };
    return [range, hashOfNames(range, "official", extent), hashOfNames(range, "trace2skill", extent)];
  });

  expect(cases.length).toBeGreaterThan(80);
  expect(found).toEqual(
    cases.map(({ range, official, trace2skill }) => [range, hashIn(official), hashIn(trace2skill)]),
  );
});

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

/** Null where the official code raised. */
function hashIn(recorded: z.infer<typeof Expansion> | string): string | null {
  return typeof recorded === "string" ? null : (recorded.sha256 ?? null);
}

/** SHA-256 of the names as the official code lists them, or null when it raises. */
function hashOfNames(range: string, rules: Rules, extent: { lastRow: number; lastColumn: number }): string | null {
  try {
    return createHash("sha256")
      .update(namesIn(boxOfRange(range, rules, extent)).join("\n"))
      .digest("hex");
  } catch (error) {
    if (error instanceof PositionError) return null;
    throw error;
  }
}

function namesIn(box: Box): string[] {
  const names: string[] = [];
  for (let column = box.firstColumn; column <= box.lastColumn; column += 1) {
    for (let row = box.firstRow; row <= box.lastRow; row += 1) names.push(`${columnName(column)}${row}`);
  }
  return names;
}
