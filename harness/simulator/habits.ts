/**
 * The catalogue of habits: named failure modes of the simulated model (design section 8).
 * To add one: an object in one of the three files below; its name may then stand in an answer key.
 */
import { ANSWER_HABITS } from "./answer-habits.ts";
import type { Habit } from "./habit.ts";
import { teaches } from "./habit.ts";
import { READING_HABITS } from "./reading-habits.ts";
import { WRITING_HABITS } from "./writing-habits.ts";

/** In the order in which they spoil a trial: computing, writing, wording. */
export const HABITS: readonly Habit[] = [...READING_HABITS, ...WRITING_HABITS, ...ANSWER_HABITS];

/** Heading for lessons that no habit of the catalogue explains. */
export const GENERAL_THEME = "General practice";

/** Lessons of an analyst that did not find the cause: they cure nothing. */
export const VAGUE_LESSONS: readonly { title: string; rule: string; reason: string }[] = [
  {
    title: "Double-check the work",
    rule: "Double-check the work before handing it in.",
    reason: "The result was not what was wanted.",
  },
  {
    title: "Read the task with care",
    rule: "Read the instruction twice and make sure that every requirement is met.",
    reason: "A requirement may have been missed.",
  },
  {
    title: "Work step by step",
    rule: "Break the task into small steps and handle edge cases with care.",
    reason: "The script did too much at once.",
  },
];

/** The habits that `text` teaches to avoid. */
export function curedBy(text: string): Habit[] {
  return HABITS.filter((habit) => teaches(habit, text));
}
