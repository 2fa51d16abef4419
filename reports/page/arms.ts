/** The arms of an experiment: a forest plot a benchmark, grouped by model, and the scores by kind of task. */
import { armNotes } from "../arm-notes.ts";
import { attestedText } from "../attested.ts";
import type { ExperimentReport } from "../experiment.ts";
import { counted, intervalText, points, sampleSize } from "../format.ts";
import { metricLines, seedsText } from "../metrics-table.ts";
import type { RunSummary } from "../summary.ts";
import { type Axis, type Estimate, type EstimateGroup, forestTable } from "./forest.ts";
import { type Html, html } from "./html.ts";
import { type Cell, dataTable, fingerprintTag, scoringNote, simulatedTag } from "./parts.ts";
import type { Section } from "./sections.ts";

const AXIS: Axis = { low: 0, high: 1, ticks: [0, 0.25, 0.5, 0.75, 1], label: (tick) => String(100 * tick) };

export function armsSection({ arms, differences }: ExperimentReport): Section {
  const baselines = new Set(differences.map(({ baseline }) => baseline.fingerprint));
  const benchmarks = Map.groupBy(arms, ({ benchmark, split }) => JSON.stringify([benchmark, split]));
  return {
    id: "arms",
    title: "Arms",
    body: html`${[...benchmarks.values()].map((group) => benchmarkPart(group, baselines))}`,
  };
}

function benchmarkPart(arms: readonly RunSummary[], baselines: ReadonlySet<string>): Html {
  const [first] = arms;
  const simulated = arms.some((arm) => arm.simulated);
  const models = [...Map.groupBy(arms, ({ model }) => model).values()];
  const name = html`<span class="benchmark">${first?.benchmark ?? ""}</span> <span class="split">${first?.split ?? ""}</span>${simulatedTag(simulated)}${scoringNote(arms)}`;
  return html`<div class="part">
${forestTable(
  name,
  "Arm",
  AXIS,
  models.map((group) => modelGroup(group, baselines)),
)}
${metricsPart(arms)}${attestedPart(arms)}<details><summary>By kind of task</summary>${models.map(kindTable)}</details>
</div>`;
}

function modelGroup(arms: readonly RunSummary[], baselines: ReadonlySet<string>): EstimateGroup {
  const baseline = arms.find(({ fingerprint }) => baselines.has(fingerprint));
  return {
    name: html`${arms[0]?.model ?? ""}`,
    reference: baseline?.mean ?? null,
    estimates: arms.map((arm) => armEstimate(arm, arm === baseline)),
  };
}

function armEstimate(arm: RunSummary, baseline: boolean): Estimate {
  const label = `${arm.arm}, ${arm.model}: ${points(arm.mean)}, 95 % interval ${intervalText(arm.interval)}`;
  return {
    name: html`${arm.arm}${attestation(arm)}${troubles(arm)}`,
    description: `${label}, n ${sampleSize(arm)}${arm.simulated ? ", simulated" : ""}`,
    value: arm.mean,
    interval: arm.interval,
    baseline,
    cells: [
      { label: "Score", content: html`<b>${points(arm.mean)}</b>` },
      { label: "95 % interval", content: intervalText(arm.interval) },
      { label: "n", content: sampleSize(arm) },
      { label: "Fingerprint", content: fingerprintTag(arm.fingerprint) },
    ],
  };
}

/** Beside the arm where something was amiss; all else is told below the table. */
function attestation(arm: RunSummary): Html | null {
  const text = attestedText(arm);
  return text === null || isClean(arm) ? null : html`<small class="quiet">${text}</small>`;
}

function isClean({ attested }: RunSummary): boolean {
  if (attested === undefined) return true;
  const { trials, of, breached, canaries, flagged } = attested;
  return trials === of && breached + canaries + flagged === 0;
}

/** Nothing where no trial tells. */
function attestedPart(arms: readonly RunSummary[]): Html | null {
  const lines = arms.flatMap((arm) => {
    const text = attestedText(arm);
    return text === null ? [] : [html`<p>${arm.arm}, ${arm.model}: ${text} ${fingerprintTag(arm.fingerprint)}</p>`];
  });
  if (lines.length === 0) return null;
  return html`<details><summary>What agents had in sight</summary>
<p class="quiet">A trial is attested where the harness noted which files of a skill lay in sight of the agent and which it read, which of its
commands look for answers (flagged), and whether a canary, a mark planted beside the right answers, came into its view.</p>
${lines}</details>
`;
}

/** What a reader should know of an arm, a line each; nothing where all went well. */
function troubles(summary: RunSummary): Html[] {
  const { unscored, missing } = summary;
  const notes = [
    ...Object.entries(unscored).map(([reason, trials]) => `${trials} unscored (${reason})`),
    ...(missing > 0 ? [`${counted(missing, "trial")} missing`] : []),
    ...armNotes(summary),
  ];
  return notes.map((note) => html`<small class="quiet">${note}</small>`);
}

/** Nothing where no arm has a number beside its mean. */
function metricsPart(arms: readonly RunSummary[]): Html | null {
  const rows = arms.flatMap((arm) =>
    metricLines(arm).map(({ name, mean, interval, tasks, clusters }): Cell[] => [
      { label: "Arm", content: html`${arm.arm}, ${arm.model} ${fingerprintTag(arm.fingerprint)}` },
      { label: "Metric", content: name },
      { label: "Score", content: points(mean), kind: "number" },
      { label: "95 % interval", content: intervalText(interval), kind: "number" },
      { label: "n", content: sampleSize({ tasks, clusters, seeds: arm.seeds }), kind: "number" },
    ]),
  );
  const seeds = arms.flatMap((arm) => {
    const text = seedsText(arm);
    return text === null ? [] : [html`<p>${arm.arm}, ${arm.model}: ${text}</p>`];
  });
  if (rows.length === 0 && seeds.length === 0) return null;
  const simulated = simulatedTag(arms.some((arm) => arm.simulated));
  const table = rows.length === 0 ? null : dataTable(html`Further metrics${simulated}`, rows);
  return html`<details><summary>Further metrics and seeds</summary>${table}${seeds}</details>
`;
}

function kindTable(arms: readonly RunSummary[]): Html {
  const kinds = [...new Set(arms.flatMap(({ byKind }) => byKind.map(({ kind }) => kind)))].sort();
  const simulated = arms.some((arm) => arm.simulated);
  const rows = kinds.map((kind): Cell[] => [
    { label: "Kind", content: kind },
    ...arms.map(
      (arm): Cell => ({ label: `${arm.arm} ${arm.fingerprint}`, content: kindResult(arm, kind), kind: "number" }),
    ),
  ]);
  return dataTable(html`${arms[0]?.model ?? ""}: score, 95 % interval, n${simulatedTag(simulated)}`, rows);
}

function kindResult({ byKind, seeds }: RunSummary, kind: string): Html {
  const result = byKind.find((candidate) => candidate.kind === kind);
  if (result === undefined) return html`<span class="quiet">–</span>`;
  return html`${points(result.mean)} <small class="quiet">${intervalText(result.interval)}, n ${sampleSize({ ...result, seeds })}</small>`;
}
