/** Paired differences as a forest plot around zero, with the tasks behind them and the warnings. */
import type { Difference } from "../compare.ts";
import { intervalText, pValue, signedPoints } from "../format.ts";
import { type Axis, type Estimate, forestTable } from "./forest.ts";
import { type Html, html } from "./html.ts";
import { fingerprintTag, simulatedTag, taskList } from "./parts.ts";

const REACHES = [0.1, 0.2, 0.4, 0.6, 0.8, 1];

export function differencesSection(differences: readonly Difference[]): Html | null {
  if (differences.length === 0) return null;
  const simulated = differences.some(isSimulated);
  const groups = Map.groupBy(
    differences,
    ({ benchmark, split, baseline }) => `${benchmark} ${split}, ${baseline.model}`,
  );
  const caption = html`Arm less baseline, paired by task, in points of 100${simulatedTag(simulated)}`;
  const table = forestTable(
    caption,
    "Arm against baseline",
    axisOf(differences),
    [...groups].map(([name, group]) => ({ name, reference: 0, estimates: group.map(estimateOf) })),
  );
  return html`<section><h2>Paired differences</h2><div class="part">${table}
${warningList(differences)}
<details><summary>Tasks won and lost</summary><dl class="tasklists">${differences.map(tasksOf)}</dl></details></div></section>`;
}

/** As wide as the widest interval, the same on both sides of zero. */
function axisOf(differences: readonly Difference[]): Axis {
  const widest = Math.max(...differences.flatMap(({ interval }) => [Math.abs(interval.low), Math.abs(interval.high)]));
  const reach = REACHES.find((candidate) => candidate >= widest) ?? 1;
  const label = (tick: number) => signedPoints(tick).replace(".0", "");
  return { low: -reach, high: reach, ticks: [-reach, -reach / 2, 0, reach / 2, reach], label };
}

function estimateOf(row: Difference): Estimate {
  const names = `${armName(row)} against ${row.baseline.arm}`;
  return {
    name: html`${armName(row)} <small class="quiet">against ${row.baseline.arm}</small>`,
    description:
      `${names}: ${signedPoints(row.difference)}, 95 % interval ${intervalText(row.interval, signedPoints)}, ` +
      `n ${row.tasks}${isSimulated(row) ? ", simulated" : ""}`,
    value: row.difference,
    interval: row.interval,
    baseline: false,
    cells: [
      { label: "Difference", content: html`<b>${signedPoints(row.difference)}</b>` },
      { label: "95 % interval", content: intervalText(row.interval, signedPoints) },
      { label: "p", content: pValue(row.p) },
      { label: "Won, lost, tied", content: `${row.wins.length}, ${row.losses.length}, ${row.ties}` },
      { label: "n", content: row.tasks },
      {
        label: "Fingerprints",
        content: html`${fingerprintTag(row.arm.fingerprint)} ${fingerprintTag(row.baseline.fingerprint)}`,
      },
    ],
  };
}

function armName({ arm, baseline }: Difference): string {
  return arm.model === baseline.model ? arm.arm : `${arm.arm} (${arm.model})`;
}

function isSimulated({ arm, baseline }: Difference): boolean {
  return arm.simulated || baseline.simulated;
}

function warningList(differences: readonly Difference[]): Html | null {
  const items = differences.flatMap((row) =>
    row.warnings.map(
      ({ text }) =>
        html`<li><b>${armName(row)}, ${row.benchmark} ${row.split}, ${row.baseline.model}:</b> ${text}</li>`,
    ),
  );
  return items.length === 0 ? null : html`<ul class="warnings">${items}</ul>`;
}

function tasksOf(row: Difference): Html {
  return html`<div><dt>${armName(row)} against ${row.baseline.arm}, ${row.benchmark} ${row.split}, ${row.baseline.model}:
${signedPoints(row.difference)} (${intervalText(row.interval, signedPoints)}, n ${row.tasks}${isSimulated(row) ? ", simulated" : ""})</dt>
<dd>Won: ${taskList(row.wins)}</dd><dd>Lost: ${taskList(row.losses)}</dd></div>`;
}
