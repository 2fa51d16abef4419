/** Matrices multiplied by numbers, added and multiplied: written out as one matrix of expressions. */
import { product, sum, type Value } from "./syntax.ts";

type Rows = readonly (readonly Value[])[];

const MOST_CELLS = 36;

/** The value with its arithmetic of matrices done; itself where there is none, or where the sizes do not fit. */
export function withMatricesJoined(value: Value): Value {
  const rows = rowsOf(value);
  return rows === null ? value : { kind: "matrix", rows };
}

function rowsOf(value: Value): Rows | null {
  if (value.kind === "matrix") return value.rows;
  if (value.kind !== "sum" && value.kind !== "product") return null;
  const parts = value.parts.map((part) => ({ part, rows: rowsOf(part) }));
  if (parts.every(({ rows }) => rows === null)) return null;
  if (value.kind === "sum") return parts.map(({ rows }) => rows).reduce(added);
  const factors = parts.flatMap(({ part, rows }) => (rows === null ? [part] : []));
  const multiplied = parts
    .flatMap(({ rows }) => (rows === null ? [] : [rows]))
    .reduce<Rows | null | undefined>(times, undefined);
  if (!multiplied) return null;
  return factors.length === 0 ? multiplied : multiplied.map((row) => row.map((cell) => product([...factors, cell])));
}

function added(a: Rows | null, b: Rows | null): Rows | null {
  if (a === null || b === null || a.length !== b.length || a[0]?.length !== b[0]?.length) return null;
  return a.map((row, i) => row.map((cell, j) => sum([cell, b[i]?.[j] ?? cell])));
}

function times(a: Rows | null | undefined, b: Rows): Rows | null {
  if (a === undefined) return b;
  if (a === null || a[0]?.length !== b.length || a.length * (b[0]?.length ?? 0) > MOST_CELLS || b.length > MOST_CELLS)
    return null;
  const columns = (b[0] ?? []).map((_, column) => b.map((row) => row[column] ?? row[0]));
  return a.map((row) => columns.map((column) => sum(row.map((cell, k) => product([cell, column[k] ?? cell])))));
}
