/** A table as one head and rows of equal length, for programs: groups are a column of their own, numbers are numbers. */
import { printable } from "../../harness/text.ts";
import type { Column, Table, TableCell } from "../table.ts";

/** Null where there is nothing, such as a mean of no task. */
export type FlatCell = string | number | null;

export interface FlatTable {
  /** No two alike. */
  readonly head: readonly string[];
  readonly rows: readonly (readonly FlatCell[])[];
}

const GROUP = "group";
const SIMULATED = "simulated";

/** Every row says whether a simulated model made any number of the table, so that rows can be taken out of it. */
export function flatTable({ columns, rows, simulated }: Table): FlatTable {
  const grouped = rows.some(({ group }) => group !== undefined);
  const head = [...(grouped ? [GROUP] : []), ...columns.map(labelOf), SIMULATED];
  return {
    head: distinct(head.map(printable)),
    rows: rows.map(({ group, cells }) => [
      ...(grouped ? [printable(group ?? "")] : []),
      ...cells.map(flatCell),
      simulated ? "yes" : "no",
    ]),
  };
}

export function labelOf({ label, group }: Column): string {
  return group === undefined ? label : `${group} ${label}`;
}

function flatCell({ text, value }: TableCell): FlatCell {
  if (value === undefined) return printable(text);
  // Digits that only arithmetic made are no precision.
  return value === null ? null : Number(value.toPrecision(12));
}

function distinct(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  });
}
