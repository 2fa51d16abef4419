import { expect, test } from "vitest";
import { outlineOf, parseMarkdown } from "../../../harness/skill/markdown.ts";
import { csvFiles, tableCsv } from "../../../reports/formats/csv.ts";
import { markdownText, tableMarkdown } from "../../../reports/formats/markdown.ts";
import { tableText, terminalText } from "../../../reports/formats/terminal.ts";
import { MOST_COLUMNS } from "../../../reports/text-table.ts";
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
  const cells = columns.map((_, index) => ({ text: index === 0 ? "first" : `value-${index}`, value: index }));
  const text = tableText(plainTable({ columns, rows: [{ cells }] }));

  expect(text.match(/^ *first/gm)?.length).toBeGreaterThan(1);
  for (const { text: shown } of cells) expect(text).toContain(shown);
  expect(Math.max(...text.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(MOST_COLUMNS);
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
