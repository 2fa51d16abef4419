/** Tables for a terminal, at most 100 columns wide. Names and texts of strangers cannot steer it. */
import { printable } from "../../harness/text.ts";
import { grouped } from "../format.ts";
import type { Column, Table, TableRow } from "../table.ts";
import { MOST_COLUMNS, type Row, textTable, widestLine, wrap } from "../text-table.ts";
import { withRanges } from "./ranges.ts";

/** Longer text in a column after the first is wrapped. */
const MOST_OTHER = 30;
/** Only lists of hundreds of tasks are longer; what is left out of them is counted, and stands in the other formats. */
const MOST_CHARACTERS = 600;
/** A longer first column is wrapped before a table is cut into parts. */
const MOST_FIRST = 24;
const GAP = 2;
const EMPHASIS = "An asterisk is emphasis.";

export function terminalText(title: string, tables: readonly Table[]): string {
  const simulated = tables.some((table) => table.simulated);
  return [
    heading(title, simulated),
    ...(simulated
      ? ["These numbers come from a simulated model. They test the machinery and say nothing of a real one."]
      : []),
    ...tables.map(tableText),
  ].join("\n\n");
}

/** One table with its title above and its notes below; too wide a one is shown in parts, each with the first column. */
export function tableText(asked: Table): string {
  const table = withRanges(asked);
  const isStrong = table.rows.some(({ cells }) => cells.some(({ strong }) => strong));
  const notes = [...(isStrong ? [EMPHASIS] : []), ...table.notes].map((note) =>
    wrap(`- ${printable(note)}`, { indent: "  " }),
  );
  const parts = partsOf(table).map((part) => partText(table, part));
  const body = table.rows.length === 0 ? ["nothing to show"] : parts;
  return [heading(table.title, table.simulated), ...body, ...(notes.length === 0 ? [] : [notes.join("\n")])].join(
    "\n\n",
  );
}

function heading(title: string, simulated: boolean): string {
  const text = `${printable(title)}${simulated ? " · simulated" : ""}`;
  return `${wrap(text, {})}\n${"═".repeat(Math.min(text.length, MOST_COLUMNS))}`;
}

/** Places of the columns after the first, in as many parts as the width asks for; a group of columns is cut only where it has to be. */
function partsOf(table: Table): number[][] {
  const widths = table.columns.map((_, index) => widthOf(table, index));
  const sum = (places: readonly number[]) => places.reduce((total, place) => total + (widths[place] ?? 0), 0);
  const room = MOST_COLUMNS - Math.min(widths[0] ?? 0, MOST_FIRST);
  const parts: number[][] = [[]];
  for (const group of groupsOf(table.columns)) {
    const blocks = sum(group) <= room ? [group] : group.map((place) => [place]);
    for (const block of blocks) {
      const last = parts.at(-1) ?? [];
      if (last.length > 0 && sum(last) + sum(block) > room) parts.push([...block]);
      else last.push(...block);
    }
  }
  return parts;
}

/** Places of neighbours under the same heading; a column without one stands alone. */
function groupsOf(columns: readonly Column[]): number[][] {
  const groups: number[][] = [];
  for (const [index, { group }] of columns.entries()) {
    if (index === 0) continue;
    const joins = index > 1 && group !== undefined && group === columns[index - 1]?.group;
    if (joins) groups.at(-1)?.push(index);
    else groups.push([index]);
  }
  return groups;
}

function partText({ columns, rows }: Table, part: readonly number[]): string {
  const places = [0, ...part];
  const shown = places.flatMap((place) => columns[place] ?? []);
  const heads = shown.map((column, index) => ({
    head: headOf(
      column,
      rows.map((row) => cellText(row, places[index] ?? 0)),
    ),
    align: alignOf(column),
  }));
  const lines = rows.flatMap((row, index): Row[] => [
    ...(beginsGroup(row, rows[index - 1]) ? [{ heading: printable(row.group ?? "") }] : []),
    places.map((place) => (place === 0 && row.group !== undefined ? `  ${cellText(row, 0)}` : cellText(row, place))),
  ]);
  return textTable(heads, lines);
}

export function beginsGroup(row: TableRow, before: TableRow | undefined): boolean {
  return row.group !== undefined && row.group !== before?.group;
}

const alignOf = ({ kind }: Column): "left" | "right" => (kind === "number" ? "right" : "left");

/** Broken into lines no longer than what stands below it, where its words allow. */
function headOf({ label, group }: Column, below: readonly string[]): string {
  const words = printable(label).split(" ");
  const width = widestLine([...words, ...below]);
  const lines = wrap(words.join(" "), { width });
  return group === undefined ? lines : `${printable(group)}\n${lines}`;
}

/** The first column comes whole: it is wrapped when the table is drawn, where it is known how much room there is. */
function cellText({ cells }: TableRow, place: number): string {
  const cell = cells[place];
  const text = `${shortened(printable(cell?.text ?? ""))}${cell?.strong ? " *" : ""}`;
  return place === 0 ? text : wrap(text, { width: MOST_OTHER });
}

/** For formats that are read: a longer text would fill a page. */
export function shortened(text: string): string {
  const more = text.length - MOST_CHARACTERS;
  return more <= 0 ? text : `${text.slice(0, MOST_CHARACTERS)}… (${grouped(more)} characters more)`;
}

function widthOf({ columns, rows }: Table, index: number): number {
  const column = columns[index];
  const below = rows.map((row) => cellText(row, index));
  return widestLine([...(column === undefined ? [] : [headOf(column, below)]), ...below]) + GAP;
}
