/** The scorers of a user's own benchmark that judge a text by accepted answers. */
import type { Score } from "../../harness/records.ts";
import { answerSimilarity, withoutPadding } from "../scoring/anls.ts";
import { shortened } from "../scoring/compare-workbooks.ts";
import { denotationOf, sameDenotation } from "../scoring/denotation.ts";
import type { ScorerChoice } from "./schema.ts";

export type TextChoice = Exclude<ScorerChoice, { kind: "spreadsheet" | "command" }>;
type Judge = (
  answer: string,
  accepted: readonly string[],
) => Pick<Extract<Score, { kind: "scored" }>, "value" | "metrics">;

/** Characters of each text in an explanation. */
const MOST_SHOWN = 200;

/** A scorer of texts; the packages that some rules need are loaded when it is first used. */
export function textScorer(choice: TextChoice) {
  let judge: Promise<Judge> | null = null;
  return async (answer: string, accepted: readonly string[]): Promise<Score> => {
    judge ??= judgeOf(choice);
    const verdict = (await judge)(answer, accepted);
    return { kind: "scored", ...verdict, explanation: explain(verdict.value, answer, accepted) };
  };
}

async function judgeOf(choice: TextChoice): Promise<Judge> {
  switch (choice.kind) {
    case "wikitq":
      return (answer, accepted) => passed(sameDenotation(denotationOf(accepted), denotationOf(itemsOf(answer))));
    case "anls":
      return (answer, accepted) => {
        const { anls, accurate } = answerSimilarity(withoutPadding(answer), accepted);
        return { value: anls, metrics: { accuracy: accurate ? 1 : 0 } };
      };
    case "exact": {
      const plain = (text: string) => {
        const spaced = text.replace(/\s+/gu, " ").trim();
        return choice.ignoreCase ? spaced.toLowerCase() : spaced;
      };
      return (answer, accepted) => passed(accepted.some((one) => plain(one) === plain(answer)));
    }
    case "dapo": {
      const { judgeMinerva, judgeStrictBox } = await import("../scoring/math/dapo.ts");
      return byOne((wanted, answer) => judgeMinerva(wanted, answer).right || judgeStrictBox(wanted, answer).right);
    }
    case "aime": {
      const { judgeAime } = await import("../scoring/math/aime.ts");
      return byOne((wanted, answer) => judgeAime(wanted, answer).right);
    }
    case "math": {
      const { judgeMath } = await import("../scoring/math/equivalence.ts");
      return byOne((wanted, answer) => judgeMath(wanted, answer).right);
    }
    default:
      return choice satisfies never;
  }
}

/** The schema sees to it that there is one accepted answer. */
function byOne(isRight: (wanted: string, answer: string) => boolean): Judge {
  return (answer, [wanted = ""]) => passed(isRight(wanted, answer));
}

/** How a right submission words the accepted answers. */
export function rightText(choice: ScorerChoice, accepted: readonly string[]): string | undefined {
  const [first] = accepted;
  switch (choice.kind) {
    case "wikitq":
      return accepted.join(" | ");
    case "dapo":
    case "aime":
    case "math":
      return `\\boxed{${first}}`;
    case "anls":
    case "exact":
    case "command":
    case "spreadsheet":
      return first;
    default:
      return choice satisfies never;
  }
}

function passed(right: boolean) {
  return { value: right ? 1 : 0 };
}

/** Each text once, as it counts once: a million bars then cost no more than one. */
function itemsOf(answer: string): string[] {
  return answer.trim() === "" ? [] : [...new Set(answer.split("|").map((item) => item.trim()))];
}

function explain(value: number, answer: string, accepted: readonly string[]): string {
  if (value === 1) return "the answer agrees";
  const quoted = (text: string) => JSON.stringify(shortened(text, MOST_SHOWN));
  return `wanted ${accepted.map(quoted).join(" or ")}; found ${quoted(answer)}`;
}
