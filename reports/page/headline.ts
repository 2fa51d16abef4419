/** What a page says in three sentences. All of it is counted from the report; no difference is picked out for being large. */

import type { Difference } from "../compare.ts";
import { verdictOf } from "../compare-several.ts";
import { type Distillation, type ExperimentReport, totalCost } from "../experiment.ts";
import { counted, grouped, intervalText, pairedSize, points, sampleSize, signedPoints } from "../format.ts";
import type { RunSummary } from "../summary.ts";
import { html } from "./html.ts";
import type { Section } from "./sections.ts";

export function headlineSection(report: ExperimentReport): Section | null {
  if (report.arms.length === 0) return null;
  return {
    id: "headline",
    title: "In short",
    body: html`${sentencesOf(report).map((sentence) => html`<p class="headline">${sentence}</p>\n`)}`,
  };
}

/** What was found; between what bounds; what it took. */
export function sentencesOf({ arms, differences, distillations, costs }: ExperimentReport): string[] {
  return [
    differences.length === 0 ? armsSentence(arms) : verdictsSentence(differences),
    differences.length === 0 ? "No arm is compared with another here." : rangeSentence(differences),
    workSentence(distillations, totalCost(costs).usage),
  ];
}

function armsSentence(arms: readonly RunSummary[]): string {
  const scored = arms.filter(({ mean }) => mean !== null).sort((a, b) => (a.mean ?? 0) - (b.mean ?? 0));
  const [low, high] = [scored[0], scored.at(-1)];
  if (low === undefined || high === undefined) return `${counted(arms.length, "arm")}, none of them with a score.`;
  const told = (arm: RunSummary) =>
    `${points(arm.mean)} (${arm.arm} with ${arm.model}, 95 % interval ${intervalText(arm.interval)}, n ${sampleSize(arm)})`;
  return low === high ? `The arm scores ${told(low)}.` : `The arms score from ${told(low)} to ${told(high)}.`;
}

function verdictsSentence(differences: readonly Difference[]): string {
  const verdicts = differences.map(verdictOf);
  const count = (verdict: (typeof verdicts)[number]) => verdicts.filter((one) => one === verdict).length;
  const together = Math.max(...differences.map(({ adjustment }) => adjustment.comparisons));
  const level = together > 1 ? `at 5 % after Holm’s adjustment for ${together} comparisons` : "at 5 %";
  return (
    `Of ${counted(differences.length, "difference")} from a baseline, ${wereOr(count("gain"), "a significant gain", "significant gains")} ${level}, ` +
    `${wereOr(count("loss"), "a significant loss", "significant losses")}, and ${count("none")} without evidence either way.`
  );
}

function wereOr(count: number, one: string, several: string): string {
  return count === 1 ? `1 is ${one}` : `${count === 0 ? "none" : count} are ${several}`;
}

function rangeSentence(differences: readonly Difference[]): string {
  const sorted = [...differences].sort((a, b) => a.difference - b.difference);
  const told = (row: Difference) =>
    `${signedPoints(row.difference)} points (${row.arm.arm} against ${row.baseline.arm} with ${row.arm.model} on ${row.benchmark} ${row.split}, 95 % interval ${intervalText(row.interval, signedPoints)}, n ${pairedSize(row)})`;
  const [low, high] = [sorted[0], sorted.at(-1)];
  if (low === undefined || high === undefined || low === high) return `It is ${sorted.map(told).join("")}.`;
  return `They range from ${told(low)} to ${told(high)}.`;
}

function workSentence(distillations: readonly Distillation[], usage: ReturnType<typeof totalCost>["usage"]): string {
  const work = `${counted(usage.calls, "model call")} and ${grouped(usage.inputTokens + usage.outputTokens)} tokens`;
  if (distillations.length === 0) return `All of it took ${work}.`;
  const lessons = distillations.flatMap((one) => one.lessons);
  const kept = lessons.filter(({ fate }) => fate.kept).length;
  return `${counted(distillations.length, "distillation")} kept ${kept} of ${counted(lessons.length, "lesson")}; all of it took ${work}.`;
}
