import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readCells } from "../../../benchmarks/scoring/read-cells.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { handmade, oneSheet, worksheet } from "./handmade.ts";

const int = (value: bigint) => ({ kind: "int", value });
const str = (value: string) => ({ kind: "str", value });

async function fileOf(workbook: Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(), "output.xlsx");
  await writeFile(path, workbook);
  return path;
}

test("cells with values come column by column, typed, with the count of all", async () => {
  const rows =
    '<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="str"><v>x &amp; é</v></c><c r="D1"><v>9</v></c></row>' +
    '<row r="2"><c r="A2" t="b"><v>1</v></c><c r="B2"/></row><row r="3"><c r="A3"><v>2.5</v></c></row>';
  const path = await fileOf(oneSheet({ "xl/worksheets/s0.xml": worksheet(rows) }));

  expect(await readCells(path, { sheet: "Data", range: "A1:B3", most: 3 })).toEqual({
    kind: "cells",
    sheet: "Data",
    cells: [
      { row: 1, column: 1, value: int(1n) },
      { row: 2, column: 1, value: { kind: "bool", value: true } },
      { row: 3, column: 1, value: { kind: "float", value: 2.5 } },
    ],
    filled: 4,
  });
});

test("without a name the first sheet is read, and open ends reach as far as the sheet", async () => {
  const path = await fileOf(handmade({ One: '<c r="A1" t="str"><v>first</v></c>', Two: "" }));

  expect(await readCells(path, { sheet: null, range: "A:A" })).toMatchObject({
    sheet: "One",
    cells: [{ value: str("first") }],
  });
});

test("texts are cut where Excel's end", async () => {
  const path = await fileOf(handmade({ One: `<c r="A1" t="str"><v>${"x".repeat(40_000)}</v></c>` }));

  const found = await readCells(path, { sheet: null, range: "A1" });

  expect(found).toMatchObject({ cells: [{ value: str("x".repeat(32_767)) }] });
});

test.each([
  ["a sheet that is not there", { sheet: "data", range: "A1" }, /no sheet "data"; found: "One"/],
  ["a range that cannot be followed", { sheet: null, range: "nonsense" }, /not a valid coordinate/],
])("%s is a problem in words", async (_, wanted, problem) => {
  const path = await fileOf(handmade({ One: "" }));

  expect(await readCells(path, wanted)).toEqual({ kind: "problem", problem: expect.stringMatching(problem) });
});

test("a file that is missing or no workbook is a problem in words", async () => {
  const path = await fileOf(Buffer.from("text"));

  expect(await readCells(path, { sheet: null, range: "A1" })).toMatchObject({ kind: "problem" });
  expect(await readCells(`${path}.gone`, { sheet: null, range: "A1" })).toEqual({
    kind: "problem",
    problem: "Output file not found",
  });
});
