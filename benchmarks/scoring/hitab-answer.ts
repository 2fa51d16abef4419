/**
 * Exact match of HiTab: `hmt_score` of qa/table/utils.py and `naive_str_to_float` of qa/datadump/utils.py, as they stand in
 * microsoft/HiTab at 469b5c7 (2022). Python 3. Numbers within 1e-5, texts normalized as in WikiTableQuestions, lists in order.
 */
import { normalizeText, PYTHON_3 } from "./denotation-text.ts";
import { pythonFloat, strip } from "./python.ts";

/** An item as a cell or the data set has it. */
export type HitabItem = string | number;

const TOLERANCE = 1e-5;

/** `hmt_score`: a list of one is its item, and no answer at all is wrong. */
export function sameHitabAnswer(predicted: readonly HitabItem[], answer: readonly HitabItem[]): boolean {
  if (predicted.length !== answer.length || answer.length === 0) return false;
  return answer.every((item, index) => sameItem(predicted[index] ?? "", item));
}

/** Of one kind after reading, then near or equal. NaN is near nothing. */
function sameItem(a: HitabItem, b: HitabItem): boolean {
  const [left, right] = [readItem(a), readItem(b)];
  if (typeof left === "number" && typeof right === "number") return Math.abs(left - right) < TOLERANCE;
  return left === right;
}

/**
 * `hmt_process_answer` of one item: a text is the number in it, less one opening parenthesis, one closing one or percent sign,
 * and commas. So "(12)" is 12, not -12, and "52.1%" is 52.1.
 */
function readItem(item: HitabItem): HitabItem {
  if (typeof item === "number") return item;
  const text = strip(PYTHON_3.lower(strip(item)));
  const number = pythonFloat(text.replace(/^\(/, "").replace(/[%)]$/, "").replaceAll(",", ""));
  return number ?? normalizeText(text, PYTHON_3);
}
