/** Finds the cells of one range in a workbook that an agent left. Benchmarks use `readCells`, which does this on a thread. */
import { boxOfRange, PositionError } from "./answer-position.ts";
import { type Box, isInside, placeOf } from "./coordinates.ts";
import type { SheetValue } from "./values.ts";
import type { Workbook } from "./workbook.ts";
import { openUntrustedWorkbook, unreadable } from "./workbook-file.ts";
import type { Worksheet } from "./worksheet.ts";

export interface CellsWanted {
  /** Case and spaces count; null: the first sheet, in order of tabs. */
  readonly sheet: string | null;
  /** `B2:B500`, `C7`; open ends such as `B2:B` or `A:C` reach to the last row or column that the sheet has. */
  readonly range: string;
  /** The first so many cells with a value are returned; 10,000 when left out. */
  readonly most?: number;
}

export interface FoundCell {
  /** Both from 1. */
  readonly row: number;
  readonly column: number;
  /** As openpyxl reads it with `data_only=True`, so never "none"; `valueText` in `values.ts` gives its text. */
  readonly value: SheetValue;
}

export type FoundCells =
  | {
      readonly kind: "cells";
      /** The sheet they are of. */
      readonly sheet: string;
      /** Those with a value, column by column and each from the top. */
      readonly cells: readonly FoundCell[];
      /** How many there are in the range, kept or not. */
      readonly filled: number;
    }
  /** The file is missing, damaged, hostile, or has no such sheet: in words, and the fault of whoever made it. */
  | { readonly kind: "problem"; readonly problem: string };

const MOST_CELLS = 10_000;
const MAX_TEXT = 32_767;

/** Reads on this thread; never throws for what is in the file. Sheets other than the one asked for are not looked at. */
export async function findCells(path: string, wanted: CellsWanted): Promise<FoundCells> {
  const file = openUntrustedWorkbook(path);
  if ("problem" in file) return problem(file.problem);
  try {
    return findIn(file.workbook, wanted);
  } catch (error) {
    return problem(error instanceof PositionError ? error.message : unreadable(error).problem);
  }
}

function findIn(workbook: Workbook, { sheet: asked, range, most = MOST_CELLS }: CellsWanted): FoundCells {
  const { sheetNames } = workbook;
  const name = asked ?? sheetNames[0];
  const sheet = name === undefined ? null : workbook.sheet(name);
  if (name === undefined || sheet === null) {
    const shown = sheetNames.slice(0, 10).map((name) => JSON.stringify(name.slice(0, 50)));
    return problem(`there is no sheet ${JSON.stringify(asked)}; found: ${shown.join(", ") || "none"}`);
  }
  return cellsIn(sheet, name, boxOfRange(range, "trace2skill", sheet), most);
}

function cellsIn(sheet: Worksheet, name: string, box: Box, most: number): FoundCells {
  const inside: FoundCell[] = [];
  for (const [key, value] of sheet.cells) {
    const { row, column } = placeOf(key);
    if (isInside(box, row, column)) inside.push({ row, column, value });
  }
  inside.sort((a, b) => a.column - b.column || a.row - b.row);
  return { kind: "cells", sheet: name, cells: inside.slice(0, most).map(cut), filled: inside.length };
}

function cut(cell: FoundCell): FoundCell {
  const { value } = cell;
  if (value.kind !== "str" || value.value.length <= MAX_TEXT) return cell;
  return { ...cell, value: { kind: "str", value: value.value.slice(0, MAX_TEXT).toWellFormed() } };
}

function problem(text: string): FoundCells {
  return { kind: "problem", problem: text };
}
