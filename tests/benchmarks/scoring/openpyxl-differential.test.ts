/** Odd workbooks drawn at random, read by openpyxl (Debian's python3-openpyxl) and by our reader: all values, or a refusal by both. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";
import { toTyped } from "../../../benchmarks/parity/typed-values.ts";
import { placeOf } from "../../../benchmarks/scoring/coordinates.ts";
import { openWorkbook } from "../../../benchmarks/scoring/workbook.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const PYTHON = "/usr/bin/python3";
const SCRIPT = fileURLToPath(new URL("./openpyxl-differential.py", import.meta.url));
const WORKBOOKS = 150;
const SEED = 4;

const Read = z.object({
  path: z.string(),
  error: z.string().optional(),
  names: z.array(z.string()).optional(),
  sheets: z
    .array(z.object({ name: z.string(), last: z.array(z.number()), cells: z.array(z.array(z.unknown())) }))
    .optional(),
});
type Read = z.infer<typeof Read>;

test("what openpyxl reads in odd workbooks is what we read, and what it refuses we refuse", async (ctx) => {
  if (!hasOpenpyxl()) ctx.skip("python3-openpyxl is not here");
  const folder = await temporaryFolder();
  const lines = execFileSync(PYTHON, [SCRIPT, folder, String(WORKBOOKS), String(SEED)], { encoding: "utf8" });
  const wanted = lines
    .trim()
    .split("\n")
    .map((line) => Read.parse(JSON.parse(line)));

  const found = wanted.map(({ path }) => readOurs(path));

  expect(wanted).toHaveLength(WORKBOOKS);
  expect(wanted.filter(({ error }) => error === undefined).length).toBeGreaterThan(WORKBOOKS / 2);
  expect(found).toEqual(
    wanted.map(({ error, ...read }) => (error === undefined ? read : { path: read.path, refused: true })),
  );
});

function readOurs(path: string): Read | { path: string; refused: true } {
  try {
    const book = openWorkbook(readFileSync(path));
    const sheets = book.sheetNames.map((name) => {
      const sheet = book.sheet(name)!;
      const cells = Array.from(sheet.cells, ([key, value]) => {
        const { k, v } = toTyped(value);
        return [placeOf(key).row, placeOf(key).column, k, v];
      });
      cells.sort(
        ([row, column], [otherRow, otherColumn]) =>
          Number(row) - Number(otherRow) || Number(column) - Number(otherColumn),
      );
      return { name, last: [sheet.lastRow, sheet.lastColumn], cells };
    });
    return { path, names: [...book.sheetNames], sheets };
  } catch {
    return { path, refused: true };
  }
}

function hasOpenpyxl(): boolean {
  try {
    execFileSync(PYTHON, ["-c", "import openpyxl"]);
    return true;
  } catch {
    return false;
  }
}
