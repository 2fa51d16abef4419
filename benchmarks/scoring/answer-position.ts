/**
 * Parses `answer_position` strings such as `'Sheet 1'!A1:B20,C3`, in the two ways that count.
 *
 * - `official`: RUCKBReasoning/SpreadsheetBench, `evaluation/evaluation.py` at 49b73a9
 * - `trace2skill`: Qwen-Applications/Trace2Skill, `spreadsheetbench_support.py` at 3d0b52a; it trims each piece, and
 *   fills open ends (`A:G`, `3:9`, `B2:B`, `BD2:308`) from the extent of the golden sheet
 *
 * Both are taken with their oddities: `a1:b2` and `$A$1:$B$2` name other columns than they seem to, reversed ranges hold
 * nothing, and the sheet of a piece without one is the golden's first. Recorded cases: the oracle's `ranges.jsonl`.
 */
import { type Box, LAST_COLUMN, LAST_ROW } from "./coordinates.ts";
import { isDigit, pythonInt, strip } from "./python.ts";

export type Rules = "trace2skill" | "official";

/** The position cannot be followed: with the official code, an exception and so a fail. */
export class PositionError extends Error {
  override readonly name = "PositionError";
}

export interface Piece {
  /** Null: the first sheet of the golden workbook. */
  readonly sheet: string | null;
  readonly range: string;
}

/** @throws PositionError when a piece has two exclamation marks */
export function* splitPosition(position: string, rules: Rules): Generator<Piece> {
  for (const written of position.split(",")) {
    const piece = rules === "trace2skill" ? strip(written) : written;
    const parts = piece.split("!");
    if (parts.length > 2) throw new PositionError(`${JSON.stringify(piece)} names more than one sheet`);
    const [sheet, range] = parts.length === 2 ? parts : [null, piece];
    yield { sheet: sheet == null ? null : unquote(sheet), range: unquote(range ?? "") };
  }
}

/**
 * The box of cells that a range means; one with its ends reversed holds none.
 * @param extent of the golden sheet, where open ends reach to
 * @throws PositionError
 */
export function boxOfRange(range: string, rules: Rules, extent: { lastRow: number; lastColumn: number }): Box {
  if (!range.includes(":")) return boxOfCell(range);
  const ends = range.split(":");
  const [start, end] = ends.map(splitEnd);
  if (start === undefined || end === undefined || ends.length > 2)
    throw new PositionError(`${range} has too many parts`);
  const open = rules === "trace2skill";
  return {
    firstColumn: open && start.letters === "" ? 1 : columnNumber(start.letters),
    firstRow: rowNumber(start.digits, open ? 1 : null, range),
    lastColumn: open && end.letters === "" ? extent.lastColumn : columnNumber(end.letters),
    lastRow: rowNumber(end.digits, open ? extent.lastRow : null, range),
  };
}

/** @throws PositionError when the box holds a place that openpyxl takes for no cell */
export function assertCells(box: Box): void {
  if (isEmpty(box)) return;
  if (box.firstColumn < 1) throw new PositionError("a column is missing: whole rows have no value");
  if (box.lastColumn > LAST_COLUMN) throw new PositionError("there is no such column");
  if (box.firstRow < 1 || box.lastRow > LAST_ROW)
    throw new PositionError(`row numbers must be between 1 and ${LAST_ROW}`);
}

export function isEmpty(box: Box): boolean {
  return box.firstColumn > box.lastColumn || box.firstRow > box.lastRow;
}

/** A single cell is looked up by openpyxl itself, which takes `$` and lower case. */
function boxOfCell(name: string): Box {
  const parts = /^\$?([A-Za-z]{1,3})\$?(\p{Nd}+)\n?$/u.exec(name);
  if (parts === null) throw new PositionError(`${JSON.stringify(name)} is not a valid coordinate or range`);
  const column = columnNumber((parts[1] ?? "").toUpperCase());
  const row = rowNumber(parts[2] ?? "", null, name);
  return { firstColumn: column, firstRow: row, lastColumn: column, lastRow: row };
}

/** Digits, wherever they stand, make the row; all else makes the column. */
function splitEnd(end: string): { letters: string; digits: string } {
  const characters = [...end];
  const digits = characters.filter(isDigit).join("");
  return { letters: characters.filter((character) => !isDigit(character)).join(""), digits };
}

/** Base 26 by code points, whatever the characters: lower case, `$` and spaces give numbers of their own. */
function columnNumber(letters: string): number {
  return [...letters].reduce((number, letter) => number * 26 + (letter.codePointAt(0) ?? 0) - 64, 0);
}

function rowNumber(digits: string, whenMissing: number | null, range: string): number {
  if (digits === "" && whenMissing !== null) return whenMissing;
  const number = pythonInt(digits);
  if (number === null) throw new PositionError(`${JSON.stringify(range)} lacks a row number`);
  return Number(number);
}

function unquote(text: string): string {
  return text.replace(/^'+|'+$/g, "");
}
