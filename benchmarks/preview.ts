/** The first rows of a workbook as text, for a task's instruction; as in the paper, of the active sheet and cached values only. */
import { BenchmarkError } from "../harness/roles.ts";
import { cellKey } from "./scoring/coordinates.ts";
import { NOTHING, valueText } from "./scoring/values.ts";
import type { Workbook } from "./scoring/workbook.ts";
import { readWorkbook } from "./scoring/workbook-file.ts";
import type { Worksheet } from "./scoring/worksheet.ts";

const ROWS = 5;
/** Some sheets are formatted to the last column; an instruction should not carry all of that. */
const MAX_COLUMNS = 60;
const MAX_CELL_CHARACTERS = 200;

/**
 * One line a row, such as `("Name", "12", "")`, then how many rows follow.
 * @throws BenchmarkError when the workbook cannot be read
 */
export async function previewRows(path: string): Promise<string> {
  const file = await readWorkbook(path);
  if ("problem" in file) throw new BenchmarkError(`${path}: ${file.problem}`);
  return previewSheet(activeSheet(file.workbook));
}

/** The same for a sheet that was read, or laid out, already. */
export function previewSheet(sheet: Pick<Worksheet, "cells" | "lastRow" | "lastColumn"> | null): string {
  if (sheet === null || sheet.cells.size === 0) return "(the sheet is empty)";
  const shown = Math.min(ROWS, sheet.lastRow);
  const lines = Array.from({ length: shown }, (_, index) => rowText(sheet, index + 1));
  const left = sheet.lastRow - shown;
  return [...lines, ...(left > 0 ? [`... (${left} more rows)`] : [])].join("\n");
}

function activeSheet(workbook: Workbook): Worksheet | null {
  const names = [workbook.activeSheet, ...workbook.sheetNames].filter((name) => name !== null);
  for (const name of names) {
    const sheet = workbook.sheet(name);
    if (sheet !== null) return sheet; // null: the active sheet is a chart
  }
  return null;
}

function rowText(sheet: Pick<Worksheet, "cells" | "lastColumn">, row: number): string {
  const shown = Math.min(MAX_COLUMNS, sheet.lastColumn);
  const cells = Array.from({ length: shown }, (_, index) => cellText(sheet, row, index + 1));
  const left = sheet.lastColumn - shown;
  return `(${[...cells, ...(left > 0 ? [`... ${left} more columns`] : [])].join(", ")})`;
}

function cellText(sheet: Pick<Worksheet, "cells">, row: number, column: number): string {
  const value = sheet.cells.get(cellKey(row, column)) ?? NOTHING;
  if (value.kind === "none") return '""';
  const text = valueText(value);
  return JSON.stringify(text.length > MAX_CELL_CHARACTERS ? `${text.slice(0, MAX_CELL_CHARACTERS)}...` : text);
}
