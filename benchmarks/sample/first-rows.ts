/** The preview of a sheet that is still in memory, so that no workbook need be written to show its first rows. */
import { previewSheet } from "../preview.ts";
import { cellKey, parseBox } from "../scoring/coordinates.ts";
import type { SheetValue } from "../scoring/values.ts";
import { type Cell, type Sheet, shownValue } from "./sheet.ts";

const DAY_MS = 86_400_000;
/** Serial day of 1970-01-01. */
const UNIX_EPOCH_DAY = 25_569;

/** The text that `previewRows` would give for the written workbook: a test holds them against each other. */
export function previewOf(sheet: Sheet | undefined): string {
  if (sheet === undefined) return previewSheet(null);
  const cells = new Map<number, SheetValue>();
  sheet.rows.forEach((line, row) => {
    line.forEach((cell, column) => {
      const value = sheetValue(shownValue(cell));
      if (value !== null) cells.set(cellKey(row + 1, column + 1), value);
    });
  });
  const { row, column } = extentOf(sheet);
  return previewSheet({ cells, lastRow: row, lastColumn: column });
}

function sheetValue(value: Exclude<Cell, { formula: string }>): SheetValue | null {
  if (value === null) return null;
  if (typeof value === "string") return { kind: "str", value };
  if (value instanceof Date)
    return { kind: "datetime", day: value.getTime() / DAY_MS + UNIX_EPOCH_DAY, microsecond: 0 };
  return Number.isInteger(value) ? { kind: "int", value: BigInt(value) } : { kind: "float", value };
}

/** Last row and column that the written sheet has, with those that only a merged title reaches. */
function extentOf({ rows, merges }: Sheet): { row: number; column: number } {
  const ends = merges.map((range) => parseBox(range)?.lastColumn ?? 0);
  return { row: rows.length, column: Math.max(0, ...rows.map((line) => line.length), ...ends) };
}
