/** Whose skills help whom: a row a skill and its author, a column a model that used it, shaded by the difference. */

import { ALPHA } from "../../harness/statistics/alpha.ts";
import type { Difference } from "../compare.ts";
import type { Distillation, ExperimentReport } from "../experiment.ts";
import { intervalText, pairedSize, pValue, signedPoints } from "../format.ts";
import { type Html, html } from "./html.ts";
import { fingerprintTag, scoringNote, simulatedTag } from "./parts.ts";
import type { Section } from "./sections.ts";

/** Differences of so many points, in units of score, are one shade darker; there are so many shades. */
const SHADE = 0.1;
const SHADES = 4;

/** The first difference that the report has for an arm: against its first baseline. */
export interface TransferCell {
  readonly user: string;
  readonly difference: Difference | null;
}

export interface TransferRow {
  readonly skill: string;
  readonly author: string;
  readonly cells: readonly TransferCell[];
}

export interface TransferMap {
  readonly benchmark: string;
  readonly split: string;
  readonly users: readonly string[];
  readonly rows: readonly TransferRow[];
}

/** One a benchmark on which a distilled skill is compared with a baseline. Pure. */
export function transferMaps({ arms, differences, distillations }: ExperimentReport): TransferMap[] {
  const places = Map.groupBy(arms, ({ benchmark, split }) => JSON.stringify([benchmark, split]));
  return [...places.values()].flatMap((group) => {
    const [{ benchmark = "", split = "" } = {}] = group;
    const cellOf = ({ skill }: Distillation, user: string): TransferCell => {
      const arm = group.find((one) => one.skill === skill.hash && one.model === user);
      const own = differences.find(
        (one) => one.arm.fingerprint === arm?.fingerprint && one.benchmark === benchmark && one.split === split,
      );
      return { user, difference: own ?? null };
    };
    const users = [...new Set(group.map(({ model }) => model))];
    const rows = distillations
      .map((one) => ({ skill: one.name, author: one.model, cells: users.map((user) => cellOf(one, user)) }))
      .filter(({ cells }) => cells.some(({ difference }) => difference !== null));
    return rows.length === 0 ? [] : [{ benchmark, split, users, rows }];
  });
}

/** Nothing where only one skill was used by only one model. */
export function transferSection(report: ExperimentReport): Section | null {
  const maps = transferMaps(report).filter(({ rows, users }) => rows.length * users.length > 1);
  if (maps.length === 0) return null;
  const body = html`<div class="part">${maps.map(mapTable)}
<p class="quiet">Points of 100 over the same model’s baseline, with the 95 % interval. A darker shade is a larger difference, up to ${100 * SHADE * SHADES} points;
<b>bold</b> is significant at ${100 * ALPHA} % after Holm’s adjustment.</p></div>`;
  return { id: "transfer", title: "Whose skill helps whom", body };
}

function mapTable({ benchmark, split, users, rows }: TransferMap): Html {
  const simulated = rows.some(({ cells }) => cells.some(({ difference }) => difference?.arm.simulated));
  const scored = rows.flatMap(({ cells }) =>
    cells.flatMap(({ difference }) => (difference === null ? [] : [{ ...difference.arm, metric: difference.metric }])),
  );
  return html`<table class="heat" role="table">
<caption><span class="benchmark">${benchmark}</span> <span class="split">${split}</span>${simulatedTag(simulated)}${scoringNote(scored)}</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Skill, by its author</th>${users.map((user) => html`<th role="columnheader" scope="col">used by ${user}</th>`)}</tr></thead>
<tbody role="rowgroup">${rows.map(mapRow)}</tbody></table>`;
}

function mapRow({ skill, author, cells }: TransferRow): Html {
  return html`<tr role="row"><th role="rowheader" scope="row">${skill} <small class="quiet">by ${author}</small></th>${cells.map(mapCell)}</tr>
`;
}

function mapCell({ user, difference: row }: TransferCell): Html {
  if (row === null) return html`<td role="cell" data-label="used by ${user}"><span class="quiet">not run</span></td>`;
  const { difference, interval, adjustment, arm } = row;
  const figure = signedPoints(difference);
  return html`<td role="cell" class="${shadeOf(difference)}" data-label="used by ${user}"><span class="figure">${adjustment.p <= ALPHA ? html`<b>${figure}</b>` : figure}</span>
<small>${intervalText(interval, signedPoints)}</small><small>n ${pairedSize(row)}, p ${pValue(adjustment.p)} against ${row.baseline.arm}</small><small>${fingerprintTag(arm.fingerprint)}</small></td>`;
}

function shadeOf(difference: number): string {
  const step = Math.min(SHADES, Math.ceil(Math.abs(difference) / SHADE - 1e-9));
  return step === 0 ? "even" : `${difference > 0 ? "gain" : "loss"}-${step}`;
}
