/** Which habits of the simulated model may bite on a task: only such as make it fail, which a test proves for each. */
import type { Random } from "../../harness/random.ts";
import type { Draft } from "./draft.ts";
import { type Cell, shownValue } from "./sheet.ts";

/** The name that a workbook made anew gives its one sheet: an answer there survives. */
const DEFAULT_SHEET = "Sheet1";
/** From here on a number written for people has a separator, as 1,234.50 has, and is read as a number by nobody. */
const THOUSAND = 1000;

/** How readily a habit is chosen where it may bite; 1 where nothing is said. Few tasks allow those above 1. */
const WEIGHTS: Readonly<Record<string, number>> = {
  "ascending-deletes": Infinity,
  "full-sentence": Infinity,
  "formula-without-value": 1.8,
  "drops-sheets": 1.5,
  "values-as-text": 1.8,
  "wrong-sheet": 1.8,
};

/**
 * Habits of one task, three to five of those that may bite, chosen so that each is found on many tasks.
 * @param always habits that every task of the benchmark has
 */
export function chooseHabits(random: Random, draft: Draft, always: readonly string[]): string[] {
  const ranked = [...always, ...draft.slips, ...writingHabits(draft)].map((name) => ({
    name,
    rank: (WEIGHTS[name] ?? 1) * (random.fraction() + 0.01),
  }));
  return ranked
    .sort((a, b) => b.rank - a.rank)
    .slice(0, random.integer(4, 5))
    .map(({ name }) => name)
    .sort();
}

/** Habits that spoil how this task's answer is written. */
function writingHabits({ writes, sheets }: Draft): string[] {
  if (writes === null) return [];
  const { block, formulas } = writes;
  const values = block.values.flat().map(shownValue);
  const applies: readonly (readonly [string, boolean])[] = [
    ["formula-without-value", formulas],
    ["drops-sheets", block.sheet !== DEFAULT_SHEET],
    ["values-as-text", values.some(looksOtherAsText)],
    ["wrong-range", true],
    ["wrong-sheet", sheets[0]?.name !== block.sheet],
    ["no-read-back", true],
  ];
  return applies.flatMap(([name, bites]) => (bites ? [name] : []));
}

function looksOtherAsText(value: Cell): boolean {
  return value instanceof Date || (typeof value === "number" && Math.abs(value) >= THOUSAND);
}
