/** What arms break: tasks that the baseline passes and an arm fails, arm by arm and task by task. */
import type { Difference } from "../compare.ts";
import { counted, pairedSize, points } from "../format.ts";
import { type Html, html } from "./html.ts";
import { linked, type PageLinks } from "./links.ts";
import { type Cell, dataTable, fingerprintTag, scoringNote, simulatedTag } from "./parts.ts";
import type { Section } from "./sections.ts";

/** Of the list by task; each difference lists its own, up to 200 of them. */
const MOST_TASKS = 12;
/** So many comparisons are in view; more of them are folded away. */
const MOST_OPEN = 6;

export function negativeTransferSection(differences: readonly Difference[], links: PageLinks): Section | null {
  if (differences.length === 0) return null;
  const simulated = simulatedTag(differences.some(({ arm, baseline }) => arm.simulated || baseline.simulated));
  const scored = differences.flatMap(({ arm, baseline, metric }) => [arm, baseline].map((one) => ({ ...one, metric })));
  const about = html`${simulated}${scoringNote(scored)}`;
  const caption = html`Tasks that the baseline passes and the arm fails${about}`;
  const arms = html`${dataTable(caption, differences.map(armRow))}
<p class="quiet">Chance is how often the baseline fails what another seed of it passed: an arm does harm where it fails clearly more.</p>`;
  const folded = html`<details><summary>What each of ${differences.length} comparisons breaks and mends</summary>${arms}</details>`;
  const body = html`<div class="part">${taskTable(differences, { links, about })}
${differences.length > MOST_OPEN ? folded : arms}</div>`;
  return { id: "negative-transfer", title: "Negative transfer", body };
}

function armRow(row: Difference): Cell[] {
  const { arm, baseline, benchmark, split, items } = row;
  const number = (label: string, content: Cell["content"]): Cell => ({ label, content, kind: "number" });
  return [
    {
      label: "Arm",
      content: html`${arm.arm}, ${arm.model} <small class="quiet">against ${baseline.arm}, ${benchmark} ${split}</small>`,
      kind: "wide",
    },
    number("Passed before", items.passed),
    number("Broken", html`<b>${items.harmed.length}</b>`),
    number("Broken, by seed, %", points(items.harm)),
    number("Chance, %", points(items.chance)),
    number("Failed before", items.failed),
    number("Mended", items.helped.length),
    number("n", pairedSize(row)),
    number("Fingerprint", fingerprintTag(arm.fingerprint)),
  ];
}

interface BrokenTask {
  readonly task: string;
  readonly place: string;
  readonly by: readonly Difference[];
  readonly mended: number;
}

/** The tasks that are broken most often, first. @param about what stands behind the table's title */
function taskTable(
  differences: readonly Difference[],
  { links, about }: { links: PageLinks; about: Html },
): Html | null {
  const broken = brokenTasks(differences);
  if (broken.length === 0) return html`<p>No arm breaks a task that its baseline passes.</p>`;
  const rows = broken.slice(0, MOST_TASKS).map(({ task, place, by, mended }): Cell[] => [
    { label: "Task", content: html`${task} <small class="quiet">${place}</small>` },
    {
      label: "Broken by",
      content: by.map((one, index) => [index === 0 ? "" : ", ", brokenBy(one, task, links)]),
      kind: "wide",
    },
    { label: "Comparisons that break it", content: by.length, kind: "number" },
    { label: "That mend it", content: mended, kind: "number" },
  ]);
  const more = broken.length - rows.length;
  return html`${dataTable(html`The tasks that are broken most often${about}`, rows)}${
    more === 0
      ? null
      : html`<p class="quiet">and ${counted(more, "more task")}: see the lists of the paired differences</p>`
  }`;
}

function brokenBy({ arm, baseline }: Difference, task: string, links: PageLinks): Html {
  const address = links.diff({ arm: arm.fingerprint, baseline: baseline.fingerprint }, task);
  return linked(address, `${arm.arm} with ${arm.model}, not ${baseline.arm}`);
}

function brokenTasks(differences: readonly Difference[]): BrokenTask[] {
  const places = Map.groupBy(differences, ({ benchmark, split }) => `${benchmark} ${split}`);
  const all = [...places].flatMap(([place, group]) =>
    [...new Set(group.flatMap(({ items }) => items.harmed))].map((task) => ({
      task,
      place,
      by: group.filter(({ items }) => items.harmed.includes(task)),
      mended: group.filter(({ items }) => items.helped.includes(task)).length,
    })),
  );
  return all.sort((one, other) => other.by.length - one.by.length || one.mended - other.mended);
}
