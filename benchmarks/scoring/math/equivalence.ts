/**
 * Rule `math`: whether a response gives an answer that is equal to the accepted one, whatever the form.
 * It follows Math-Verify 0.8 (with latex2sympy2_extended 1.10), whose recorded verdicts it is tested against, on a
 * grammar and an interpreter of our own with limits: no answer can cost more than a few milliseconds, and no text is
 * ever executed.
 */
import { isTooLarge } from "./parse-latex.ts";
import { type Answer, readAccepted, readAlone, readResponse } from "./read-answer.ts";
import { sameAnswer } from "./same-answer.ts";

export const MATH_RULES = "math-verify-0.8/1";

export interface MathVerdict {
  readonly right: boolean;
  /** What was taken as the answer, normalised; null when nothing was found. */
  readonly found: string | null;
  readonly ground: Ground;
}

/** `not-in-grammar` and `too-large`: one of the two could only be compared as text. */
export type Ground = "same-text" | "equal" | "different" | "nothing-found" | "not-in-grammar" | "too-large";

/**
 * @param wanted the accepted answer alone, in LaTeX, with or without dollar signs; or a text with the answer in a box
 * @param response a whole response, or an answer alone with `alone`
 */
export function judgeMath(
  wanted: string,
  response: string,
  { alone = false }: { readonly alone?: boolean } = {},
): MathVerdict {
  const accepted = readAccepted(wanted);
  const given = alone ? readAlone(response) : readResponse(response);
  const ground = groundOf(accepted, given);
  return { right: ground === "same-text" || ground === "equal", found: given.text, ground };
}

function groundOf(accepted: Answer, given: Answer): Ground {
  if (given.text === null || given.text === "") return "nothing-found";
  if (accepted.value !== null && given.value !== null && sameAnswer(accepted.value, given.value)) return "equal";
  if (given.text.trim() === accepted.text?.trim()) return "same-text";
  if (accepted.value !== null && given.value !== null) return "different";
  return isTooLarge(given.text) ? "too-large" : "not-in-grammar";
}
