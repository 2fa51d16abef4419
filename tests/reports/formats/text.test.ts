import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { outlineOf, parseMarkdown } from "../../../harness/skill/markdown.ts";
import { csvFiles, tableCsv, writeCsvFiles } from "../../../reports/formats/csv.ts";
import { markdownText, tableMarkdown } from "../../../reports/formats/markdown.ts";
import { tableText, terminalText } from "../../../reports/formats/terminal.ts";
import type { Table } from "../../../reports/table.ts";
import { MOST_COLUMNS, widestLine, wrap } from "../../../reports/text-table.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { HOSTILE, hostileTable, plainTable } from "./hostile-table.ts";

test("a terminal shows names without what could steer it, and no line is too wide", () => {
  const text = terminalText("Hostile", [hostileTable()]);

  expect(text).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
  expect(Math.max(...text.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(MOST_COLUMNS);
  expect(text).toMatch(/· simulated/);
  expect(text).toContain("− to 33.3".replace("−", "–"));
});

test("a table that is too wide for a terminal is shown in parts, each with its first column, and no cell is lost", () => {
  const columns = Array.from({ length: 20 }, (_, index) => ({ label: `column ${index}`, kind: "number" as const }));
  const long = (index: number) => Array.from({ length: 8 }, (_, word) => `value-${index}-${word}`).join(" ");
  const cells = columns.map((_, index) => ({ text: index === 0 ? "first" : long(index), value: index }));
  const text = tableText(plainTable({ columns, rows: [{ cells }] }));

  expect(text.match(/^ *first/gm)?.length).toBeGreaterThan(1);
  for (const { text: shown } of cells) for (const word of shown.split(" ")) expect(text).toContain(word);
  expect(widestLine([text])).toBeLessThanOrEqual(MOST_COLUMNS);
});

test("long cells and headings are wrapped, not cut: names that differ at their ends can be told apart", () => {
  const values = [
    "Qwen/Qwen3-235B-A22B-Thinking-2507",
    "Qwen/Qwen3-235B-A22B-Thinking-2507-FP8",
    "41, 42, 43, 44, 45, 46, 47, 48",
    "x".repeat(200),
  ];
  const columns = ["arm", "model"].map((label) => ({ label, kind: "text" as const }));
  const rows = values.map((text) => ({ cells: [{ text: "a" }, { text }] }));
  const group = "a heading of many words that stands over a narrow table ".repeat(3).trim();
  const shown = (parts: Partial<Table>) => tableText(plainTable({ columns, notes: [], ...parts }));

  const [head = "", , ...below] = shown({ rows }).split("\n\n")[1]!.split("\n");
  const column = below.map((line) => line.slice(head.indexOf("model")).trim());
  expect(column.join("").replace(/ /g, "")).toBe(values.join("").replace(/ /g, ""));
  expect(shown({ rows: rows.map((row) => ({ ...row, group })) }).replace(/\s+/g, " ")).toContain(group);
});

test("a list of hundreds of tasks does not fill a terminal: what is left out of it is counted", () => {
  const text = Array.from({ length: 400 }, (_, index) => `task-${1000 + index}`).join(", ");
  const shown = tableText(plainTable({ rows: [{ cells: [{ text: "all" }, { text }] }] }));

  expect(shown.split("\n").length).toBeLessThan(50);
  expect(shown.replace(/\s+/g, " ")).toContain(`(${(text.length - 600).toLocaleString("en-US")} characters more)`);
});

test("a word that is too long is broken behind a mark, and what is left of it is no word of its own", () => {
  expect(wrap("a path/to/somewhere-else b", { width: 10 })).toBe("a path/to/\nsomewhere-\nelse b");
  expect(wrap(`${"x".repeat(9)} y`, { width: 10, indent: "  " })).toBe(`${"x".repeat(8)}\n  x y`);
});

test("the widest of 130,000 lines is found", () => {
  expect(widestLine(Array.from({ length: 130_000 }, (_, index) => `row\n${index}`))).toBe(6);
});

test("Markdown keeps every row in its cells, and nothing in a name becomes markup, link or HTML", () => {
  const text = tableMarkdown(hostileTable());
  const lines = text.split("\n").filter((line) => line.startsWith("|"));
  const cells = lines.map((line) => line.replace(/\\./g, "").split("|").length);

  expect(new Set(cells)).toEqual(new Set([cells[0]]));
  const { links, codes, html, headings } = outlineOf(markdownText("Hostile", [hostileTable()]));
  expect([links, codes, html]).toEqual([[], [], []]);
  expect(headings).toHaveLength(2);
  expect(text).not.toMatch(/https?:\/\/|www\.|(?<!&#64;)@someone/);
  expect(JSON.stringify(parseMarkdown(text))).not.toContain('"type":"emphasis"');
});

test("Markdown leaves numbers and avg@8 as they are", () => {
  const note = "avg@8; 33.3 and −1.0";
  expect(tableMarkdown(plainTable({ notes: [note] }))).toContain(`- ${note}`);
  expect(tableMarkdown(plainTable())).toContain("| no-skill | 50.0 |");
});

test("every text format says simulated where a number is, and only there", () => {
  for (const format of [terminalText, markdownText]) {
    expect(format("Report", [hostileTable({ title: "Arms" })])).toMatch(/simulated model/);
    expect(format("Report", [plainTable()])).not.toMatch(/simulated/i);
  }
});

test("CSV has plain numbers at full precision, empty fields for none, and no text that a spreadsheet would compute", () => {
  const rows = parseCsv(tableCsv(hostileTable()));
  const [head, ...body] = rows;

  expect(head).toEqual([
    "group",
    "arm | with break",
    "score",
    "95 % interval low",
    "95 % interval high",
    "n",
    "simulated",
  ]);
  expect(body).toHaveLength(HOSTILE.length);
  expect(body[0]?.slice(2)).toEqual(["-12.5", "", "33.3333333333", "6 × 2", "yes"]);
  for (const row of body) for (const field of [row[0], row[1], row[5]]) expect(field).not.toMatch(/^[=+\-@\t\r]/);
  expect(body[0]?.[1]).toBe("'=cmd|' /C calc'!A0");
});

test("CSV files have names that every system takes, no two alike, and one holds all notes", () => {
  const files = csvFiles([
    hostileTable(),
    hostileTable(),
    plainTable({ id: "../../etc" }),
    plainTable({ id: "notes" }),
  ]);
  const names = files.map(({ name }) => name);

  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^\w[\w.-]*\.csv$/);
  const notes = parseCsv(files.at(-1)?.text ?? "");
  expect(notes.flat()).toContain("seeds 41, 42; scored by cells/1; fingerprint 2f5d730032d9");
  expect(notes.map(([file]) => `${file}.csv`).filter((name) => !names.includes(name))).toEqual(["table.csv"]); // the head
  expect(notes.flat()).toContain("Arms");
});

test("tables of an earlier report in the same folder go, and nothing else does", async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "mine.csv"), "a,b\r\n");
  await writeCsvFiles(folder, [
    plainTable(),
    hostileTable({ id: "lines-of/old" }),
    plainTable({ id: "bare", notes: [] }),
  ]);
  expect((await readdir(folder)).sort()).toEqual(["arms.csv", "bare.csv", "lines-of-old.csv", "mine.csv", "notes.csv"]);

  await writeCsvFiles(folder, [plainTable()]);

  expect((await readdir(folder)).sort()).toEqual(["arms.csv", "mine.csv", "notes.csv"]);
});

test("notes that another program wrote name no file of ours", async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "notes.csv"), "name,what\r\nmine,kept\r\n");
  await writeFile(join(folder, "mine.csv"), "");

  await writeCsvFiles(folder, [plainTable()]);

  expect(await readdir(folder)).toContain("mine.csv");
});

/** RFC 4180, written apart from the writer. */
function parseCsv(text: string): string[][] {
  return text
    .split("\r\n")
    .slice(0, -1)
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(([, quoted, plain]) =>
        quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'),
      ),
    );
}

test("signs of full width, which some spreadsheet programs compute too, have an apostrophe before them", () => {
  const rows = ["＝1+1", "＋1", "－1", "＠SUM"].map((text) => ({ cells: [{ text }, { text: "1", value: 1 }] }));

  expect(tableCsv(plainTable({ rows })).split("\r\n").slice(1, 5)).toEqual([
    "'＝1+1,1,no",
    "'＋1,1,no",
    "'－1,1,no",
    "'＠SUM,1,no",
  ]);
});
