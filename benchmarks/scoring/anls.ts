/**
 * Average Normalized Levenshtein Similarity of one answer, as the evaluation script of the Robust Reading Competition
 * computes it for DocVQA (threshold 0.5): Biten et al., ICCV 2019, arXiv:1905.13648.
 * It differs from the paper in two ways that are kept: a similarity of exactly 0.5 counts, and the distance of the
 * normalized texts is divided by the length of the raw ones, so that needless white space dilutes it.
 */
import { distance } from "fastest-levenshtein";

const THRESHOLD = 0.5;
/** White space of Python's `str.split()`. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: Python counts them as white space
const SPACES = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/gu;
/** UTF-16 has room for so many distinct characters of one unit. */
const MOST_UNITS = 0x10000;

export interface AnswerSimilarity {
  /** In [0, 1]; below 0.5 it is 0. */
  readonly anls: number;
  /** The accuracy of arXiv:2603.25158: ANLS of at least 0.5. */
  readonly accurate: boolean;
}

/**
 * The best similarity over the accepted answers.
 * Takes time in proportion to the lengths of prediction and answer, and next to none where they differ too much to count.
 * @param answers one or more
 */
export function answerSimilarity(prediction: string, answers: readonly string[]): AnswerSimilarity {
  if (answers.length === 0) throw new RangeError("no answer to compare with");
  const predicted = measured(prediction);
  let least = Number.POSITIVE_INFINITY;
  for (const answer of answers) {
    const wanted = measured(answer);
    const length = Math.max(wanted.rawLength, predicted.rawLength);
    // No distance is below the difference of lengths; where even that is too far, the exact one does not matter.
    const bound = length === 0 ? 0 : Math.abs(wanted.length - predicted.length) / length;
    if (bound >= least || 1 - bound < THRESHOLD) continue;
    least = Math.min(least, length === 0 ? 0 : editDistance(wanted.text, predicted.text) / length);
  }
  const similarity = Math.max(0, 1 - least);
  const anls = similarity < THRESHOLD ? 0 : similarity;
  return { anls, accurate: anls >= THRESHOLD };
}

/**
 * An answer as it is handed to the evaluator when an agent gave it: white space is not padding that a wrong answer could buy
 * similarity with (`7` and a thousand spaces, beside `42`, would have 0.998).
 */
export function withoutPadding(answer: string): string {
  return answer.replace(SPACES, " ").replace(/^ | $/g, "");
}

/** A text as it is compared, with its length, and that of the raw text in capitals: both in code points. */
function measured(raw: string) {
  const text = withoutPadding(raw).toLowerCase();
  return { text, length: codePoints(text), rawLength: codePoints(raw.toUpperCase()) };
}

const SURROGATE = /[\ud800-\udfff]/;

function codePoints(text: string): number {
  if (!SURROGATE.test(text)) return text.length;
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** Levenshtein's distance in code points: each becomes one unit, since the library compares units of UTF-16. */
function editDistance(answer: string, prediction: string): number {
  if (!SURROGATE.test(answer) && !SURROGATE.test(prediction)) return distance(answer, prediction);
  const units = new Map<string, number>();
  // Numbers go to the answer's characters first: should they run out, those left over equal none of them.
  const inUnits = (text: string) =>
    Array.from(text, (character) => {
      const unit = units.get(character) ?? Math.min(units.size, MOST_UNITS - 1);
      units.set(character, unit);
      return String.fromCharCode(unit);
    }).join("");
  return distance(inUnits(answer), inUnits(prediction));
}
