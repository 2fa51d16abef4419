import { expect, test } from "vitest";
import { cellKey } from "../../../benchmarks/scoring/coordinates.ts";
import { EPOCH_1900 } from "../../../benchmarks/scoring/dates.ts";
import { Allowance } from "../../../benchmarks/scoring/limits.ts";
import { MAIN_SPACE, readWorksheet, type SheetContext, WorkbookError } from "../../../benchmarks/scoring/worksheet.ts";

test("merged-away cells are empty, also when their XML has a value", () => {
  const { cells } = sheet(
    '<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B1"/></mergeCells>',
  );

  expect([...cells]).toEqual([[cellKey(1, 1), { kind: "int", value: 1n }]]);
});

test("an empty cell with a link reads as the link's target, or else its place in the workbook", () => {
  const { cells } = sheet(
    '<sheetData><row r="1"><c r="B1"><v>2</v></c></row></sheetData>' +
      '<hyperlinks><hyperlink ref="A1" r:id="rId1"/><hyperlink ref="A2" location="Sheet2!A1"/><hyperlink ref="B1" r:id="rId1"/></hyperlinks>',
    { linkTarget: () => "https://example.org/" },
  );

  expect(cells.get(cellKey(1, 1))).toEqual({ kind: "str", value: "https://example.org/" });
  expect(cells.get(cellKey(2, 1))).toEqual({ kind: "str", value: "Sheet2!A1" });
  expect(cells.get(cellKey(1, 2))).toEqual({ kind: "int", value: 2n });
});

test("cells and rows without a reference follow on, and empty cells count for the extent", () => {
  const read = sheet(
    '<sheetData><row><c><v>1</v></c><c t="str"><v>x</v></c></row><row/><row><c r="D3"/></row></sheetData>',
  );

  expect([...read.cells.keys()]).toEqual([cellKey(1, 1), cellKey(1, 2)]);
  expect([read.lastRow, read.lastColumn]).toEqual([3, 4]);
});

test("a prefix for the main namespace changes nothing; another namespace holds no cells", () => {
  const body = (space: string) =>
    `<x:worksheet xmlns:x="${space}"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>`;

  const read = (xml: string) => readWorksheet(Buffer.from(xml), { ...CONTEXT, allowance: new Allowance() });

  expect(read(body(MAIN_SPACE)).cells.size).toBe(1);
  expect(read(body("urn:other")).cells.size).toBe(0);
});

test.each([
  ["a shared string that is not there", '<c r="A1" t="s"><v>9</v></c>'],
  ["a style that is not there", '<c r="A1" s="3"><v>9</v></c>'],
  ["a number that is none", '<c r="A1"><v>1,5</v></c>'],
  ["a name that is no cell", '<c r="1A"><v>1</v></c>'],
])("%s makes the sheet unreadable, as for openpyxl", (_, cell) => {
  expect(() => sheet(`<sheetData><row r="1">${cell}</row></sheetData>`)).toThrow(WorkbookError);
});

test.each([
  ["a row of a style that is not there", '<row r="1" s="9"/>'],
  ["a row whose height is no number", '<row r="1" ht="tall"/>'],
  ["an empty style", '<row r="1"><c r="A1" s=""><v>1</v></c></row>'],
])("%s makes the sheet unreadable, as for openpyxl", (_, row) => {
  expect(() => sheet(`<sheetData>${row}</sheetData>`)).toThrow(WorkbookError);
});

test("of two rows with one number the later one is looked at", () => {
  expect(sheet('<sheetData><row r="1" ht="tall"/><row r="1" ht="15"/></sheetData>').cells.size).toBe(0);
});

test("whatever stands in a row is a cell", () => {
  const { cells } = sheet('<sheetData><row r="1"><x/><c><v>1</v></c></row></sheetData>');

  expect([...cells.keys()]).toEqual([cellKey(1, 2)]);
});

test("rows and cells of the plain form read as those that are written otherwise", () => {
  const plain =
    '<row r="2" ht="15"><c r="A2" s="0"><f>B2&amp;C2</f><v>-1.5E3</v></c><c r="B2" t="str"><v>a &lt; é</v></c></row>';
  const odd = plain.replaceAll('"', "'").replaceAll("</c>", " </c>").replaceAll("<v>", "<v >");
  const first = '<row r="1" ht="15"></row>'; // from the second row of the same attributes on, rows are read at once

  const read = [plain, odd].map((row) => [
    ...sheet(`<sheetData>${first}${row}${row.replaceAll("2", "3")}</sheetData>`).cells,
  ]);

  expect(read[0]).toHaveLength(4);
  expect(read[1]).toEqual(read[0]);
});

test("only cells that are asked for are kept, but all are checked", () => {
  const part = { within: [{ firstRow: 2, lastRow: 2, firstColumn: 1, lastColumn: 2 }], stops: false };
  const data = (last: string) =>
    `<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="B2"><v>2</v></c></row><row r="3">${last}</row></sheetData>`;

  expect([...sheet(data('<c r="A3"><v>3</v></c>'), { part }).cells.keys()]).toEqual([cellKey(2, 2)]);
  expect(() => sheet(data('<c r="A3" t="s"><v>9</v></c>'), { part })).toThrow(WorkbookError);
});

test("a workbook of ours is not read below what is asked for, but merged ranges behind the rows are", () => {
  const part = { within: [{ firstRow: 1, lastRow: 1, firstColumn: 1, lastColumn: 2 }], stops: true };
  const cells = '<c r="A1"><v>1</v></c><c r="B1"><v>2</v></c>';
  const body = `<sheetData><row r="1">${cells}</row><row r="2"><c r="A2" t="s"><v>9</v></c></row></sheetData>`;

  const read = sheet(`${body}<mergeCells><mergeCell ref="A1:B1"/></mergeCells>`, { part });

  expect([...read.cells.keys()]).toEqual([cellKey(1, 1)]);
});

const CONTEXT: Omit<SheetContext, "allowance"> = {
  sharedStrings: ["zero"],
  numberKinds: ["number"],
  epoch: EPOCH_1900,
  linkTarget: () => undefined,
  part: { within: null, stops: false },
};

function sheet(body: string, context: Partial<SheetContext> = {}) {
  const spaces = `xmlns="${MAIN_SPACE}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`;
  return readWorksheet(Buffer.from(`<worksheet ${spaces}>${body}</worksheet>`), {
    ...CONTEXT,
    allowance: new Allowance(),
    ...context,
  });
}
