import ExcelJS from "exceljs";
import { expect, test } from "vitest";
import { sheetNames, xlsxBytes } from "../../../reports/formats/xlsx.ts";
import { HOSTILE, hostileTable, plainTable } from "./hostile-table.ts";

async function read(bytes: Uint8Array): Promise<ExcelJS.Workbook> {
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.load(bytes.slice().buffer);
  return workbook;
}

test("numbers are numbers, none is an empty cell, and no text is a formula", async () => {
  const [sheet] = (await read(await xlsxBytes([hostileTable(), plainTable()]))).worksheets;
  const row = sheet!.getRow(3);

  expect([3, 4, 5].map((column) => row.getCell(column).value)).toEqual([-12.5, null, 33.3333333333]);
  expect(row.getCell(3).type).toBe(ExcelJS.ValueType.Number);
  sheet!.eachRow((line) =>
    line.eachCell((cell) => {
      expect([ExcelJS.ValueType.Number, ExcelJS.ValueType.String]).toContain(cell.type);
    }),
  );
  expect(row.getCell(2).value).toBe(HOSTILE[0]);
  expect(sheet!.getCell(1, 1).value).toMatch(/· simulated$/);
  expect(row.getCell(7).value).toBe("yes");
});

test("seeds have no thousands separators, amounts have those that the table shows", async () => {
  const columns = ["seed", "tokens", "score"].map((label) => ({ label, kind: "number" as const }));
  const texts = ["20260101", "1,234,567", "33.3"];
  const values = [20260101, 1234567, 33.33];
  const rows = [{ group: "g", cells: texts.map((text, index) => ({ text, value: values[index]! })) }];
  const row = (await read(await xlsxBytes([plainTable({ columns, rows })]))).worksheets[0]!.getRow(3);

  expect([2, 3, 4].map((column) => row.getCell(column).numFmt)).toEqual(["0", "#,##0", "0.00##"]);
});

test("what XML cannot hold is shown as a replacement character: a workbook with it could not be opened", async () => {
  const table = plainTable();
  const text = "a\uffffb\ufffec\ud800d 🙂";
  const workbook = await read(await xlsxBytes([{ ...table, notes: [text], title: text }]));

  expect(workbook.worksheets[0]!.getCell(1, 1).value).toBe("a\ufffdb\ufffdc\ufffdd 🙂");
});

test("a sheet for each table, with its notes below the rows and no control character", async () => {
  const workbook = await read(await xlsxBytes([hostileTable(), plainTable()]));
  const texts: string[] = [];
  workbook.worksheets[0]!.eachRow((line) => line.eachCell((cell) => texts.push(cell.text)));

  expect(workbook.worksheets).toHaveLength(2);
  expect(texts).toContain("seeds 41, 42; scored by cells/1; fingerprint 2f5d730032d9");
  expect(texts.join("")).not.toMatch(/\p{Cc}|\u202e/u);
  expect(workbook.worksheets[1]!.getCell(2, 3).value).toBe("simulated");
  expect(workbook.worksheets[1]!.getCell(3, 3).value).toBe("no");
});

test("names of sheets fit the format, and no two are alike whatever the case of their letters", () => {
  const long = "x".repeat(40);
  const names = sheetNames([long, long.toUpperCase(), "a/b", "a:b", "'quoted'", "History", "", "[*]?"]);

  expect(names).toEqual([
    "x".repeat(31),
    `${"X".repeat(29)} 2`,
    "a-b",
    "a-b 2",
    "quoted",
    "History 2",
    "table",
    "----",
  ]);
});

test("equal tables give equal bytes, and a text longer than a cell may hold is cut", async () => {
  const long = () => plainTable({ rows: [{ cells: [{ text: "y".repeat(40_000) }, { text: "1", value: 1 }] }] });
  const [once, again] = await Promise.all([xlsxBytes([long()]), xlsxBytes([long()])]);

  expect(Buffer.from(again!).equals(Buffer.from(once!))).toBe(true);
  const text = (await read(once!)).worksheets[0]!.getCell(3, 1).text;
  expect(text).toHaveLength(32_767);
});
