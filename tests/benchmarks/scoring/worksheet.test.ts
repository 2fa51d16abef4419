import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";
import { cellKey, parseCellName } from "../../../benchmarks/scoring/coordinates.ts";
import { EPOCH_1900, EPOCH_1904 } from "../../../benchmarks/scoring/dates.ts";
import { Allowance } from "../../../benchmarks/scoring/limits.ts";
import { kindOfFormat } from "../../../benchmarks/scoring/number-formats.ts";
import { NOTHING, normalForm, type SheetValue } from "../../../benchmarks/scoring/values.ts";
import { openWorkbook } from "../../../benchmarks/scoring/workbook.ts";
import { MAIN_SPACE, readWorksheet, type SheetContext, WorkbookError } from "../../../benchmarks/scoring/worksheet.ts";
import { hasOracle, NO_ORACLE, oraclePath, readOracle, Typed, toTyped } from "./oracle.ts";

const CellCase = z.object({
  id: z.string(),
  cell: z.object({
    t: z.string().nullable(),
    v: z.string().nullable(),
    f: z.string().nullable(),
    inner_xml: z.string().nullable(),
    number_format: z.string(),
  }),
  date1904: z.boolean(),
  value: Typed.optional(),
  normal: Typed.optional(),
  load_error: z.string().nullish(),
  workbook: z.string().nullish(),
  ref: z.string().nullish(),
});
type CellCase = z.infer<typeof CellCase>;

test("recorded cells read as openpyxl reads them, from their XML alone", (ctx) => {
  if (!hasOracle) ctx.skip(NO_ORACLE);
  const cases = readOracle("cells.jsonl", CellCase);

  for (const recorded of cases) {
    const read = () => readCell(recorded);
    if (recorded.load_error) expect(read, recorded.id).toThrow(WorkbookError);
    else expect([toTyped(read()), toTyped(normalForm(read()))], recorded.id).toEqual([recorded.value, recorded.normal]);
  }

  expect(cases.length).toBeGreaterThan(400);
});

test("recorded cells read the same where they stand in a workbook", (ctx) => {
  if (!hasOracle) ctx.skip(NO_ORACLE);
  const cases = readOracle("cells.jsonl", CellCase).filter(({ workbook, ref }) => workbook && ref);
  const workbook = openWorkbook(readFileSync(oraclePath("reader_cells.xlsx")));
  const cells = workbook.sheet(workbook.sheetNames[0]!)!.cells;

  const found = cases.map(({ ref }) => toTyped(cells.get(parseCellName(ref ?? "") ?? -1) ?? NOTHING));

  expect(cases.length).toBeGreaterThan(200);
  expect(found).toEqual(cases.map(({ value }) => value));
});

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

const CONTEXT: Omit<SheetContext, "allowance"> = {
  sharedStrings: ["zero"],
  numberKinds: ["number"],
  epoch: EPOCH_1900,
  linkTarget: () => undefined,
};

function sheet(body: string, context: Partial<SheetContext> = {}) {
  const spaces = `xmlns="${MAIN_SPACE}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`;
  return readWorksheet(Buffer.from(`<worksheet ${spaces}>${body}</worksheet>`), {
    ...CONTEXT,
    allowance: new Allowance(),
    ...context,
  });
}

/** Shared strings are recorded by their text: here they stand in a table of one. */
function readCell({ cell, date1904 }: CellCase): SheetValue {
  const { t, v, f, inner_xml, number_format } = cell;
  const isShared = t === "s";
  const value = v === null ? "" : `<v>${isShared ? "0" : escapeXml(v)}</v>`;
  const formula = f === null ? "" : `<f>${escapeXml(f)}</f>`;
  const type = t === null ? "" : ` t="${t}"`;
  const { cells } = sheet(
    `<sheetData><row r="1"><c r="A1"${type}>${formula}${value}${inner_xml ?? ""}</c></row></sheetData>`,
    {
      sharedStrings: isShared ? [(v ?? "").replaceAll("x005F_", "")] : [],
      numberKinds: [kindOfFormat(164, new Map([[164, number_format]]))],
      epoch: date1904 ? EPOCH_1904 : EPOCH_1900,
    },
  );
  return cells.get(cellKey(1, 1)) ?? NOTHING;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
