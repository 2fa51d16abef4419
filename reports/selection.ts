/** A choice among distillations, and a gate's verdict, as people read them. */
import type { Selection } from "../distill/selection-document.ts";
import { counted, intervalText, points, pValue, signedPoints } from "./format.ts";
import { type Column, textTable, wrap } from "./text-table.ts";

export interface Rule {
  readonly select: Selection["rule"]["select"];
  readonly seeds: readonly number[];
  readonly scoredOn: "train" | "validation" | null;
}

/** How one was chosen, in a sentence that stands in the document and in the report. */
export function ruleText({ select, seeds, scoredOn }: Rule): string {
  if (scoredOn === null) return "one distillation; nothing was chosen";
  const on =
    scoredOn === "train"
      ? "the evolve tasks that it was distilled from, so no score is held out"
      : "evolve tasks held back from it";
  const scored = `each of ${counted(seeds.length, "distillation")} scored by an agent on ${on}`;
  if (select === "none") return `${scored}; none was chosen, all are reported`;
  return `${scored}; the highest mean is used, of equal ones that of the seed named first; no test score is read`;
}

const COLUMNS: readonly Column[] = [
  { head: "seed", align: "right" },
  { head: "skill", align: "left" },
  { head: "lines", align: "right" },
  { head: "lessons", align: "right" },
  { head: "scored on", align: "left" },
  { head: "n", align: "right" },
  { head: "score", align: "right" },
  { head: "95 % interval", align: "left" },
  { head: "", align: "left" },
];

/** The candidates, mean and spread over seeds, how one was chosen, and the gate's verdict. */
export function selectionText(selection: Selection): string {
  const { candidates, rule, simulated } = selection;
  const rows = candidates.map(({ seed, skill, lessons, score }) => [
    String(seed),
    skill.hash.slice(0, 12),
    String(skill.skillLines),
    String(lessons),
    score?.on ?? "–",
    score === null ? "–" : String(score.tasks),
    points(score?.mean ?? null),
    intervalText(score?.interval ?? null),
    markOf(selection, seed),
  ]);
  const title = `Distillations of ${candidates[0]?.skill.name ?? "a skill"}${simulated ? " · simulated" : ""}`;
  const sentences = [
    overSeedsText(selection),
    `How it was chosen: ${rule.text}.`,
    luckText(selection),
    ...gateTexts(selection),
  ];
  const paragraphs = sentences.filter((text) => text !== "").map((text) => wrap(text, { indent: "  " }));
  return [title, textTable(COLUMNS, rows), ...paragraphs].join("\n");
}

function markOf({ choice }: Selection, seed: number): string {
  return choice.kind === "chosen" && choice.seed === seed ? "chosen" : "";
}

function overSeedsText({ overSeeds }: Selection): string {
  if (overSeeds === null) return "";
  const { seeds, mean, spread, interval } = overSeeds;
  const told = `Over ${counted(seeds, "seed")}: mean ${points(mean)}`;
  if (spread === null) return `${told}; one seed has no spread.`;
  const width = interval === null ? "" : `, 95 % interval over seeds ${intervalText(interval)}`;
  return `${told}, standard deviation ${points(spread)}${width}.`;
}

/** The best of several is in part the luckiest: the reader is told how far ahead it is. */
function luckText({ choice }: Selection): string {
  if (choice.kind !== "chosen" || choice.runnerUp === null) return "";
  const { runnerUp, tied, seed } = choice;
  if (tied.length > 0) return `Seed ${seed} does no better than ${tied.map((one) => `seed ${one}`).join(", ")}.`;
  const { difference, interval, p } = runnerUp;
  return (
    `Seed ${seed} is ahead of seed ${runnerUp.seed} by ${signedPoints(difference)} points (${intervalText(interval, signedPoints)}, p ${pValue(p)}). ` +
    "The best of several is in part the luckiest: expect the mean over seeds rather than its score."
  );
}

function gateTexts({ gate, used, refused }: Selection): string[] {
  if (gate === null) return [];
  const against = gate.against === null ? "no skill" : "the start skill";
  const kept = used.kind === "start" ? "The start skill stays in use" : "No skill is put in place";
  return [
    `Gate, against ${against}: ${gate.verdict}. ${gate.reason} (${gate.method ?? "no test"}; ${gate.wins.length} won, ${gate.losses.length} lost, ${gate.ties} tied).`,
    ...(refused === null ? [] : [`${kept}; the new one is set aside in ${refused.path}.`]),
  ];
}
