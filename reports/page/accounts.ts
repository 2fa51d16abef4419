/** What it all cost, and everything that decided the numbers. */
import type { Fingerprint } from "../../harness/manifest.ts";
import { addUpCosts, type Cost, type ExperimentReport, totalCost } from "../experiment.ts";
import { grouped, moneyCell, seconds } from "../format.ts";
import { html } from "./html.ts";
import { type Cell, dataTable, fingerprintTag, simulatedTag } from "./parts.ts";
import type { Section } from "./sections.ts";

/** What the work took, not what the last command paid: that differs when it is read back, and the page must not. */
export function costsSection(costs: readonly Cost[]): Section | null {
  if (costs.length === 0) return null;
  const simulated = costs.some((cost) => cost.simulated);
  const mixed = simulated && !costs.every((cost) => cost.simulated);
  const currency = costs.find(({ money }) => money !== undefined)?.money?.currency ?? null;
  const lines = addUpCosts(costs).map((cost): Cell[] => [
    { label: "For", content: cost.part },
    { label: "Caller", content: cost.caller },
    { label: "Model", content: html`${cost.model}${simulatedTag(mixed && cost.simulated)}` },
    ...costCells(cost, currency),
  ]);
  const all: Cell[] = [
    { label: "For", content: html`<b>All</b>` },
    { label: "Caller", content: "" },
    { label: "Model", content: "" },
    ...costCells(totalCost(costs), currency),
  ];
  const caption = html`Model calls and tokens${simulatedTag(simulated)}`;
  return { id: "cost", title: "Cost", body: html`<div class="part">${dataTable(caption, [...lines, all])}</div>` };
}

/** @param currency null without prices */
function costCells({ usage, money }: Pick<Cost, "usage" | "money">, currency: string | null): Cell[] {
  const number = (label: string, content: string): Cell => ({ label, content, kind: "number" });
  return [
    number("Calls", grouped(usage.calls)),
    number("Tokens in", grouped(usage.inputTokens)),
    number("of them cached", grouped(usage.cachedTokens)),
    number("Tokens out", grouped(usage.outputTokens)),
    number("of them thinking", grouped(usage.reasoningTokens)),
    number("Simulated seconds", usage.simulatedMs === 0 ? "–" : seconds(usage.simulatedMs)),
    ...(currency === null ? [] : [number(`Cost, ${currency}`, moneyCell(money))]),
  ];
}

type Part = keyof Fingerprint;

export function fingerprintsSection({ fingerprints, arms }: ExperimentReport): Section | null {
  const all = Object.entries(fingerprints);
  const [first] = all;
  if (first === undefined) return null;
  const parts = [...new Set(all.flatMap(([, each]) => Object.keys(each)))] as Part[];
  const isShared = (part: Part) => all.every(([, each]) => valueText(each[part]) === valueText(first[1][part]));
  const differing = parts.filter((part) => !isShared(part));
  const shared = parts
    .filter(isShared)
    .map((part) => html`<div><dt>${part}</dt><dd>${valueText(first[1][part])}</dd></div>`);
  const rows = all.map(([short, each]): Cell[] => [
    { label: "Fingerprint", content: fingerprintTag(short) },
    { label: "Arm", content: arms.find(({ fingerprint }) => fingerprint === short)?.arm ?? "" },
    ...differing.map((part): Cell => ({ label: part, content: valueText(each[part]) })),
  ]);
  const body = html`<div class="part">
<p>A fingerprint is the hash of everything that decides a result. All runs here share:</p>
<dl class="shared">${shared}</dl>
${dataTable("They differ in:", rows)}</div>`;
  return { id: "fingerprints", title: "Fingerprints", body };
}

/** Hashes by their first digits; records as `name value` pairs. */
function valueText(value: Fingerprint[Part]): string {
  if (value === null || value === undefined) return "none";
  if (typeof value === "string") return shortened(value);
  const entries = Object.entries(value);
  return entries.length === 0
    ? "none"
    : entries
        .map(([name, each]) => `${name} ${typeof each === "string" ? shortened(each) : JSON.stringify(each)}`)
        .join(", ");
}

function shortened(text: string): string {
  return text.replace(/\b([0-9a-f]{12})[0-9a-f]{20,}\b/g, "$1");
}
