/** What the simulated analysts see in a trajectory, and the lessons that they draw from it. */
import { fractionOf, sha256 } from "../hash.ts";
import type { AnswerKeyEntry } from "./answer-key.ts";
import type { Chat } from "./chat.ts";
import type { Domain } from "./domain.ts";
import { type Habit, type Wording, wordingOf } from "./habit.ts";
import { HABITS, VAGUE_LESSONS } from "./habits.ts";

export const MAX_LESSONS = 3;

/** One analysis: who does it, and of what. */
export interface Case {
  readonly chat: Chat;
  /** Null for a task that is not in the key. */
  readonly entry: AnswerKeyEntry | null;
  readonly domain: Domain;
  /** The text of the trajectory. */
  readonly trajectory: string;
  /** Chance to name what was seen. */
  readonly authorship: number;
}

/** The habits whose sign shows; of a known task only those that can bite on it, of another those of such work. */
export function signsIn(analysis: Case): Habit[] {
  return HABITS.filter((habit) => mayBite(habit, analysis) && habit.sign.test(analysis.trajectory));
}

/** The habits whose avoiding shows. */
export function practisedIn(analysis: Case): Habit[] {
  const { trajectory } = analysis;
  return HABITS.filter(
    (habit) => mayBite(habit, analysis) && habit.practised.test(trajectory) && !habit.sign.test(trajectory),
  );
}

/** At most three lessons: each habit named right by authorship, else a vague lesson in its place, the same one but once. */
export function lessonsOn(habits: readonly Habit[], analysis: Case): Wording[] {
  const named = habits.map((habit) =>
    draw(analysis, "authorship", habit.name) < analysis.authorship
      ? wordingOf(habit, identityOf(analysis), analysis.chat.seed)
      : vagueLesson(analysis),
  );
  const lessons = [...new Set(named)].slice(0, MAX_LESSONS);
  return lessons.length > 0 ? lessons : [vagueLesson(analysis)];
}

export function vagueLesson(analysis: Case): Wording {
  const lesson = VAGUE_LESSONS[Math.floor(draw(analysis, "vague") * VAGUE_LESSONS.length)];
  if (lesson === undefined) throw new Error("there is no vague lesson");
  return lesson;
}

/** A number in [0, 1) for one thing of one analysis. */
export function draw(analysis: Case, ...what: readonly (string | number)[]): number {
  const { role, seed, size } = analysis.chat;
  return fractionOf(role ?? "", identityOf(analysis), seed, size.name, ...what);
}

function identityOf({ entry, trajectory }: Case): string {
  return entry?.task ?? sha256(trajectory);
}

function mayBite({ name, domains }: Habit, { entry, domain }: Case): boolean {
  return entry === null ? domains.includes(domain) : entry.habits.includes(name);
}
