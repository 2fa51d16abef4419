/** The raw trials as a table, for those who want to compute for themselves. */
import { shortHash } from "../../harness/hash.ts";
import { compareText, type RunTrials, unitOf } from "../rows.ts";
import type { Table, TableCell } from "../table.ts";

/** A row a trial, in the order of runs, tasks and seeds. */
export function trialsAsTable(runs: readonly RunTrials[]): Table {
  return {
    id: "trials",
    title: "Trials",
    columns: [
      ...["arm", "model", "benchmark", "split", "task", "unit", "kind"].map((label) => ({
        label,
        kind: "text" as const,
      })),
      { label: "seed", kind: "number" },
      { label: "score", kind: "number" },
      ...["unscored", "exit"].map((label) => ({ label, kind: "text" as const })),
      ...["calls", "tokens in", "tokens out", "seconds"].map((label) => ({ label, kind: "number" as const })),
      ...["scorer", "fingerprint"].map((label) => ({ label, kind: "text" as const })),
    ],
    rows: runs.flatMap((run) => trialRows(run)),
    notes: [
      "Scores from 0 to 1; empty where our side spoilt the trial, which is then in no mean. A wrong answer is 0.",
      "Unit: what a mean weighs as one, the task or the family of cases that it belongs to.",
      "Seconds by the clock, waits included.",
    ],
    simulated: runs.some(({ manifest }) => manifest.model.simulated),
  };
}

function trialRows({ manifest, trials }: RunTrials): { cells: TableCell[] }[] {
  const { arm, model, benchmark, fingerprint } = manifest;
  const run = [arm, model.name, benchmark.name, benchmark.split].map((text) => ({ text }));
  const print = shortHash(fingerprint);
  const sorted = [...trials].sort((a, b) => compareText(a.task.id, b.task.id) || a.seed - b.seed);
  return sorted.map(({ task, seed, score, trajectory, usage, durationMs }) => ({
    cells: [
      ...run,
      { text: task.id },
      { text: unitOf(task) },
      { text: task.kind },
      number(seed),
      number(score.kind === "scored" ? score.value : null),
      { text: score.kind === "scored" ? "" : score.reason },
      { text: trajectory?.exit ?? "" },
      ...[usage.calls, usage.inputTokens, usage.outputTokens, Math.round(durationMs) / 1000].map(number),
      { text: fingerprint.scorer },
      { text: print },
    ],
  }));
}

function number(value: number | null): TableCell {
  return { text: value === null ? "–" : String(value), value };
}
