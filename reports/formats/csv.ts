/** Tables as comma-separated values (RFC 4180), one file each, and one with all notes. Numbers are plain; an empty field is none. */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { hasCode } from "../../harness/errors.ts";
import { writeText } from "../../harness/run/files.ts";
import { makeFolder } from "../../harness/run/store.ts";
import { printable } from "../../harness/text.ts";
import type { Table } from "../table.ts";
import { type FlatCell, flatTable } from "./flat.ts";

export interface TextFile {
  readonly name: string;
  readonly text: string;
}

const NOTES = "notes";
const NOTES_HEAD = ["table", "note"];
const MOST_CHARACTERS = 80;

/**
 * Writes the tables into a folder, each file whole or not at all, and removes those of an earlier report that this one does not
 * write: its notes name them. Other files stay.
 * @throws SetupError when the place cannot be written to
 */
export async function writeCsvFiles(folder: string, tables: readonly Table[]): Promise<TextFile[]> {
  const files = csvFiles(tables);
  await makeFolder(folder);
  const stale = filesNamedIn(await notesOf(folder)).filter((earlier) => !files.some(({ name }) => name === earlier));
  for (const name of stale) await rm(join(folder, name), { force: true });
  for (const { name, text } of files) await writeText(join(folder, name), text);
  return files;
}

/** Empty where there is no earlier report. */
async function notesOf(folder: string): Promise<string> {
  return readFile(join(folder, `${NOTES}.csv`), "utf8").catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return "";
    throw error;
  });
}

/** The files that notes of ours are about; none for a file of somebody else's. */
function filesNamedIn(notes: string): string[] {
  const [head, ...rows] = notes.split("\r\n");
  if (head !== NOTES_HEAD.join()) return [];
  return [...new Set(rows.flatMap((row) => /^(\w[\w.-]*),/.exec(row)?.[1] ?? []))].map((name) => `${name}.csv`);
}

/** The notes come last: of each table its title, then what stands below it. */
export function csvFiles(tables: readonly Table[]): TextFile[] {
  const names = fileNames(tables.map(({ id }) => id));
  const files = tables.map((table, index) => ({ table, name: names[index] ?? "" }));
  const notes = files.flatMap(({ table, name }) =>
    [titleOf(table), ...table.notes].map((note) => [name, printable(note)]),
  );
  return [
    ...files.map(({ table, name }) => ({ name: `${name}.csv`, text: tableCsv(table) })),
    { name: `${NOTES}.csv`, text: csvText([NOTES_HEAD, ...notes]) },
  ];
}

function titleOf({ title, simulated }: Table): string {
  return `${title}${simulated ? " · simulated" : ""}`;
}

export function tableCsv(table: Table): string {
  const { head, rows } = flatTable(table);
  return csvText([head, ...rows]);
}

function csvText(rows: readonly (readonly FlatCell[])[]): string {
  return rows.map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

/** A text that a spreadsheet program would compute, with full-width signs too, gets an apostrophe before it; numbers keep their sign. */
function field(cell: FlatCell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const text = /^[=+\-@＝＋－＠]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Of letters, digits and `._-`, no two alike whatever the case of their letters. */
function fileNames(ids: readonly string[]): string[] {
  const taken = new Set([NOTES]);
  return ids.map((id) => {
    const base =
      id
        .replace(/[^\w.-]+/g, "-")
        .replace(/^[-.]+/, "")
        .slice(0, MOST_CHARACTERS) || "table";
    for (let number = 1; ; number += 1) {
      const name = number === 1 ? base : `${base}-${number}`;
      if (taken.has(name.toLowerCase())) continue;
      taken.add(name.toLowerCase());
      return name;
    }
  });
}
