/** Compares workbooks on the scoring thread, so that no workbook holds up this one. */
import type { Rules } from "./answer-position.ts";
import { type Comparison, failed, goldenUnreadable } from "./compare-workbooks.ts";
import { scoringThread, sharedThread, type Thread, type ThreadLimits } from "./scoring-thread.ts";

type Scorer = (golden: string, output: string, answerPosition: string, rules: Rules) => Promise<Comparison>;

/**
 * Compares two .xlsx files as `compareWorkbooks` does; never rejects.
 * An output that cannot be read within the limits fails; a golden that cannot is told apart.
 */
export const scoreWorkbooks: Scorer = scorerOn(sharedThread);

/** A scorer with a thread of its own. */
export function workbookScorer(limits: ThreadLimits): Scorer {
  return scorerOn(scoringThread(limits));
}

function scorerOn(thread: Thread): Scorer {
  return async (golden, output, answerPosition, rules) => {
    const answer = await thread({ kind: "compare", golden, output, answerPosition, rules });
    if (answer.kind === "compared") return answer.comparison;
    if (answer.kind !== "broken") return goldenUnreadable("the scoring thread answered another question");
    if (answer.reading === "output") return failed(`Error loading workbook: ${answer.problem}`);
    const where = answer.reading === null ? "the scoring thread does not start" : golden;
    return goldenUnreadable(`${where}: ${answer.problem}`);
  };
}
