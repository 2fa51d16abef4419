/** Transfer matrices as tables, one a benchmark: a row an author and recipe, a group of columns a user. */
import { ALPHA } from "../harness/statistics/alpha.ts";
import type { Difference } from "./compare.ts";
import { scoringNotes } from "./differences-table.ts";
import { counted, intervalText, pairedSize, pValue, signedPoints } from "./format.ts";
import type { Column, Table, TableCell, TableRow } from "./table.ts";
import type { TransferCell, TransferMatrix } from "./transfer.ts";

const NOTHING: TableCell = { text: "–" };

export function transferTables(matrices: readonly TransferMatrix[]): Table[] {
  const benchmarks = Map.groupBy(matrices, ({ benchmark }) => benchmark);
  return [...benchmarks].map(([benchmark, group]) => transferTable(benchmark, group));
}

function transferTable(benchmark: string, matrices: readonly TransferMatrix[]): Table {
  const users = [...new Set(matrices.flatMap((matrix) => matrix.users))];
  const differences = matrices.flatMap(({ cells }) => cells.flatMap(differenceOf));
  const outside = matrices.some(({ outOfDistribution }) => outOfDistribution) ? ", out of distribution" : "";
  return {
    id: `transfer-${benchmark}`,
    title: `Transfer on ${benchmark}${outside}: whose skill helps whom`,
    columns: [{ label: "author", kind: "text" }, ...users.flatMap(columnsOf)],
    rows: matrices.flatMap((matrix) => rowsOf(matrix, users)),
    notes: [
      `Rows: who made the skill; columns: who used it. Compared with ${baselinesOf(matrices)}, the same user without it.`,
      `Emphasis: significant at ${100 * ALPHA} % after Holm's adjustment over ${counted(comparisonsOf(differences), "comparison")}.`,
      "Broken: tasks that the baseline passes and the arm fails, of those that the baseline passes (negative transfer).",
      ...scoringNotes(differences),
      ...baselineNotes(differences),
      ...matrices.flatMap(missingNotes),
    ],
    simulated: differences.some(({ arm, baseline }) => arm.simulated || baseline.simulated),
  };
}

function columnsOf(user: string): Column[] {
  return [
    { label: "points", group: user, kind: "number" },
    { label: "95 % interval", group: user, kind: "text" },
    { label: "p (Holm)", group: user, kind: "number" },
    { label: "broken", group: user, kind: "text" },
    { label: "n", group: user, kind: "text" },
    { label: "fingerprint", group: user, kind: "text" },
  ];
}

function rowsOf({ recipe, authors, cells }: TransferMatrix, users: readonly string[]): TableRow[] {
  return authors.map((author) => ({
    group: recipe,
    cells: [
      { text: author },
      ...users.flatMap((user) => cellsOf(cells.find((cell) => cell.author === author && cell.user === user))),
    ],
  }));
}

function cellsOf(cell: TransferCell | undefined): TableCell[] {
  const [difference] = cell === undefined ? [] : differenceOf(cell);
  if (difference === undefined) return Array<TableCell>(6).fill(NOTHING);
  const { adjustment, items, interval } = difference;
  return [
    {
      text: signedPoints(difference.difference),
      value: 100 * difference.difference,
      strong: adjustment.p <= ALPHA,
    },
    { text: intervalText(interval, signedPoints) },
    { text: pValue(adjustment.p), value: adjustment.p },
    { text: `${items.harmed.length} of ${items.passed}` },
    { text: pairedSize(difference) },
    { text: difference.arm.fingerprint },
  ];
}

function differenceOf({ result }: TransferCell): Difference[] {
  return result?.kind === "compared" ? [result.difference] : [];
}

function comparisonsOf(differences: readonly Difference[]): number {
  return Math.max(0, ...differences.map(({ adjustment }) => adjustment.comparisons));
}

function baselinesOf(matrices: readonly TransferMatrix[]): string {
  return [...new Set(matrices.flatMap(({ baselines }) => baselines))].join(", ");
}

function baselineNotes(differences: readonly Difference[]): string[] {
  const named = differences.map(({ baseline }) => `${baseline.arm} with ${baseline.model} ${baseline.fingerprint}`);
  return named.length === 0 ? [] : [`Fingerprints of baselines: ${[...new Set(named)].join("; ")}.`];
}

function missingNotes({ recipe, cells }: TransferMatrix): string[] {
  return cells.flatMap(({ author, user, result }) => {
    if (result?.kind === "compared") return [];
    return [`${recipe}, by ${author}, with ${user}: ${result === null ? "not asked for" : result.reason}.`];
  });
}
