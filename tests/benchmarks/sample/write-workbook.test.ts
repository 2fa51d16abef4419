import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { layTitle, newSheet, put } from "../../../benchmarks/sample/sheet.ts";
import { workbookBytes } from "../../../benchmarks/sample/write-workbook.ts";
import { cellsInPosition } from "../../../benchmarks/scoring/compare-workbooks.ts";
import { valueText } from "../../../benchmarks/scoring/values.ts";
import { readWorkbook } from "../../../benchmarks/scoring/workbook-file.ts";
import { temporaryFolder } from "../../support/temporary.ts";

function untidySheet() {
  const sheet = newSheet("Price list", "£");
  layTitle(sheet, { row: 1, column: 2 }, "Prices", 3);
  put(sheet, { row: 3, column: 2 }, [
    [" 1042", 0, 12.5],
    [new Date(Date.UTC(2026, 2, 29)), null, { formula: "SUM(C3:D3)", result: 12.5 }],
  ]);
  return sheet;
}

test("zeros, text numbers, dates around a change of clocks and cached results are read back as they were", async () => {
  const path = join(await temporaryFolder(), "book.xlsx");
  await writeFile(path, await workbookBytes([newSheet("Empty"), untidySheet()]));
  const file = await readWorkbook(path);
  if ("problem" in file) throw new Error(file.problem);
  expect(file.workbook.sheetNames).toEqual(["Empty", "Price list"]);
  const cells = cellsInPosition(file.workbook, "'Price list'!A1:F9");
  expect(cells.map(({ cell, value }) => [cell, value.kind, valueText(value)])).toEqual([
    ["B1", "str", "Prices"],
    ["B3", "str", " 1042"],
    ["B4", "datetime", "2026-03-29 00:00:00"],
    ["C3", "int", "0"],
    ["D3", "float", "12.5"],
    ["D4", "float", "12.5"],
  ]);
});

test("equal sheets give equal bytes, whatever the time", async () => {
  const first = await workbookBytes([untidySheet()]);
  await new Promise((resolve) => setTimeout(resolve, 2100)); // the archive's clock ticks every two seconds
  const second = await workbookBytes([untidySheet()]);
  expect(Buffer.from(first).equals(Buffer.from(second))).toBe(true);
});
