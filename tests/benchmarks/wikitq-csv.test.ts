import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { unpackOnce } from "../../benchmarks/unpack.ts";
import { parseList, parseTable, TableError } from "../../benchmarks/wikitq-csv.ts";
import { temporaryFolder } from "../support/temporary.ts";

const ARCHIVE = fileURLToPath(new URL("../../../shared/data/wikitablequestions/tables.tar.gz", import.meta.url));

test("quotes and backslashes are escaped by a backslash, and lines break within fields", () => {
  const text = '"Name","Height\n(feet)"\n"Joel \\"J\\" Smith","6\'4\\""\n"a\\\\b","\\\\0, \\d"\n"",""\n';

  expect(parseTable(text)).toEqual([
    ["Name", "Height\n(feet)"],
    ['Joel "J" Smith', "6'4\""],
    ["a\\b", "\\0, \\d"],
    ["", ""],
  ]);
});

test.each([
  ["a field without quotes", '"a","b"\nc,"d"\n', "line 2"],
  ["quotes doubled as in RFC 4180", '"a","b ""c"""\n', "line 1"],
  ["a quote that does not close", '"a","b\n', "line 1"],
  ["a comma at the end", '"a","b",', "comma"],
])("%s is told with its line", (_, text, problem) => {
  expect(() => parseTable(text)).toThrow(TableError);
  expect(() => parseTable(text)).toThrow(problem);
});

test("fields of the question files are unescaped as by the official evaluator", () => {
  expect(parseList("a\\pb|c\\nd|e\\\\f")).toEqual(["a|b", "c\nd", "e\\f"]);
});

/** The evaluator's own way takes the escaped backslash of `\\\\n` apart; the tables have some. */
const unescapeOnce = (field: string) =>
  field.replace(/\\([np\\])/g, (_, code: string) => (code === "n" ? "\n" : code === "p" ? "|" : "\\"));

test("all real tables read as their TSV twins do, every row as wide as its header", async (ctx) => {
  if (!existsSync(ARCHIVE)) return ctx.skip("the tables (../shared/data/wikitablequestions) are not here");
  const root = await unpackOnce(ARCHIVE, await temporaryFolder());
  const paths = globSync("csv/*-csv/*.csv", { cwd: root });
  const spaced = (rows: string[][]) => rows.map((row) => row.map((text) => text.replace(/\s+/g, " ").trim()));
  let cells = 0;
  const strays: string[] = [];
  for (const path of paths) {
    const rows = parseTable(readFileSync(join(root, path), "utf8"));
    const lines = readFileSync(join(root, path.replace(/\.csv$/, ".tsv")), "utf8")
      .replace(/\n$/, "")
      .split("\n");
    const twin = lines.map((line) => line.split("\t").map(unescapeOnce));
    if (JSON.stringify(spaced(rows)) !== JSON.stringify(spaced(twin))) strays.push(path); // the TSV has plain spaces
    if (new Set(rows.map((row) => row.length)).size !== 1) strays.push(`${path} is ragged`);
    cells += rows.reduce((sum, row) => sum + row.length, 0);
  }

  expect(paths).toHaveLength(767);
  expect(cells).toBe(136_793);
  expect(strays).toEqual([]);
});
