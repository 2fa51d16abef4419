/** Tables as comma-separated values (RFC 4180), one file each, and one with all notes. Numbers are plain; an empty field is none. */
import { printable } from "../../harness/text.ts";
import type { Table } from "../table.ts";
import { type FlatCell, flatTable } from "./flat.ts";

export interface TextFile {
  readonly name: string;
  readonly text: string;
}

const NOTES = "notes";
const MOST_CHARACTERS = 80;

export function csvFiles(tables: readonly Table[]): TextFile[] {
  const names = fileNames([...tables.map(({ id }) => id), NOTES]);
  const notes = tables.flatMap(({ id, notes: ofTable }) => ofTable.map((note) => [id, printable(note)]));
  return [
    ...tables.map((table, index) => ({ name: names[index] ?? "", text: tableCsv(table) })),
    { name: names.at(-1) ?? "", text: csvText([["table", "note"], ...notes]) },
  ];
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
  const taken = new Set<string>();
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
      return `${name}.csv`;
    }
  });
}
