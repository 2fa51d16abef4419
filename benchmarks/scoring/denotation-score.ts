/** A workbook's answer cells judged by the official evaluator of WikiTableQuestions. */
import type { Score } from "../../harness/records.ts";
import { itemText, readAnswerItems } from "./answer-cells.ts";
import { itemsExplanation } from "./answer-explanation.ts";
import { denotationOf, sameDenotation } from "./denotation.ts";

export interface DenotationKey {
  /** Items as the annotators typed them. */
  readonly target: readonly string[];
  /** By item, the number or date that a tagger read out of it; null where there are no tags. */
  readonly canonical: readonly string[] | null;
}

/** 1 when the items of `output` are those of the key, else 0, also when there is no answer to be read. */
export async function denotationScore(output: string, { target, canonical }: DenotationKey): Promise<Score> {
  const answer = await readAnswerItems(output);
  const items = answer.kind === "items" ? answer.items.map(itemText) : [];
  const wanted = denotationOf(target, canonical);
  const right = answer.kind === "items" && sameDenotation(wanted, denotationOf(items));
  const readings = target.map((text, index) => ({ text, reading: readingOf(text, canonical?.[index]) }));
  return {
    kind: "scored",
    value: right ? 1 : 0,
    explanation: itemsExplanation(right, readings, answer.kind === "problem" ? answer.problem : items),
  };
}

/** What an item is read as, where its text does not say so itself: `1995-01-26`, `17`. */
function readingOf(text: string, canonical: string | undefined): string | null {
  const reading = canonical?.replace(/^(-?\d+)\.0$/, "$1") ?? text;
  return reading === text ? null : reading;
}
