/** A table as data: what is measured, with what each figure needs to be believed. Every format is made from it, one file each. */

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
