/** A worksheet in memory: what a kind of task lays out, before anything is written to disk. */
import { cellName } from "../scoring/coordinates.ts";

/** A date is a day in UTC. A formula carries the value that a spreadsheet program would have cached with it. */
export type Cell = string | number | Date | null | { readonly formula: string; readonly result: string | number };

export interface Sheet {
  readonly name: string;
  /** By row, then by column, both from 0; short and missing rows are blank. */
  readonly rows: Cell[][];
  /** Merged ranges, such as `B1:E1`. */
  readonly merges: string[];
  /** In front of amounts; empty where they stand bare. */
  readonly currency: string;
  /** Rows in bold type, from 1. */
  readonly bold: Set<number>;
  /** Number format of fractions; two decimals behind the currency when left out. */
  readonly fractions?: string;
}

/** A rectangle of cells; `row` and `column`, from 1, are those of its upper left cell. */
export interface Block {
  readonly sheet: string;
  readonly row: number;
  readonly column: number;
  readonly values: readonly (readonly Cell[])[];
}

export interface Place {
  readonly row: number;
  readonly column: number;
}

export interface Table {
  readonly headers: readonly string[];
  readonly records: readonly (readonly Cell[])[];
  /** Records that have a blank row in front of them. */
  readonly gaps?: readonly number[];
}

/** Where a table came to lie; rows and columns are numbered from 1. */
export interface Laid extends Place {
  /** Row of the headers. */
  readonly row: number;
  /** The row of each record. */
  readonly rows: readonly number[];
  readonly first: number;
  readonly last: number;
}

export function newSheet(name: string, currency = ""): Sheet {
  return { name, rows: [], merges: [], currency, bold: new Set() };
}

/** Writes values from a place to the right and down; a null leaves what is there. */
export function put(sheet: Sheet, at: Place, values: readonly (readonly Cell[])[]): void {
  values.forEach((line, down) => {
    line.forEach((value, right) => {
      if (value !== null) setCell(sheet, { row: at.row + down, column: at.column + right }, value);
    });
  });
}

export function setCell(sheet: Sheet, { row, column }: Place, value: Cell): void {
  while (sheet.rows.length < row) sheet.rows.push([]);
  const line = sheet.rows[row - 1] ?? [];
  while (line.length < column) line.push(null);
  line[column - 1] = value;
}

export function cellAt(sheet: Sheet, { row, column }: Place): Cell {
  return sheet.rows[row - 1]?.[column - 1] ?? null;
}

/** What a reader of values sees: a formula's cached result. */
export function shownValue(cell: Cell): string | number | Date | null {
  return cell !== null && typeof cell === "object" && "formula" in cell ? cell.result : cell;
}

/** Lays a table with its header line at `at`. */
export function layTable(sheet: Sheet, at: Place, { headers, records, gaps = [] }: Table): Laid {
  put(sheet, at, [headers]);
  sheet.bold.add(at.row);
  let row = at.row;
  const rows = records.map((record, index) => {
    row += gaps.includes(index) ? 2 : 1;
    put(sheet, { row, column: at.column }, [record]);
    return row;
  });
  return { ...at, rows, first: rows[0] ?? at.row + 1, last: row };
}

/** Writes a line of group headings, each merged over its columns. */
export function layBand(sheet: Sheet, at: Place, groups: readonly (readonly [label: string, width: number])[]): void {
  let column = at.column;
  for (const [label, width] of groups) {
    setCell(sheet, { row: at.row, column }, label);
    if (width > 1) sheet.merges.push(`${cellName(at.row, column)}:${cellName(at.row, column + width - 1)}`);
    column += width;
  }
  sheet.bold.add(at.row);
}

/** A title merged over some columns. */
export function layTitle(sheet: Sheet, at: Place, title: string, width: number): void {
  layBand(sheet, at, [[title, width]]);
}

/** Quotes a sheet's name where a formula needs it. */
export function quoted(sheet: string): string {
  return /^[A-Za-z_]\w*$/.test(sheet) ? sheet : `'${sheet}'`;
}

/** The range of a block as an answer position: `'Price list'!B4:D20`. */
export function positionOf({ sheet, row, column, values }: Block): string {
  const from = cellName(row, column);
  const to = cellName(row + values.length - 1, column + (values[0]?.length ?? 1) - 1);
  return `'${sheet}'!${from === to ? from : `${from}:${to}`}`;
}
