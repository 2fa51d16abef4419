/** Differences as tables, for every format: one of the figures, one of what was broken. */
import type { Difference } from "./compare.ts";
import { verdictOf } from "./compare-several.ts";
import { pairedSize, points, pValue, signedPoints } from "./format.ts";
import { type Column, INTERVAL_COLUMNS, intervalCells, type Table, type TableCell } from "./table.ts";

const FINGERPRINTS: readonly Column[] = [
  { label: "fingerprint", kind: "text" },
  { label: "of the baseline", kind: "text" },
];

/** A row a difference, under benchmark, split and user. */
export function differencesAsTable(differences: readonly Difference[]): Table {
  return {
    id: "differences",
    title: "Paired differences",
    columns: [
      { label: "arm", kind: "text" },
      { label: "baseline", kind: "text" },
      { label: "points", kind: "number" },
      ...INTERVAL_COLUMNS,
      { label: "p", kind: "number" },
      { label: "p (Holm)", kind: "number" },
      { label: "MDE", kind: "number" },
      { label: "won", kind: "number" },
      { label: "lost", kind: "number" },
      { label: "tied", kind: "number" },
      { label: "n", kind: "text" },
      { label: "verdict", kind: "text" },
      ...FINGERPRINTS,
    ],
    rows: differences.map((row) => ({ group: groupOf(row), cells: cellsOf(row) })),
    notes: [
      "Arm less baseline in points of 100, paired by task; seeds are averaged within a task. n: tasks × seeds.",
      "MDE: the smallest true difference that as many tasks and seeds would show with a chance of 80 %.",
      ...scoringNotes(differences),
      ...warningNotes(differences).map((note) => `${note}.`),
    ],
    simulated: differences.some(isSimulated),
  };
}

/** A row a difference: what the baseline passes and the arm fails, against what chance alone takes away. */
export function negativeTransferTable(differences: readonly Difference[]): Table {
  return {
    id: "negative-transfer",
    title: "Negative transfer, task by task",
    columns: [
      { label: "arm", kind: "text" },
      { label: "baseline", kind: "text" },
      { label: "passed before", kind: "number" },
      { label: "broken", kind: "number" },
      { label: "mended", kind: "number" },
      { label: "broken, % by seed", kind: "number" },
      { label: "by chance, %", kind: "number" },
      { label: "n", kind: "text" },
      ...FINGERPRINTS,
      { label: "tasks broken", kind: "text" },
    ],
    rows: differences.map((row) => ({ group: groupOf(row), cells: brokenCells(row) })),
    notes: [
      "A task is passed when more than half of its score over the seeds is there, failed when less than half is.",
      "Broken: passed by the baseline, failed by the arm; mended: the other way.",
      "By seed: how often a seed of the arm fails what a seed of the baseline passed; by chance: how often another seed of the baseline itself does. One seed cannot tell chance.",
      ...scoringNotes(differences),
    ],
    simulated: differences.some(isSimulated),
  };
}

/** Warnings, each once with the differences that it is about. */
export function warningNotes(differences: readonly Difference[]): string[] {
  const told = differences.flatMap((row) => row.warnings.map(({ text }) => ({ row, text })));
  return [...Map.groupBy(told, ({ text }) => text)].map(
    ([text, group]) => `${[...new Set(group.map(({ row }) => placeOf(row)))].join("; ")}: ${text}`,
  );
}

function placeOf({ benchmark, split, arm }: Difference): string {
  return `${benchmark}/${split}, ${arm.arm} (${arm.model})`;
}

/** What the figures of differences need to be believed beside n, interval and fingerprints: tests, scorer, seeds. */
export function scoringNotes(differences: readonly Difference[]): string[] {
  const scored = Map.groupBy(differences, ({ benchmark, split }) => `${benchmark}/${split}`);
  return [
    ...testNotes(differences),
    ...[...scored].map(([name, group]) => {
      const scorers = listOf(group, ({ arm, baseline }) => [arm.scorer, baseline.scorer]);
      const seeds = listOf(group, ({ arm, baseline }) => [arm.seeds.join(", "), baseline.seeds.join(", ")]);
      return `${name}: ${listOf(group, ({ metric }) => [metric])}, scored by ${scorers}, seeds ${seeds}.`;
    }),
  ];
}

/** Which tests ps are from, and what they were adjusted for; nothing without a difference. */
export function testNotes(differences: readonly Difference[]): string[] {
  if (differences.length === 0) return [];
  return [
    `p: ${listOf(differences, ({ method }) => [TESTS[method]])}${adjustmentOf(differences)}.`,
    ...(differences.some(({ clusters }) => clusters !== null)
      ? [
          "Tasks in clusters (n: tasks × seeds in clusters) resemble each other: intervals and tests take a cluster as one.",
        ]
      : []),
  ];
}

const TESTS: Record<Difference["method"], string> = {
  "mcnemar-exact": "McNemar's exact test",
  "sign-flip-exact": "sign-flip permutation, all signings",
  "sign-flip-sampled": "sign-flip permutation, 19,999 signings",
};

/** Where some were made together. */
function adjustmentOf(differences: readonly Difference[]): string {
  const most = Math.max(...differences.map(({ adjustment }) => adjustment.comparisons));
  return most > 1 ? `; Holm's adjustment is for ${most} comparisons, intervals are each by itself` : "";
}

function listOf(differences: readonly Difference[], of: (row: Difference) => readonly string[]): string {
  return [...new Set(differences.flatMap(of))].join(" and ");
}

function fingerprintCells({ arm, baseline }: Difference): TableCell[] {
  return [{ text: arm.fingerprint }, { text: baseline.fingerprint }];
}

function groupOf({ benchmark, split, baseline }: Difference): string {
  return `${benchmark}/${split}, ${baseline.model}`;
}

function cellsOf(row: Difference): TableCell[] {
  const { interval, p, adjustment, smallest, wins, losses, ties } = row;
  const verdict = verdictOf(row);
  return [
    { text: nameOf(row) },
    { text: row.baseline.arm },
    { text: signedPoints(row.difference), value: 100 * row.difference, strong: verdict !== "none" },
    ...intervalCells(interval, (end) => ({ text: signedPoints(end), value: 100 * end })),
    { text: pValue(p), value: p },
    { text: pValue(adjustment.p), value: adjustment.p },
    { text: points(smallest), value: smallest === null ? null : 100 * smallest },
    ...[wins, losses, ties].map((tasks) => ({ text: String(tasks.length), value: tasks.length })),
    { text: pairedSize(row) },
    { text: { gain: "gain", none: "no evidence", loss: "loss" }[verdict] },
    ...fingerprintCells(row),
  ];
}

function brokenCells(row: Difference): TableCell[] {
  const { passed, harmed, helped, harm, chance } = row.items;
  return [
    { text: nameOf(row) },
    { text: row.baseline.arm },
    ...[passed, harmed.length, helped.length].map((count) => ({ text: String(count), value: count })),
    ...[harm, chance].map((share) => ({ text: points(share), value: share === null ? null : 100 * share })),
    { text: pairedSize(row) },
    ...fingerprintCells(row),
    { text: harmed.join(", ") || "none" },
  ];
}

function nameOf({ arm, baseline }: Difference): string {
  return arm.model === baseline.model ? arm.arm : `${arm.arm} (${arm.model})`;
}

function isSimulated({ arm, baseline }: Difference): boolean {
  return arm.simulated || baseline.simulated;
}
