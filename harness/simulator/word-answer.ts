/** The simulated agent's answer to a task that asks for text, as reasoning and habits leave it. */
import { reworded, wrongAnswer } from "./answer-form.ts";
import type { AnswerKeyEntry } from "./answer-key.ts";
import type { Draw } from "./draw.ts";
import type { Habit } from "./habit.ts";

/** @param printed what the agent's own program printed; null where there was none, or it printed nothing */
export function wordAnswer(entry: AnswerKeyEntry, { reasoningFails, biting }: Draw, printed: string | null): string {
  const right = entry.text ?? "";
  const found = printed === null ? right : reworded(right, () => printed);
  const answer = reasoningFails ? wrongAnswer(entry) : found;
  return biting.reduce((text, habit) => spoilt(text, habit, entry), answer);
}

function spoilt(answer: string, { name, spoil }: Habit, { program, slips, text }: AnswerKeyEntry): string {
  const slip = slips[name];
  // Where there is a program, the slip was one of the program, and has done its work.
  if (spoil.at !== "text" || (program !== null && slip !== undefined)) return answer;
  return slip !== undefined && answer === text ? slip : spoil.change(answer);
}
