/** Sheets to .xlsx with exceljs, which is loaded when the first workbook is written. Equal sheets give equal bytes. */
import type { Style, Workbook, Worksheet } from "exceljs";
import type { Cell, Sheet } from "./sheet.ts";

export type { Workbook, Worksheet } from "exceljs";

const CREATED = new Date(Date.UTC(2026, 0, 5, 8));
const DATE_FORMAT = "dd/mm/yyyy";

/**
 * The bytes of a workbook that holds these sheets, in this order.
 * @param keywords of the document's properties, beside all sheets
 */
export async function workbookBytes(sheets: readonly Sheet[], keywords?: string): Promise<Uint8Array> {
  return filledWorkbook((workbook) => {
    if (keywords !== undefined) workbook.keywords = keywords;
    for (const sheet of sheets) fillWorksheet(workbook.addWorksheet(sheet.name), sheet);
  });
}

/** The bytes of a workbook that `fill` puts sheets into: the same whenever it is written. */
export async function filledWorkbook(fill: (workbook: Workbook) => void): Promise<Uint8Array> {
  const { default: ExcelJS } = await import("exceljs");
  const workbook = new ExcelJS.Workbook();
  workbook.creator = "Office";
  workbook.lastModifiedBy = "Office";
  workbook.created = CREATED;
  workbook.modified = CREATED;
  fill(workbook);
  return withoutTimes(new Uint8Array(await workbook.xlsx.writeBuffer()));
}

function fillWorksheet(worksheet: Worksheet, sheet: Sheet): void {
  sheet.rows.forEach((line, index) => {
    line.forEach((value, right) => {
      if (value === null) return;
      const cell = worksheet.getCell(index + 1, right + 1);
      cell.value = value;
      cell.style = styleOf(value, sheet, sheet.bold.has(index + 1));
    });
  });
  for (const range of sheet.merges) worksheet.mergeCells(range);
  const width = Math.max(0, ...sheet.rows.map((line) => line.length));
  for (let column = 1; column <= width; column += 1) worksheet.getColumn(column).width = widthOf(sheet, column);
}

function styleOf(value: Cell, { currency, fractions = `${currency}#,##0.00` }: Sheet, bold: boolean): Partial<Style> {
  const format = value instanceof Date ? DATE_FORMAT : isFraction(value) ? fractions : "General";
  return bold ? { numFmt: format, font: { bold } } : { numFmt: format };
}

function isFraction(value: Cell): boolean {
  return typeof value === "number" && !Number.isInteger(value);
}

/** As wide as the longest text, but no title makes a column wide. */
function widthOf(sheet: Sheet, column: number): number {
  const lengths = sheet.rows.map((line) =>
    typeof line[column - 1] === "string" ? String(line[column - 1]).length : 0,
  );
  return Math.min(34, Math.max(11, ...lengths) + 2);
}

/**
 * The archive with the time of every entry set to the first that the format has, where exceljs puts the present.
 * Entries are found through the central directory (PKWARE APPNOTE 4.3.12 and 4.3.16).
 */
function withoutTimes(archive: Uint8Array): Uint8Array {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const end = archive.byteLength - 22; // exceljs writes no comment behind the last record
  const entries = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  for (let entry = 0; entry < entries; entry += 1) {
    const local = view.getUint32(at + 42, true);
    view.setUint32(at + 12, FIRST_TIME, true);
    view.setUint32(local + 10, FIRST_TIME, true);
    at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return archive;
}

/** 1980-01-01 00:00 as MS-DOS date (high half) and time. */
const FIRST_TIME = 0x0021_0000;
