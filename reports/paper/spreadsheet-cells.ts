/** Cells of the tables on spreadsheets: a row of the paper is ten numbers, five a user, or eight without HiTab. */
import { against } from "./cells.ts";
import { type PaperCell, type Published, SIZES, type Size, type Term } from "./paper-table.ts";

/** Of one user, in the order of the paper; Soft and Hard are two metrics of the same trials. */
const COLUMNS: readonly { readonly name: string; readonly benchmark: string; readonly metric?: string }[] = [
  { name: "Vrf", benchmark: "Vrf" },
  { name: "Soft", benchmark: "full" },
  { name: "Hard", benchmark: "full", metric: "hard" },
  { name: "WikiTQ", benchmark: "WikiTQ" },
  { name: "HiTab", benchmark: "HiTab" },
];

/** Numbers of one row in the order of columns, the first user's first; null where a version prints none. */
export interface SpreadsheetRow {
  readonly condition: string;
  readonly arm: string;
  /** What the row's numbers are changes against; null for scores. */
  readonly baseline: string | null;
  readonly users?: readonly Size[];
  readonly columns?: readonly string[];
  readonly v3: readonly (number | null)[] | null;
  readonly later: readonly (number | null)[] | null;
}

export function spreadsheetCells(row: SpreadsheetRow): PaperCell[] {
  const columns = COLUMNS.filter(({ name }) => row.columns?.includes(name) ?? true);
  return (row.users ?? SIZES).flatMap((user, userIndex) =>
    columns.map(({ name, benchmark, metric }, index): PaperCell => {
      const at = userIndex * columns.length + index;
      return {
        condition: row.condition,
        user,
        column: `${user} ${name}`,
        unit: "points",
        signed: row.baseline !== null,
        measure: { kind: "score", terms: against(row, { user, benchmark, ...(metric !== undefined && { metric }) }) },
        published: { v3: row.v3?.[at] ?? null, later: row.later?.[at] ?? null },
      };
    }),
  );
}

/**
 * The column `Avg`, once for each version: half of it the mean of the six cells of SpreadsheetBench, half the mean of the
 * cells out of distribution, which are two in version 3 and four, with HiTab, in the later revision.
 */
export function averageCells(
  row: Pick<SpreadsheetRow, "condition" | "arm" | "baseline">,
  { v3, later }: Published,
): PaperCell[] {
  const cell = (column: string, ood: readonly string[], published: Published): PaperCell => ({
    condition: row.condition,
    column,
    unit: "points",
    signed: row.baseline !== null,
    measure: { kind: "score", terms: SIZES.flatMap((user) => averageTerms(row, user, ood)) },
    published,
  });
  return [
    cell("Avg with WikiTQ", ["WikiTQ"], { v3, later: null }),
    cell("Avg with WikiTQ, HiTab", ["WikiTQ", "HiTab"], { v3: null, later }),
  ];
}

function averageTerms(row: Pick<SpreadsheetRow, "arm" | "baseline">, user: Size, ood: readonly string[]): Term[] {
  return COLUMNS.flatMap(({ name, benchmark, metric }) => {
    const inBenchmark = benchmark === "Vrf" || benchmark === "full";
    if (!inBenchmark && !ood.includes(name)) return [];
    const share = inBenchmark ? 0.5 / 6 : 0.5 / (2 * ood.length);
    return against(row, { user, benchmark, ...(metric !== undefined && { metric }) }).map((term) => ({
      ...term,
      weight: term.weight * share,
    }));
  });
}
