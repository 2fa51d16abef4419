/** What a sheet is read with, and what comes of it. */
import type { Cells } from "./cell-list.ts";
import type { CellContext } from "./cell-values.ts";
import type { Box } from "./coordinates.ts";
import type { Allowance } from "./limits.ts";

export interface Worksheet {
  /** By `cellKey`; cells without a value are left out. */
  readonly cells: Cells;
  /** As openpyxl's `max_row` and `max_column`: cells without a value count; 1 on an empty sheet. */
  readonly lastRow: number;
  readonly lastColumn: number;
}

export interface SheetContext extends CellContext {
  /** Target of a relationship of this sheet, by its id. */
  readonly linkTarget: (id: string) => string | undefined;
  /** Of the workbook. */
  readonly allowance: Allowance;
  readonly part: SheetPart;
}

/** What is kept of a sheet. */
export interface SheetPart {
  /** Values elsewhere are checked, and not kept; null for all. */
  readonly within: readonly Box[] | null;
  /**
   * Whether rows below all boxes are passed unread, where their ends are not open: for workbooks of ours, whose rows are known
   * to be sound and in order. `lastRow` and `lastColumn` then tell of what was read.
   */
  readonly stops: boolean;
}

export const MAIN_SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
