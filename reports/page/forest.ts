/** A forest plot that is a table: a row an estimate, with its dot and interval drawn beside the numbers. */
import type { Interval } from "../../harness/statistics/interval.ts";
import { type Content, type Html, html } from "./html.ts";
import type { Cell } from "./parts.ts";

/** What the horizontal axis spans, in units of score, and where it is labelled. */
export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
  readonly label: (tick: number) => string;
}

export interface Estimate {
  readonly name: Content;
  /** In words, for those who cannot see the plot. */
  readonly description: string;
  readonly value: number | null;
  readonly interval: Interval | null;
  /** Drawn hollow: what others are compared with. */
  readonly baseline: boolean;
  readonly cells: readonly Cell[];
}

export interface EstimateGroup {
  readonly name: Content;
  /** Where a thin line runs through the group. */
  readonly reference: number | null;
  readonly estimates: readonly Estimate[];
}

/** Draws groups of estimates on one axis. All rows have the same cells. */
export function forestTable(caption: Content, nameLabel: string, axis: Axis, groups: readonly EstimateGroup[]): Html {
  const cells = groups[0]?.estimates[0]?.cells ?? [];
  return html`<table class="${cells.length > 4 ? "forest many" : "forest"}" role="table">
<caption>${caption}</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">${nameLabel}</th>
<th role="columnheader" scope="col" class="plot"><span class="unseen">Drawn</span>${axisDrawing(axis)}</th>
${cells.map(({ label }) => html`<th role="columnheader" scope="col" class="number">${label}</th>`)}</tr></thead>
${groups.map((group) => groupRows(group, axis, cells.length + 2))}
</table>`;
}

function groupRows({ name, reference, estimates }: EstimateGroup, axis: Axis, columns: number): Html {
  return html`<tbody role="rowgroup">
<tr role="row" class="group"><th role="rowheader" scope="rowgroup" colspan="${columns}">${name}</th></tr>
${estimates.map((estimate) => estimateRow(estimate, axis, reference))}</tbody>`;
}

function estimateRow(estimate: Estimate, axis: Axis, reference: number | null): Html {
  return html`<tr role="row"><th role="rowheader" scope="row">${estimate.name}</th>
<td role="cell" class="plot">${drawing(estimate, axis, reference)}</td>
${estimate.cells.map(({ label, content }) => html`<td role="cell" class="number" data-label="${label}">${content}</td>`)}</tr>
`;
}

// Positions are percentages of the width, so a drawing fits any column and its dots stay round.
function drawing({ value, interval, baseline, description }: Estimate, axis: Axis, reference: number | null): Html {
  const at = (position: number) => place(position, axis);
  return html`<svg role="img" aria-label="${description}">
${axis.ticks.map((tick) => html`<line class="grid" x1="${at(tick)}" x2="${at(tick)}" y1="0" y2="100%"/>`)}
${reference === null ? null : html`<line class="reference" x1="${at(reference)}" x2="${at(reference)}" y1="0" y2="100%"/>`}
${interval === null ? null : html`<line class="interval" x1="${at(interval.low)}" x2="${at(interval.high)}" y1="50%" y2="50%"/>`}
${value === null ? null : html`<circle class="${baseline ? "dot hollow" : "dot"}" cx="${at(value)}" cy="50%" r="5"/>`}</svg>`;
}

function axisDrawing(axis: Axis): Html {
  const ticks = axis.ticks.map((tick) => html`<text x="${place(tick, axis)}" y="1em">${axis.label(tick)}</text>`);
  return html`<svg aria-hidden="true">${ticks}</svg>`;
}

function place(position: number, { low, high }: Axis): string {
  return `${((100 * (position - low)) / (high - low)).toFixed(2)}%`;
}
