/** Why rule `math` gives another verdict than Math-Verify: what is known of the two ways to judge, applied to a case. */
import type { MathVerdict } from "./equivalence.ts";

/** Null where nothing that we know tells the two apart. */
export function whyNotAsMathVerify({ right, ground }: MathVerdict): string | null {
  switch (ground) {
    case "equal":
      return right
        ? "equal when evaluated at several points: Math-Verify needs a symbolic proof, and did not find one"
        : null;
    case "same-text":
      return "the texts are the same after normalisation: Math-Verify normalises in another order";
    case "nothing-found":
      return "no place of the response is in a form that we take for an answer";
    case "too-large":
      return "longer or deeper than what we read: such an answer is wrong here, whatever it says";
    case "not-in-grammar":
      return "not in our grammar: sums over an index, integrals, limits, derivatives and free text are compared as text alone";
    case "different":
      return null;
    default:
      return ground satisfies never;
  }
}
