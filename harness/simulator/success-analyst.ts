/** The simulated model as success analyst: names what the good trajectory did that spares it a habit. */
import { type Chat, jsonReply, type SimulatedReply } from "./chat.ts";
import { draw, lessonsOn, MAX_LESSONS, practisedIn } from "./diagnosis.ts";
import { readCase } from "./error-analyst.ts";
import type { TaskIndex } from "./task-index.ts";

/** Chance that a practice that shows is seen as worth a lesson: a success does not say what it owes to what. Assumed. */
const NOTICES = 0.5;

export function playSuccessAnalyst(chat: Chat, tasks: TaskIndex): SimulatedReply {
  const analysis = readCase(chat, tasks, chat.size.authorship);
  const noticed = practisedIn(analysis).filter((habit) => draw(analysis, "notices", habit.name) < NOTICES);
  const order = noticed.map((habit) => ({ habit, rank: draw(analysis, "rank", habit.name) }));
  const habits = order
    .sort((a, b) => a.rank - b.rank)
    .slice(0, MAX_LESSONS)
    .map(({ habit }) => habit);
  return jsonReply("What this trajectory did well:", { lessons: lessonsOn(habits, analysis) });
}
