/** Tables as a workbook: a sheet each, numbers as numbers at full precision, then their notes. Text is never a formula. */
import { filledWorkbook, type Workbook, type Worksheet } from "../../benchmarks/sample/write-workbook.ts";
import { printable } from "../../harness/text.ts";
import type { Table } from "../table.ts";
import { widestLine } from "../text-table.ts";
import { type FlatCell, flatTable } from "./flat.ts";

/** Of the format: longest name of a sheet and longest text of a cell. */
const LONGEST_NAME = 31;
const LONGEST_TEXT = 32_767;
const WIDEST = 60;
const NARROWEST = 8;

/** The bytes of a workbook; equal tables give equal bytes. */
export function xlsxBytes(tables: readonly Table[]): Promise<Uint8Array> {
  return filledWorkbook((workbook) => {
    const names = sheetNames(tables.map(({ id }) => id));
    for (const [index, table] of tables.entries()) addSheet(workbook, names[index] ?? `table ${index + 1}`, table);
  });
}

function addSheet(workbook: Workbook, name: string, table: Table): void {
  const { head, rows } = flatTable(table);
  const sheet = workbook.addWorksheet(name, { views: [{ state: "frozen", ySplit: 2 }] });
  sheet.getCell(1, 1).value = cut(`${printable(table.title)}${table.simulated ? " · simulated" : ""}`);
  sheet.getRow(1).font = { bold: true };
  fillRow(sheet, 2, head);
  sheet.getRow(2).font = { bold: true };
  const grouped = groupedColumns(table, head.length);
  for (const [index, row] of rows.entries()) fillRow(sheet, index + 3, row, grouped);
  const last = rows.length + 2;
  sheet.autoFilter = { from: { row: 2, column: 1 }, to: { row: last, column: head.length } };
  for (const [index, note] of table.notes.entries()) sheet.getCell(last + 2 + index, 1).value = cut(printable(note));
  for (const [index, label] of head.entries()) {
    const widest = widestLine([label, ...rows.map((row) => String(row[index] ?? ""))]);
    sheet.getColumn(index + 1).width = Math.min(WIDEST, Math.max(NARROWEST, widest) + 2);
  }
}

/** Columns of the sheet whose numbers the table shows with thousands separators: amounts have them, seeds have none. */
function groupedColumns({ columns, rows }: Table, width: number): ReadonlySet<number> {
  const before = width - 1 - columns.length; // the groups of rows, where there are any; behind all is `simulated`
  const grouped = columns.flatMap((_, index) =>
    rows.some(({ cells }) => cells[index]?.text.includes(",")) ? [before + index] : [],
  );
  return new Set(grouped);
}

function fillRow(
  sheet: Worksheet,
  number: number,
  cells: readonly FlatCell[],
  grouped: ReadonlySet<number> = new Set(),
): void {
  for (const [index, value] of cells.entries()) {
    if (value === null) continue;
    const cell = sheet.getCell(number, index + 1);
    cell.value = typeof value === "string" ? cut(value) : value;
    if (typeof value === "number")
      cell.numFmt = `${grouped.has(index) ? "#,##0" : "0"}${Number.isInteger(value) ? "" : ".00##"}`;
  }
}

/** As text even where it reads like a formula: a string is written as such. What XML cannot hold is shown as `�`. */
function cut(text: string): string {
  const shown = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT - 1)}…` : text;
  return shown.replace(/[\ufffe\uffff\p{Cs}]/gu, "\ufffd");
}

/** Names that the format takes, no two alike whatever the case of their letters. */
export function sheetNames(ids: readonly string[]): string[] {
  const taken = new Set(["history"]); // kept for itself by Excel
  return ids.map((id) => {
    const base =
      printable(id)
        .replace(/[[\]:*?/\\]/g, "-")
        .replace(/^'+|'+$/g, "")
        .trim() || "table";
    for (let number = 1; ; number += 1) {
      const tail = number === 1 ? "" : ` ${number}`;
      const name = base.slice(0, LONGEST_NAME - tail.length).replace(/'+$/, "") + tail;
      if (taken.has(name.toLowerCase())) continue;
      taken.add(name.toLowerCase());
      return name;
    }
  });
}
