/** Small pieces that several sections of the page share. */
import { grouped } from "../format.ts";
import type { RunSummary } from "../summary.ts";
import { type Content, type Html, html } from "./html.ts";

const MOST_INLINE = 6;

/** The mark that stands wherever numbers come from a simulated model. */
export function simulatedTag(simulated: boolean): Html | null {
  return simulated ? html` <span class="tag">simulated</span>` : null;
}

export function fingerprintTag(short: string): Html {
  return html`<code class="fingerprint">${short}</code>`;
}

/** What the scores of arms are, whose rules gave them, and on which seeds: under the title of every table of scores. */
export function scoringNote(arms: readonly Pick<RunSummary, "metric" | "scorer" | "seeds">[]): Html {
  const notes = arms.map(({ metric, scorer, seeds }) => `${metric}, scored by ${scorer}, seeds ${seeds.join(", ")}`);
  return html` <small class="quiet">${[...new Set(notes)].join("; ")}</small>`;
}

export interface Cell {
  readonly label: string;
  readonly content: Content;
  readonly kind?: "number" | "text" | "wide";
}

/** A table whose rows turn into cards where the page is narrow; the first cell of a row is its header. */
export function dataTable(caption: Content, rows: readonly (readonly Cell[])[]): Html {
  const [head = []] = rows;
  // Roles are spelt out because some browsers forget what a table is when style sheets lay it out anew.
  return html`<table class="data" role="table">
<caption>${caption}</caption>
<thead role="rowgroup"><tr role="row">${head.map(headCell)}</tr></thead>
<tbody role="rowgroup">${rows.map((row) => html`<tr role="row">${row.map(bodyCell)}</tr>\n`)}</tbody>
</table>`;
}

function headCell({ label, kind = "text" }: Cell): Html {
  return html`<th role="columnheader" scope="col" class="${kind}">${label}</th>`;
}

function bodyCell({ label, content, kind = "text" }: Cell, index: number): Html {
  return index === 0
    ? html`<th role="rowheader" scope="row" class="${kind}">${content}</th>`
    : html`<td role="cell" class="${kind}" data-label="${label}">${content}</td>`;
}

/** Names of tasks: all in view when few, else behind their number. */
export function taskList(tasks: readonly string[]): Html {
  const names = tasks.map(
    (task, index) => html`<span class="task">${task}${index < tasks.length - 1 ? "," : ""}</span> `,
  );
  if (tasks.length === 0) return html`<span class="quiet">none</span>`;
  return tasks.length <= MOST_INLINE
    ? html`<span class="tasks">${names}</span>`
    : html`<details class="tasks"><summary>${grouped(tasks.length)} tasks</summary>${names}</details>`;
}
