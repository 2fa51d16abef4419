/** Cell names such as `AB12`, as openpyxl reads them. */
import { pythonInt } from "./python.ts";

export const LAST_ROW = 1_048_576;
/** openpyxl takes columns up to `ZZZ`, beyond Excel's `XFD`. */
export const LAST_COLUMN = 18_278;

export interface Box {
  readonly firstColumn: number;
  readonly firstRow: number;
  readonly lastColumn: number;
  readonly lastRow: number;
}

/** One number for a place on a sheet; keys are in the order of rows. */
export function cellKey(row: number, column: number): number {
  return row * 32_768 + column;
}

export function placeOf(key: number): { row: number; column: number } {
  const row = Math.floor(key / 32_768);
  return { row, column: key - row * 32_768 };
}

/** `A` for 1; the empty text below that. */
export function columnName(column: number): string {
  let name = "";
  for (let left = column; left > 0; left = Math.floor((left - 1) / 26)) {
    name = String.fromCharCode(65 + ((left - 1) % 26)) + name;
  }
  return name;
}

export function cellName(row: number, column: number): string {
  return `${columnName(column)}${row}`;
}

/** The key of a name written in a sheet's XML, or null where openpyxl would refuse it. */
export function parseCellName(name: string): number | null {
  let column = 0;
  let at = 0;
  for (; at < name.length; at += 1) {
    const letter = name.charCodeAt(at) & ~0x20; // upper case
    if (letter < 65 || letter > 90) break;
    column = column * 26 + letter - 64;
  }
  if (at === 0 || at > 3) return null;
  const row = wholeNumber(name, at);
  return row === null ? null : cellKey(row, column);
}

/** `A1:B2` or `A1` as merged ranges and hyperlinks have it; null for anything else. */
export function parseBox(text: string): Box | null {
  const [first = "", last = first, ...more] = text.replaceAll("$", "").split(":");
  const [from, to] = [parseCellName(first), parseCellName(last)];
  if (from === null || to === null || more.length > 0) return null;
  const [start, end] = [placeOf(from), placeOf(to)];
  if (start.row > end.row || start.column > end.column) return null;
  return { firstColumn: start.column, firstRow: start.row, lastColumn: end.column, lastRow: end.row };
}

export function isInside(box: Box, row: number, column: number): boolean {
  return row >= box.firstRow && row <= box.lastRow && column >= box.firstColumn && column <= box.lastColumn;
}

function wholeNumber(text: string, from: number): number | null {
  let number = 0;
  for (let at = from; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return slowNumber(text.slice(from));
    number = number * 10 + digit;
  }
  return from < text.length && number < 2 ** 37 ? number : null;
}

/** What is rare: digits of other scripts, underscores, white space. */
function slowNumber(text: string): number | null {
  const number = Number(pythonInt(text) ?? Number.NaN);
  return number >= 0 && number < 2 ** 37 ? number : null;
}
