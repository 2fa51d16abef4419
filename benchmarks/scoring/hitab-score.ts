/** A workbook's answer cells judged as HiTab's own code does. */
import type { Score } from "../../harness/records.ts";
import { itemText, readAnswerItems } from "./answer-cells.ts";
import { itemsExplanation } from "./answer-explanation.ts";
import { type HitabItem, sameHitabAnswer } from "./hitab-answer.ts";
import type { SheetValue } from "./values.ts";

/** 1 when the items of `output` are the answer, in its order, else 0, also when there is no answer to be read. */
export async function hitabScore(output: string, wanted: readonly HitabItem[]): Promise<Score> {
  const answer = await readAnswerItems(output);
  const items = answer.kind === "items" ? answer.items.map(itemOf) : [];
  const right = sameHitabAnswer(items, wanted);
  return {
    kind: "scored",
    value: right ? 1 : 0,
    explanation: itemsExplanation(
      right,
      wanted.map((item) => ({ text: String(item), reading: null })),
      answer.kind === "problem" ? answer.problem : items.map(String),
    ),
  };
}

/** Numbers as stored, with all their digits; true is 1 as in Python. */
function itemOf(value: SheetValue): HitabItem {
  if (value.kind === "int" || value.kind === "float") return Number(value.value);
  return value.kind === "bool" ? Number(value.value) : itemText(value);
}
