/** Small workbooks for tests, written to disk. */
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import ExcelJS from "exceljs";

/** A formula without `result` has no cached value, as when a program wrote it. */
export type Cell = string | number | Date | { readonly formula: string; readonly result?: number | string };

/** Writes rows of cells by sheet; folders on the way are made. */
export async function writeWorkbook(path: string, sheets: Record<string, readonly Cell[][]>): Promise<string> {
  const book = new ExcelJS.Workbook();
  for (const [name, rows] of Object.entries(sheets)) book.addWorksheet(name).addRows([...rows]);
  await mkdir(dirname(path), { recursive: true });
  await book.xlsx.writeFile(path);
  return path;
}
