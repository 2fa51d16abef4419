/** Where the page keeps its trials, and the addresses that lead to them. The script fills what stands empty here. */
import { counted } from "../format.ts";
import type { HeldTrials, IndexedTrial, TrialIndex } from "./data.ts";
import { dataElement, type Html, html } from "./html.ts";
import type { PageLinks } from "./links.ts";
import type { Section } from "./sections.ts";

/** The trials of a page, and the folder beside it that has them; null where the page has them itself. */
export interface PageTrials {
  readonly held: HeldTrials;
  readonly folder: string | null;
}

/** Of the index and all chunks, in characters. */
export function packedLength({ packed, chunks }: HeldTrials): number {
  return chunks.reduce((sum, chunk) => sum + chunk.packed.length, packed.length);
}

/** A chunk as a file beside the page: a script, for a page from a disk may read nothing else. */
export function chunkFile({ name, packed }: HeldTrials["chunks"][number]): string {
  return `trace2skillChunk("${name}","${packed}");\n`;
}

export function tasksSection({ held }: PageTrials): Section {
  const { tasks, trials } = held.index;
  const body = html`<div class="part" id="tasks"><p class="quiet">${counted(trials.length, "trial")} of ${counted(tasks.length, "task")},
which this page shows by a script of its own: allow it to run.</p></div>`;
  return { id: "trials", title: "Tasks and trials", body };
}

/** The index, and the chunks where they are in the page: text in base64 that is no script and that nothing runs. */
export function trialData({ held, folder }: PageTrials): Html {
  const inside = folder === null ? held.chunks : [];
  return html`${dataElement("trial-index", held.packed)}
${inside.map(({ name, packed }) => html`${dataElement(`chunk-${name}`, packed)}\n`)}`;
}

/** Leads to the trials of an index; a name that several runs of the page share leads nowhere. */
export function pageLinks(index: TrialIndex): PageLinks {
  const byName = Map.groupBy(index.trials, (trial) => nameOf(index, trial));
  // The folders of an experiment's runs end in a hash, which lessons leave out.
  const byLabel = Map.groupBy(index.trials, (trial) => nameOf(index, trial).replace(/-[0-9a-f]{12}\//, "/"));
  const byUnit = Map.groupBy(index.trials, ([run, task]) =>
    unitKey(index.runs[run]?.fingerprint, index.tasks[task]?.family ?? index.tasks[task]?.id),
  );
  return {
    trial(name, skill) {
      const found = byName.get(name) ?? byLabel.get(name) ?? [];
      const own = found.length > 1 ? found.filter(([run]) => index.runs[run]?.skillHash === skill) : found;
      const [trial, ...others] = own;
      return trial === undefined || others.length > 0 ? null : `#trial=${addressOf(index, trial)}`;
    },
    diff({ arm, baseline }, unit) {
      const [left, right] = [byUnit.get(unitKey(baseline, unit)), byUnit.get(unitKey(arm, unit))];
      const one = left?.find((trial) => right?.some((other) => isSameTaskAndSeed(trial, other)));
      const other = one && right?.find((trial) => isSameTaskAndSeed(trial, one));
      return one && other ? `#diff=${addressOf(index, one)}..${addressOf(index, other)}` : null;
    },
  };
}

function unitKey(fingerprint: string | undefined, unit: string | undefined): string {
  return `${fingerprint} ${unit}`;
}

function isSameTaskAndSeed([, task, seed]: IndexedTrial, [, otherTask, otherSeed]: IndexedTrial): boolean {
  return task === otherTask && seed === otherSeed;
}

/** As lessons name a trial. */
function nameOf({ runs, tasks }: TrialIndex, [run, task, seed]: IndexedTrial): string {
  return `${runs[run]?.name}/${tasks[task]?.name}.${seed}`;
}

function addressOf({ runs, tasks }: TrialIndex, [run, task, seed]: IndexedTrial): string {
  return `${runs[run]?.key}/${tasks[task]?.name}.${seed}`;
}
