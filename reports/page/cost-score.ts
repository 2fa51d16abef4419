/** What arms cost against what they score: a point an arm, with the interval of its score. */
import type { ExperimentReport } from "../experiment.ts";
import { grouped, intervalText, points, sampleSize } from "../format.ts";
import type { RunSummary } from "../summary.ts";
import { chart, INK, type TopLevelSpec } from "./charts.ts";
import { type Label, labelsOf } from "./charts-labels.ts";
import { type Html, html } from "./html.ts";
import { type Cell, dataTable, fingerprintTag, scoringNote, simulatedTag } from "./parts.ts";
import type { Section } from "./sections.ts";

const HEIGHT = 280;
const LEGEND_LINE = 20;
const SHAPES = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down"];

/** So many points have their arms' names beside them; more of them have numbers, and a key below. */
const MOST_NAMED = 8;

type Scored = RunSummary & { readonly mean: number };

/** Of benchmarks with two scored arms or more. Tokens and not money: their prices change, and not every one is known. */
export function costScoreSection({ arms }: ExperimentReport): Section | null {
  const scored = arms.filter((arm): arm is Scored => arm.mean !== null);
  const benchmarks = Map.groupBy(scored, ({ benchmark, split }) => JSON.stringify([benchmark, split]));
  const parts = [...benchmarks.values()].filter((group) => group.length > 1).map(benchmarkPart);
  return parts.length === 0 ? null : { id: "cost-score", title: "Cost against score", body: html`${parts}` };
}

function benchmarkPart(arms: readonly Scored[]): Html {
  const [{ benchmark = "", split = "" } = {}] = arms;
  const simulated = simulatedTag(arms.some((arm) => arm.simulated));
  const models = new Set(arms.map(({ model }) => model)).size;
  const names = [...new Set(arms.map(({ arm }) => arm))];
  const marks = arms.map(({ arm }) => (arms.length > MOST_NAMED ? String(names.indexOf(arm) + 1) : arm));
  const picture = {
    title: `Tokens a trial against score on ${benchmark} ${split}`,
    description: arms.map(told).join("; "),
  };
  const room = { left: 62, right: 8, top: LEGEND_LINE * models + 16, bottom: 44 };
  return html`<div class="part"><h3><span class="benchmark">${benchmark}</span> <span class="split">${split}</span>${simulated}${scoringNote(arms)}</h3>
${chart(picture, room, (width) => drawing(arms, marks, width))}${arms.length > MOST_NAMED ? keyOf(names) : null}
<details><summary>The numbers</summary>${dataTable(html`Tokens and score of every arm${simulated}`, arms.map(numbers))}</details></div>`;
}

function keyOf(names: readonly string[]): Html {
  return html`<ol class="key">${names.map((name) => html`<li>${name}</li>`)}</ol>`;
}

/** Input and output, whoever paid for them and whenever. */
function tokensPerTrial({ usage, scored, unscored }: RunSummary): number {
  const trials = scored + Object.values(unscored).reduce((sum, count) => sum + count, 0);
  return (usage.inputTokens + usage.outputTokens) / Math.max(1, trials);
}

function told(arm: Scored): string {
  return `${arm.arm}, ${arm.model}: ${grouped(tokensPerTrial(arm))} tokens a trial, score ${points(arm.mean)}, 95 % interval ${intervalText(arm.interval)}, n ${sampleSize(arm)}`;
}

function numbers(arm: Scored): Cell[] {
  return [
    { label: "Arm", content: arm.arm },
    { label: "Model", content: arm.model },
    { label: "Tokens a trial", content: grouped(tokensPerTrial(arm)), kind: "number" },
    { label: "Score", content: points(arm.mean), kind: "number" },
    { label: "95 % interval", content: intervalText(arm.interval), kind: "number" },
    { label: "n", content: sampleSize(arm), kind: "number" },
    { label: "Fingerprint", content: fingerprintTag(arm.fingerprint), kind: "number" },
  ];
}

/** Of tokens: from 0 unless that would leave most of the drawing empty. */
interface Extent {
  readonly low: number;
  readonly high: number;
}

function extentOf(arms: readonly Scored[]): Extent {
  const tokens = arms.map(tokensPerTrial);
  const [least, most] = [Math.min(...tokens), Math.max(1, ...tokens)];
  const low = least > most / 3 ? least - 0.15 * (most - least) - 0.02 * most : 0;
  return { low, high: most + 0.08 * (most - low) };
}

/** @param marks the text beside each point */
function drawing(arms: readonly Scored[], marks: readonly string[], width: number): TopLevelSpec {
  const extent = extentOf(arms);
  const { low, high } = extent;
  const places = arms.map((arm, index) => ({
    x: (width * (tokensPerTrial(arm) - low)) / (high - low),
    y: HEIGHT * (1 - arm.mean),
    text: marks[index] ?? "",
  }));
  const labels = labelsOf(places, { width, height: HEIGHT });
  const values = arms.map((arm, index) => ({ ...pointOf(arm), ...labelOf(labels[index], extent, width) }));
  const models = [...new Set(arms.map(({ model }) => model))];
  const x = {
    field: "tokens",
    type: "quantitative",
    title: "Tokens a trial",
    scale: { domain: [low, high] as number[], nice: false },
    axis: { tickCount: width < 400 ? 4 : 7, format: "~s", labelExpr: "datum.value === 0 ? '0' : datum.label" },
  } as const;
  const y = {
    type: "quantitative",
    title: "Score",
    scale: { domain: [0, 100] as number[] },
    axis: { tickCount: 5 },
  } as const;
  const shape = {
    field: "model",
    type: "nominal",
    scale: { domain: models, range: models.map((_, index) => SHAPES[index % SHAPES.length] ?? "circle") },
    legend: LEGEND,
  } as const;
  const labelled = (side: "left" | "right") =>
    ({
      transform: [{ filter: { field: "side", equal: side } }] as { filter: { field: string; equal: string } }[],
      mark: { type: "text", align: side === "right" ? "left" : "right", baseline: "middle" },
      encoding: { x: { ...x, field: "labelTokens" }, y: { ...y, field: "labelScore" }, text: { field: "label" } },
    }) as const;
  return {
    data: { values },
    width,
    height: HEIGHT,
    layer: [
      {
        mark: { type: "rule", color: INK.accent, opacity: 0.35, strokeWidth: 2, strokeCap: "round" },
        encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" } },
      },
      {
        mark: { type: "point", filled: true, color: INK.accent, opacity: 1, size: 80 },
        encoding: { x, y: { ...y, field: "score" }, shape },
      },
      labelled("right"),
      labelled("left"),
    ],
  };
}

const LEGEND = {
  orient: "top",
  direction: "vertical",
  title: null,
  labelColor: INK.quiet,
  labelFontSize: 12,
  symbolFillColor: INK.accent,
  symbolStrokeWidth: 0,
  rowPadding: 4,
  labelLimit: 260,
} as const;

function pointOf(arm: Scored) {
  const { low, high } = arm.interval ?? { low: arm.mean, high: arm.mean };
  return { tokens: tokensPerTrial(arm), score: 100 * arm.mean, low: 100 * low, high: 100 * high, model: arm.model };
}

/** A label's place in the units of the axes. */
function labelOf(label: Label | undefined, { low, high }: Extent, width: number) {
  if (label === undefined) return {};
  const { text, x, y, side } = label;
  return { label: text, side, labelTokens: low + (x * (high - low)) / width, labelScore: 100 * (1 - y / HEIGHT) };
}
