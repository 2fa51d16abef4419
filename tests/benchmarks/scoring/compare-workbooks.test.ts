import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ExcelJS from "exceljs";
import { unzipSync, zipSync } from "fflate";
import { afterEach, beforeEach, expect, test } from "vitest";
import { compareWorkbooks } from "../../../benchmarks/scoring/compare-workbooks.ts";
import { seededRandom } from "../../../harness/random.ts";
import { handmade, oneSheet, row, worksheet } from "./handmade.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "compare-"));
});
afterEach(() => rm(folder, { recursive: true }));

type Cells = Record<string, string | number | boolean | Date | null>;

/** Writes sheets of cells by name, and returns the path. */
async function workbook(name: string, sheets: Record<string, Cells>): Promise<string> {
  const book = new ExcelJS.Workbook();
  for (const [title, cells] of Object.entries(sheets)) {
    const sheet = book.addWorksheet(title);
    for (const [cell, value] of Object.entries(cells)) sheet.getCell(cell).value = value;
  }
  const path = join(folder, name);
  await book.xlsx.writeFile(path);
  return path;
}

test("cells that differ are listed in order of columns, with what was wanted and what was found", async () => {
  const golden = await workbook("golden.xlsx", { Data: { A1: "Name", A2: "Ann", B2: 5, C9: "outside" } });
  const output = await workbook("output.xlsx", { Data: { A1: "Name", A2: "ann", B2: 5.004, B3: true } });

  const comparison = await compareWorkbooks(golden, output, "'Data'!A1:B3");

  expect(comparison).toEqual({
    kind: "compared",
    pass: false,
    message: "Value mismatch at A2: expected 'Ann', got 'ann'",
    differences: [
      { sheet: "Data", cell: "A2", expected: "Ann", found: "ann" },
      { sheet: "Data", cell: "B3", expected: "None", found: "True" },
    ],
    differing: 2,
  });
});

test("twenty differences are kept and all are counted", async () => {
  const column = (value: number) => Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`A${i + 1}`, value + i]));
  const golden = await workbook("golden.xlsx", { Data: column(0) });
  const output = await workbook("output.xlsx", { Data: column(100) });

  const comparison = await compareWorkbooks(golden, output, "A1:A30");

  expect(comparison).toMatchObject({ pass: false, differing: 30, differences: { length: 20 } });
});

test("a piece without a sheet means the golden's first sheet, found by its name in the output", async () => {
  const golden = await workbook("golden.xlsx", { One: { A1: 1 }, Two: { A1: 2 } });
  const reordered = await workbook("reordered.xlsx", { Two: { A1: 2 }, One: { A1: 1 } });
  const renamed = await workbook("renamed.xlsx", { one: { A1: 1 } });

  expect(await compareWorkbooks(golden, reordered, "A1")).toMatchObject({ pass: true });
  expect(await compareWorkbooks(golden, renamed, "A1")).toMatchObject({
    pass: false,
    message: "Worksheet 'One' not found in output",
  });
});

test("open ends reach to the golden's last row, and cells that earlier pieces looked at count as rows", async () => {
  const golden = await workbook("golden.xlsx", { Data: { A1: 1, A2: 2 } });
  const output = await workbook("output.xlsx", { Data: { A1: 1, A2: 2, A9: "extra" } });

  expect(await compareWorkbooks(golden, output, "A:A")).toMatchObject({ pass: true });
  expect(await compareWorkbooks(golden, output, "A:A", "official")).toMatchObject({ pass: false });
  expect(await compareWorkbooks(golden, output, "B1:B9,A:A")).toMatchObject({ pass: false, differing: 1 });
});

test("a golden that cannot be read is told apart from an output that cannot", async () => {
  const fine = await workbook("fine.xlsx", { Data: { A1: 1 } });
  const broken = join(folder, "broken.xlsx");
  await writeFile(broken, "this is text");

  expect(await compareWorkbooks(broken, fine, "A1")).toMatchObject({ kind: "golden-unreadable" });
  expect(await compareWorkbooks(fine, broken, "A1")).toMatchObject({
    kind: "compared",
    pass: false,
    message: "Error loading workbook: file is not a zip file",
  });
  expect(await compareWorkbooks(fine, join(folder, "none.xlsx"), "A1")).toMatchObject({
    message: "Output file not found",
  });
});

test("an output that is a link, a pipe or a folder fails, and a pipe does not make the scorer wait", async () => {
  const golden = await workbook("golden.xlsx", { Data: { A1: 1 } });
  const link = join(folder, "link.xlsx");
  await symlink(golden, link);
  const pipe = join(folder, "pipe.xlsx");
  execFileSync("mkfifo", [pipe]);

  expect(await compareWorkbooks(golden, link, "A1")).toMatchObject({ pass: false, message: "Output is a link" });
  expect(await compareWorkbooks(golden, pipe, "A1")).toMatchObject({
    pass: false,
    message: "Output is not a regular file",
  });
  expect(await compareWorkbooks(golden, folder, "A1")).toMatchObject({
    pass: false,
    message: "Output is not a regular file",
  });
});

test("a damaged sheet outside of the answer fails the output, as it stops openpyxl", async () => {
  const golden = await workbook("golden.xlsx", { Data: { A1: 1 } });
  const output = join(folder, "output.xlsx");
  await writeFile(output, handmade({ Data: "<c r='A1'><v>1</v></c>", Notes: "<c r='A1'><v>1</c>" }));

  expect(await compareWorkbooks(golden, output, "A1")).toMatchObject({
    pass: false,
    message: expect.stringContaining("tag"),
  });
});

test("a whole column of the widest sheet is compared by the cells that have values alone", async () => {
  const golden = await workbook("golden.xlsx", { Data: { A1: 1, XFD1048576: "end" } });

  const comparison = await compareWorkbooks(golden, golden, "A1:XFD1048576", "official");

  expect(comparison).toMatchObject({ pass: true });
});

test("bytes changed at random, in the archive or in its parts, never make the scorer throw", async () => {
  const golden = await workbook("golden.xlsx", { Data: { A1: 1, B2: "two", C3: new Date("2024-01-05") } });
  const packed = await readFile(golden);
  const parts = unzipSync(packed);
  const random = seededRandom(3);
  const output = join(folder, "output.xlsx");
  const bend = (bytes: Uint8Array) => {
    const bent = Uint8Array.from(bytes);
    for (let i = 0; i < 3; i += 1) bent[random.integer(0, bent.length - 1)] = random.integer(0, 255);
    return bent;
  };

  for (let round = 0; round < 200; round += 1) {
    const part = random.pick(Object.keys(parts));
    const bent = round % 2 === 0 ? bend(packed) : zipSync({ ...parts, [part]: bend(parts[part]!) }, { level: 0 });
    await writeFile(output, bent);
    expect((await compareWorkbooks(golden, output, "A1:C3")).kind).toBe("compared");
  }
});

test("merges without end are refused rather than endured", async () => {
  const golden = await workbook("golden.xlsx", { Data: { A1: 1 } });
  const output = join(folder, "output.xlsx");
  const merges = `<mergeCells>${'<mergeCell ref="A2:XFD1048576"/>'.repeat(20_000)}</mergeCells>`;
  const cells = row("<c><v>1</v></c>".repeat(10_000));
  await writeFile(output, oneSheet({ "xl/worksheets/s0.xml": worksheet(cells, merges) }));

  expect(await compareWorkbooks(golden, output, "A1:XFD9")).toMatchObject({
    pass: false,
    message: expect.stringContaining("merged"),
  });
});
