/** Paired differences as a forest plot around zero, with the tasks behind them and the warnings. */
import type { Difference } from "../compare.ts";
import { type Verdict, verdictOf } from "../compare-several.ts";
import { readingOf } from "../differences-reading.ts";
import { scoringNotes } from "../differences-table.ts";
import { grouped, intervalText, pairedSize, points, pValue, signedPoints } from "../format.ts";
import { type Axis, type Estimate, forestTable } from "./forest.ts";
import { type Html, html } from "./html.ts";
import { linked, NO_LINKS, type PageLinks } from "./links.ts";
import { fingerprintTag, simulatedTag } from "./parts.ts";
import type { Section } from "./sections.ts";

const REACHES = [0.1, 0.2, 0.4, 0.6, 0.8, 1];
/** Of one list: a page with thousands of tasks has them all in its table. */
const MOST_LISTED = 200;

/** @param links to the two trials of a task side by side */
export function differencesSection(differences: readonly Difference[], links: PageLinks = NO_LINKS): Section | null {
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
  const body = html`<div class="part">${table}
<p class="quiet"><small>${[...scoringNotes(differences), MDE].join(" ")}</small></p>
${warningList(differences)}
<details><summary>What each difference says, and the tasks won, lost and broken</summary>
${differences.map((row) => readingDetails(row, links))}</details></div>`;
  return { id: "differences", title: "Paired differences", body };
}

const MDE = "MDE: the smallest true difference that as many tasks and seeds would show with a chance of 80 %.";

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
      `n ${pairedSize(row)}${isSimulated(row) ? ", simulated" : ""}`,
    value: row.difference,
    interval: row.interval,
    baseline: false,
    cells: [
      {
        label: "Difference",
        content: html`<b>${signedPoints(row.difference)}</b> <small class="quiet">MDE ${points(row.smallest)}</small>`,
      },
      { label: "95 % interval", content: intervalText(row.interval, signedPoints) },
      { label: "p", content: pCell(row) },
      { label: "Won, lost, tied", content: `${row.wins.length}, ${row.losses.length}, ${row.ties.length}` },
      { label: "n", content: pairedSize(row) },
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
  const warned = differences.flatMap((row) => row.warnings.map(({ text }) => ({ row, text })));
  const items = [...Map.groupBy(warned, ({ text }) => text)].map(([text, same]) => {
    const names = same.map(({ row }) => `${armName(row)}, ${row.benchmark} ${row.split}, ${row.baseline.model}`);
    const [name = ""] = names;
    if (names.length === 1) return html`<li><b>${name}:</b> ${text}</li>`;
    const rest = names.map((each) => html`<div>${each}</div>`);
    return html`<li><b>${names.length} of ${differences.length} differences:</b> ${text}<details><summary>Which they are</summary>${rest}</details></li>`;
  });
  return items.length === 0 ? null : html`<ul class="warnings">${items}</ul>`;
}

/** The p of one comparison is its own adjustment. */
function pCell({ p, adjustment }: Difference): Html {
  if (adjustment.comparisons === 1) return html`${pValue(p)}`;
  return html`${pValue(p)} <small class="quiet">Holm ${pValue(adjustment.p)}</small>`;
}

const VERDICTS: Record<Verdict, string> = { gain: "gain", none: "no evidence", loss: "loss" };

function readingDetails(row: Difference, links: PageLinks): Html {
  const list = (tasks: readonly string[]) => taskLinks(tasks, row, links);
  return html`<details><summary>${armName(row)} against ${row.baseline.arm}, ${row.benchmark} ${row.split}, ${row.baseline.model}:
${signedPoints(row.difference)}, ${VERDICTS[verdictOf(row)]} (${intervalText(row.interval, signedPoints)}, n ${pairedSize(row)}${isSimulated(row) ? ", simulated" : ""})</summary>
${readingOf(row).map((sentence) => html`<p>${sentence}</p>\n`)}
<dl class="tasklists"><div><dt>Won</dt><dd>${list(row.wins)}</dd></div><div><dt>Lost</dt><dd>${list(row.losses)}</dd></div>
<div><dt>Tied</dt><dd>${list(row.ties)}</dd></div><div><dt>Broken: passed before, failed now</dt><dd>${list(row.items.harmed)}</dd></div></dl></details>
`;
}

function taskLinks(tasks: readonly string[], { arm, baseline }: Difference, links: PageLinks): Html {
  if (tasks.length === 0) return html`<span class="quiet">none</span>`;
  const arms = { arm: arm.fingerprint, baseline: baseline.fingerprint };
  const names = tasks.slice(0, MOST_LISTED).map((task, index) => {
    const name = linked(links.diff(arms, task), task);
    return html`<span class="task">${name}${index < tasks.length - 1 ? "," : ""}</span> `;
  });
  const more = tasks.length - names.length;
  return html`<details class="tasks"><summary>${grouped(tasks.length)} ${tasks.length === 1 ? "task" : "tasks"}</summary>${names}${
    more === 0 ? null : html`<span class="quiet">and ${grouped(more)} more</span>`
  }</details>`;
}
