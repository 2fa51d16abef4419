/** For readers, the two ends of an interval in one column; programs get them in two. */
import type { Column, Table, TableCell } from "../table.ts";

/** Columns `low` and `high` of one group become one column under the group's name, as `9.7 to 70.0`. */
export function withRanges(table: Table): Table {
  const { columns, rows } = table;
  const starts = new Set(columns.flatMap((column, index) => (isRange(column, columns[index + 1]) ? [index] : [])));
  if (starts.size === 0) return table;
  return {
    ...table,
    columns: columns.flatMap((column, index) => {
      if (starts.has(index - 1)) return [];
      return [starts.has(index) ? { label: column.group ?? "", kind: "number" } : column];
    }),
    rows: rows.map((row) => ({
      ...row,
      cells: row.cells.flatMap((cell, index) => {
        if (starts.has(index - 1)) return [];
        return [starts.has(index) ? rangeCell(cell, row.cells[index + 1]) : cell];
      }),
    })),
  };
}

function isRange(low: Column, high: Column | undefined): boolean {
  return low.group !== undefined && low.group === high?.group && low.label === "low" && high.label === "high";
}

function rangeCell(low: TableCell, high: TableCell | undefined): TableCell {
  const text = low.text === high?.text ? low.text : `${low.text} to ${high?.text ?? ""}`;
  return { text, ...(low.strong && { strong: true }) };
}
