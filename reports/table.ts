/** A table as data: what is measured, with what each figure needs to be believed. Every format is made from it, one file each. */
import type { Interval } from "../harness/statistics/interval.ts";

export interface Column {
  readonly label: string;
  /** Heading over this and its neighbours of the same group. */
  readonly group?: string;
  readonly kind: "text" | "number";
}

/** What a cell shows, and the number behind it, in the unit shown; a cell without a number is words. */
export interface TableCell {
  readonly text: string;
  readonly value?: number | null;
  /** Emphasis with a meaning that the notes give. */
  readonly strong?: boolean;
}

/** Both ends of an interval, a column each. */
export const INTERVAL_COLUMNS: readonly Column[] = [
  { label: "low", group: "95 % interval", kind: "number" },
  { label: "high", group: "95 % interval", kind: "number" },
];

/** The cells of `INTERVAL_COLUMNS`, each end as `cellOf` shows it. */
export function intervalCells(interval: Interval | null, cellOf: (end: number) => TableCell): TableCell[] {
  return interval === null ? [NO_END, NO_END] : [cellOf(interval.low), cellOf(interval.high)];
}

const NO_END: TableCell = { text: "–", value: null };

export interface TableRow {
  /** Heading over this and the rows below it of the same group. */
  readonly group?: string;
  /** As many as there are columns. */
  readonly cells: readonly TableCell[];
}

export interface Table {
  /** Fit for a file's or a sheet's name. */
  readonly id: string;
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly TableRow[];
  /** Below the table: n, seeds, scorer rules, fingerprints, sources, what is missing and why. */
  readonly notes: readonly string[];
  /** True when any number in it comes from a simulated model; every format says so. */
  readonly simulated: boolean;
}
