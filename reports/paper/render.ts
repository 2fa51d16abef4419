/** A table of the paper beside what was measured: a row a number, and, as the paper prints it, a row a condition. */
import { shortHash } from "../../harness/hash.ts";
import { compareText, type RunTrials } from "../rows.ts";
import { INTERVAL_COLUMNS, intervalCells, type Table, type TableCell, type TableRow } from "../table.ts";
import { type Measured, measure, type Results } from "./measure.ts";
import type { PaperCell, PaperTable, Term } from "./paper-table.ts";
import { isInside, numberCell, shown, textCell } from "./shown.ts";

export interface Rendered {
  /** In words: which models and data stand for which. */
  readonly stands: readonly string[];
  /** How it was done, and where the paper did otherwise: a sentence each (`methodNotes`). */
  readonly method: readonly string[];
  /** As of `experimentOf`. */
  readonly left: readonly string[];
  readonly seeds: readonly number[];
  /** True when a simulated model made any of it. */
  readonly simulated: boolean;
}

/**
 * Number by number against both versions of the paper; then, where numbers are of several users, the measured ones in the
 * paper's layout.
 */
export function renderPaperTable(table: PaperTable, results: Results, about: Rendered): Table[] {
  const rows = table.cells.map((cell) => ({ cell, measured: measure(cell.measure, results) }));
  const runs = runsOf(table.cells, results);
  const { simulated } = about;
  const audit: Table = {
    id: table.id,
    title: `${table.title}: published and measured`,
    columns: [
      { label: "number", kind: "text" },
      { label: "v3", group: "published", kind: "number" },
      { label: "later", group: "published", kind: "number" },
      { label: "measured", kind: "number" },
      ...INTERVAL_COLUMNS,
      { label: "difference", kind: "number" },
      { label: "inside?", kind: "text" },
      { label: "n", kind: "number" },
      { label: "fingerprint", kind: "text" },
    ],
    rows: rows.map(({ cell, measured }) => againstPublished(cell, measured, results)),
    notes: notesOf(table, { rows, runs }, about),
    simulated,
  };
  if (runs.length === 0) return [audit];
  const title = `${table.title}: measured, as the paper lays it out`;
  const notes = layoutNotes(rows, runs, about);
  return [audit, { id: `${table.id}-layout`, title, ...layout(rows), notes, simulated }];
}

interface Row {
  readonly cell: PaperCell;
  readonly measured: Measured;
}

function againstPublished(cell: PaperCell, measured: Measured, results: Results): TableRow {
  const { v3, later } = cell.published;
  const published = [v3, later].map((value) => numberCell(cell, value));
  const group = cell.condition;
  if (measured.kind === "missing") {
    const empty = Array.from({ length: AFTER_PUBLISHED }, () => textCell("–"));
    return { group, cells: [textCell(cell.column), ...published, ...empty] };
  }
  const { interval, units } = measured;
  const value = shown(cell, measured.value);
  // The later number where there is one: it is the paper's last word.
  const reference = later ?? v3;
  return {
    group,
    cells: [
      textCell(cell.column),
      ...published,
      numberCell(cell, value),
      ...intervalCells(interval, (end) => numberCell(cell, shown(cell, end))),
      numberCell({ ...cell, signed: true }, reference === null ? null : value - reference),
      textCell(isInside(cell, measured)),
      { text: String(units), value: units },
      textCell(fingerprintOf(cell, results)),
    ],
  };
}

/** Cells of a row behind the published numbers. */
const AFTER_PUBLISHED = 7;

/** Of the run of the arm, whose baseline has a row of its own; for a time or a share, the hash of the skill. */
function fingerprintOf({ measure: asked }: PaperCell, results: Results): string {
  if (asked.kind !== "score") return results.hash(asked.skill)?.slice(0, HASH_SHOWN) ?? "–";
  const [term] = asked.terms;
  const run = term === undefined ? null : results.run(term);
  return run === null ? "–" : shortHash(run.manifest.fingerprint);
}

/** As many as a short hash has. */
const HASH_SHOWN = 12;

/** A row a condition, a column a number, as far as any of it was measured. */
function layout(rows: readonly Row[]): Pick<Table, "columns" | "rows"> {
  const there = rows.filter(({ measured }) => measured.kind === "measured");
  const columns = [...new Set(there.map(({ cell }) => cell.column))];
  return {
    columns: [
      { label: "condition", kind: "text" },
      ...columns.map((column) => ({ ...headOf(column, columns), kind: "number" as const })),
    ],
    rows: [...Map.groupBy(there, ({ cell }) => cell.condition)].map(([condition, of]) => ({
      cells: [textCell(condition), ...columns.map((column) => layoutCell(of, column))],
    })),
  };
}

/** `122b Vrf` is Vrf in the group of that user. */
function headOf(column: string, columns: readonly string[]): { label: string; group?: string } {
  const [, user, label] = /^(\d+b) (.+)$/.exec(column) ?? [];
  if (user === undefined || label === undefined || columns.length < 2) return { label: column };
  return { label, group: `${user} ${label === "minutes" ? "author" : "user"}` };
}

/** `60.0 ±25.9`: half the width of the interval, which need not lie evenly about the number. */
function layoutCell(rows: readonly Row[], column: string): TableCell {
  const row = rows.find(({ cell }) => cell.column === column);
  if (row === undefined || row.measured.kind === "missing") return textCell("–");
  const { cell, measured } = row;
  const { value, interval } = measured;
  // A time has no interval that would tell which of its digits count.
  if (interval === null) return numberCell(cell, shown(cell, value), cell.unit === "minutes" ? 0 : 1);
  const number = numberCell(cell, shown(cell, value), 1);
  const margin = numberCell({ ...cell, signed: false }, shown(cell, (interval.high - interval.low) / 2), 1);
  return { ...number, text: `${number.text} ±${margin.text}` };
}

function layoutNotes(rows: readonly Row[], runs: readonly RunTrials[], { stands, seeds }: Rendered): string[] {
  const sizes = Map.groupBy(
    rows.flatMap(({ cell, measured }) => (measured.kind === "measured" ? [{ cell, units: measured.units }] : [])),
    ({ cell }) => cell.column.replace(/^\d+b /, ""),
  );
  const counts = [...sizes].map(([column, of]) => {
    const units = [...new Set(of.map(({ units }) => units))];
    return `${column} ${units.sort((a, b) => a - b).join(" to ")}`;
  });
  return [
    "±: half the width of the 95 % interval; rows against another arm are differences, paired by task.",
    `n: ${counts.join(", ")}; seeds ${seeds.join(", ")}.`,
    ...stands,
    ...fingerprintNotes(runs),
  ];
}

function notesOf(
  table: PaperTable,
  { rows, runs }: { rows: readonly Row[]; runs: readonly RunTrials[] },
  { stands, method, left, seeds, simulated }: Rendered,
): string[] {
  const reasons = rows.flatMap(({ measured }) => (measured.kind === "missing" ? [measured.reason] : []));
  return [
    ...(simulated
      ? [
          "Measured with a simulated model: these numbers test the machinery. Whether a published number lies inside says nothing about the paper.",
        ]
      : []),
    ...stands,
    "Points of 100, ANLS in [0, 1], minutes by the clock. n: tasks, each with all seeds (families of cases as one); of an average, tasks of all its parts; of a share, patches.",
    `Seeds ${seeds.join(", ")}; seeds are averaged within the task, and differences of arms are paired by task.`,
    "Difference: measured less the later published number, or that of version 3 where it is the only one. Inside: whether the published number lies in the 95 % interval of the measured one; published numbers have an error of their own, which is not in it. Fingerprint: of the arm's run; of an average, of its first part's; of a time or a share, hash of the skill.",
    `Published: ${table.sources.join("; ")}.`,
    ...table.assumptions,
    ...method,
    ...left.map((what) => `Left out: ${what}.`),
    ...(reasons.length === 0
      ? []
      : [
          `Not measured: ${reasons.length} of ${rows.length} numbers (${[...new Set(reasons)].slice(0, MOST_REASONS).join("; ")}${new Set(reasons).size > MOST_REASONS ? "; and others" : ""}).`,
        ]),
    ...fingerprintNotes(runs),
  ];
}

const MOST_REASONS = 4;

/** Benchmarks with their rules of scoring, and the fingerprints behind the numbers. */
function fingerprintNotes(runs: readonly RunTrials[]): string[] {
  const rules = runs.map(({ manifest: { benchmark, fingerprint } }) => {
    return `${benchmark.name}/${benchmark.split} by ${fingerprint.scorer}`;
  });
  const prints = [...new Set(runs.map(({ manifest }) => shortHash(manifest.fingerprint)))].sort(compareText);
  const scored = [...new Set(rules)].sort(compareText).join(", ");
  if (runs.length === 0) return [];
  return [`Scored: ${scored}.`, `Fingerprint of all ${prints.length} runs together: ${shortHash(prints)}.`];
}

/** Of all cells, each once. */
function runsOf(cells: readonly PaperCell[], results: Results): RunTrials[] {
  const places = new Map<string, Term>();
  for (const { measure: asked } of cells) {
    if (asked.kind !== "score") continue;
    for (const term of asked.terms) places.set(JSON.stringify([term.arm, term.user, term.benchmark]), term);
  }
  return [...places.values()].flatMap((place) => results.run(place) ?? []);
}
