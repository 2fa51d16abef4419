/** Small workbooks written part by part, so that a test can put anything into them. */
import { zipSync } from "fflate";

export const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/** A workbook whose sheets hold these cells, in one row each. */
export function handmade(sheets: Record<string, string>): Uint8Array {
  const names = Object.keys(sheets);
  return packed({
    ...partsOf(names),
    ...Object.fromEntries(names.map((name, i) => [`xl/worksheets/s${i}.xml`, worksheet(row(sheets[name] ?? ""))])),
  });
}

/** The parts of a workbook with one sheet, `Data`, whose A1 is 5; those that are given take the place of its own. */
export function oneSheet(parts: Record<string, string | Uint8Array> = {}): Uint8Array {
  return packed({ ...partsOf(["Data"]), "xl/worksheets/s0.xml": worksheet(row(cell("5"))), ...parts });
}

export function worksheet(data: string, behind = ""): string {
  return `<worksheet xmlns="${MAIN}"><sheetData>${data}</sheetData>${behind}</worksheet>`;
}

export function row(cells: string): string {
  return `<row r="1">${cells}</row>`;
}

export function cell(value: string, type = "n"): string {
  return `<c r="A1" t="${type}"><v>${value}</v></c>`;
}

/** `xl/workbook.xml` with these elements in its list of sheets. */
export function workbookPart(sheets: string, before = ""): string {
  return `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}">${before}<sheets>${sheets}</sheets></workbook>`;
}

function partsOf(names: readonly string[]): Record<string, string> {
  const sheets = names.map((name, i) => `<sheet name="${name}" sheetId="${i + 1}" r:id="r${i}"/>`);
  const links = names.map((_, i) => relationship(`r${i}`, `worksheets/s${i}.xml`));
  return {
    "[Content_Types].xml":
      `<Types><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/>` +
      `<Override PartName="/xl/sharedStrings.xml" ContentType="${TYPE}.sharedStrings+xml"/></Types>`,
    "xl/workbook.xml": workbookPart(sheets.join("")),
    "xl/_rels/workbook.xml.rels": `<Relationships>${links.join("")}</Relationships>`,
    "xl/sharedStrings.xml": `<sst xmlns="${MAIN}"/>`,
  };
}

function relationship(id: string, target: string): string {
  return `<Relationship Id="${id}" Type="${OFFICE}/worksheet" Target="${target}"/>`;
}

function packed(parts: Record<string, string | Uint8Array>): Uint8Array {
  const bytes = (part: string | Uint8Array) => (typeof part === "string" ? new TextEncoder().encode(part) : part);
  return zipSync(Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, bytes(part)])), { level: 1 });
}
