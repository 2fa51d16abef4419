/** Arms as tables: the score of each on each benchmark, and the numbers beside it. */
import { attestedText } from "../attested.ts";
import { counted, points, sampleSize, UNISOLATED } from "../format.ts";
import { metricLines, seedsText } from "../metrics-table.ts";
import { repairNotes } from "../repairs.ts";
import type { RunSummary } from "../summary.ts";
import { type Column, INTERVAL_COLUMNS, intervalCells, type Table, type TableCell } from "../table.ts";

/** Trials that are to be made yet. */
const MISSING: Column = { label: "missing", kind: "number" };

/** A row an arm and model, under its benchmark and split. */
export function armsAsTable(arms: readonly RunSummary[]): Table {
  const shown = { missing: arms.some(({ missing }) => missing > 0) };
  return {
    id: "arms",
    title: "Arms",
    columns: [
      { label: "arm", kind: "text" },
      { label: "model", kind: "text" },
      { label: "score", kind: "number" },
      ...INTERVAL_COLUMNS,
      { label: "n", kind: "text" },
      { label: "seeds", kind: "text" },
      { label: "unscored", kind: "number" },
      ...(shown.missing ? [MISSING] : []),
      { label: "fingerprint", kind: "text" },
    ],
    rows: arms.map((arm) => ({ group: placeOf(arm), cells: armCells(arm, shown) })),
    notes: [
      "Scores in points of 100. n: tasks × seeds; seeds are averaged within a task, and tasks are the unit of every interval.",
      ...scorerNotes(arms),
      ...arms.flatMap(armNotes),
    ],
    simulated: arms.some(({ simulated }) => simulated),
  };
}

/** A row a metric; null where no arm has anything beside its score. */
export function metricsAsTable(arms: readonly RunSummary[]): Table | null {
  const rows = arms.flatMap((arm) =>
    metricLines(arm).map(({ name, mean, interval, tasks, clusters }) => ({
      group: nameOf(arm),
      cells: [
        { text: name },
        ...scoreCells(mean, interval),
        { text: sampleSize({ tasks, clusters, seeds: arm.seeds }) },
        { text: arm.fingerprint },
      ],
    })),
  );
  if (rows.length === 0) return null;
  return {
    id: "metrics",
    title: "Further metrics",
    columns: [
      { label: "metric", kind: "text" },
      { label: "score", kind: "number" },
      ...INTERVAL_COLUMNS,
      { label: "n", kind: "text" },
      { label: "fingerprint", kind: "text" },
    ],
    rows,
    notes: ["In points of 100, of the same answers as the score. n: tasks × seeds.", ...scorerNotes(arms)],
    simulated: arms.some(({ simulated }) => simulated),
  };
}

/** Which rules scored what, a line a benchmark. */
export function scorerNotes(arms: readonly RunSummary[]): string[] {
  const lines = arms.map((arm) => `${placeOf(arm)}: ${arm.metric}, scored by ${arm.scorer}.`);
  return [...new Set(lines)];
}

function placeOf({ benchmark, split }: RunSummary): string {
  return `${benchmark}/${split}`;
}

function nameOf(arm: RunSummary): string {
  return `${arm.arm}, ${arm.model}, ${placeOf(arm)}`;
}

function armCells(arm: RunSummary, shown: { readonly missing: boolean }): TableCell[] {
  const unscored = Object.values(arm.unscored).reduce((sum, trials) => sum + trials, 0);
  return [
    { text: arm.arm },
    { text: arm.model },
    ...scoreCells(arm.mean, arm.interval),
    { text: sampleSize(arm) },
    { text: arm.seeds.join(", ") },
    { text: String(unscored), value: unscored },
    ...(shown.missing ? [{ text: String(arm.missing), value: arm.missing }] : []),
    { text: arm.fingerprint },
  ];
}

function scoreCells(mean: number | null, interval: RunSummary["interval"]): TableCell[] {
  const cellOf = (score: number | null) => ({ text: points(score), value: score === null ? null : 100 * score });
  return [cellOf(mean), ...intervalCells(interval, cellOf)];
}

/** What a reader must know of one arm before believing its score. */
function armNotes(arm: RunSummary): string[] {
  const { learned, memory, tasksWanted, unisolated, placebo, exits } = arm;
  const all = Object.values(exits).reduce((sum, trials) => sum + trials, 0);
  const others = Object.entries(exits).filter(([exit]) => exit !== "submitted");
  const drawn = memory?.leftOut ?? 0;
  const notes = [
    ...(placebo === undefined
      ? []
      : [`not the skill ${placebo.of.slice(0, 12)} but a placebo of it: ${placebo.kind}, seed ${placebo.seed}`]),
    ...(unisolated ? [UNISOLATED] : []),
    ...(learned === 0
      ? []
      : [`the skill was distilled from ${learned} of these ${counted(tasksWanted, "task")}: no held-out score`]),
    ...(drawn === 0
      ? []
      : [
          `the memory was drawn from ${drawn} of these ${counted(tasksWanted, "task")}: each was shown only what others taught`,
        ]),
    ...(others.length === 0
      ? []
      : [
          `of ${counted(all, "trial")}, ended not by a submission but ${others.map(([exit, trials]) => `${trials} by ${exit}`).join(", ")}`,
        ]),
    ...[seedsText(arm), attestedText(arm)].flatMap((text) => text ?? []),
    ...repairNotes(arm),
  ];
  return notes.map((note) => `${nameOf(arm)}: ${note}.`);
}
