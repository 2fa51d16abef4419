/**
 * What analysts are told of a score. Of a file they are told where and how it differs from what was wanted, as the paper's are.
 * Of a text they are told only whether it is right: where it differs would be the answer itself, and so would be a score
 * between right and wrong, by which an answer can be felt for.
 */
import type { Score, Task } from "../harness/records.ts";

type Scored = Extract<Score, { kind: "scored" }>;

/** Where the answer lies of a task that is answered with text. */
export const ANSWER_FILE = "answer.txt";
/** How many texts an error analyst may have judged before it hands in: with a hundred, one of AIME's thousand answers is hit too often. */
export const MOST_GUESSES = 5;

/** Whether analysts may see what a scorer said of this task. */
export function seesDifferences({ output }: Pick<Task, "output">): boolean {
  return output !== null;
}

/**
 * The one rule of what is right: all of it. Graded scores too, such as ANLS: below 1 an answer lost something, if only to its
 * form, which is what skills mend most. Accuracy as the paper has it (ANLS of 0.5 and more) takes "77" for "76".
 */
export function isRight({ value }: Pick<Scored, "value">): boolean {
  return value === 1;
}

/**
 * A verdict in the words that an analyst of the task is shown.
 * @param explanation of the scorer, short enough to be shown
 * @param answer the text that was judged; empty where the answer is a file
 */
export function toldOf(
  task: Task,
  { value, explanation }: Pick<Scored, "value" | "explanation">,
  answer: string,
): string {
  if (seesDifferences(task)) return explanation;
  if (isRight({ value })) return "the answer is right";
  return answer === "" ? `there is no answer in /work/${ANSWER_FILE}` : "the answer is wrong";
}

/**
 * All that is known of a task's answer from one score: for checks and never for a model. A text that was right is ground truth,
 * however its scorer words it.
 */
export function truthIn(task: Task, score: Scored, answer: string): string {
  const isTruth = task.output === null && isRight(score) && answer.trim() !== "";
  return isTruth ? `${score.explanation}\nwanted ${JSON.stringify(answer.trim())}` : score.explanation;
}
