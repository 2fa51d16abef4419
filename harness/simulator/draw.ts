/** What happens in one trial of the simulated agent: decided by task, seed, size and what it was taught, never by time or order. */
import { fractionOf } from "../hash.ts";
import type { AnswerKeyEntry } from "./answer-key.ts";
import { domainOf } from "./domain.ts";
import { bites, type Habit, teaches } from "./habit.ts";
import { HABITS } from "./habits.ts";
import type { Size } from "./sizes.ts";

export interface Setting {
  readonly entry: AnswerKeyEntry;
  readonly seed: number;
  readonly size: Size;
}

export interface Draw {
  /** The idea behind the script is wrong; no skill mends it. */
  readonly reasoningFails: boolean;
  /** Habits that spoil this trial, in the order in which they do. */
  readonly biting: readonly Habit[];
  /** Habits that could have spoilt it, and whose avoiding shows in the script. */
  readonly shown: readonly Habit[];
}

/** How often a script says in passing what it avoids; assumed. */
const SHOWS = 0.6;

/** @param taught the text of the skill as far as the agent has seen it; empty without one */
export function drawTrial(setting: Setting, taught: string): Draw {
  const { entry, seed, size } = setting;
  const possible = HABITS.filter((habit) => entry.habits.includes(habit.name) && canSpoil(habit, entry));
  const biting = possible.filter((habit) => bites(habit, entry, seed, size.name) && !isCured(habit, setting, taught));
  const shown = possible.filter(
    (habit) => !biting.includes(habit) && fractionOf("shows", entry.task, seed, size.name, habit.name) < SHOWS,
  );
  const reasoningFails = chance(setting, "reasoning") >= size.competence[domainOf(entry)];
  return { reasoningFails, biting, shown };
}

/** A number in [0, 1) for one thing of one trial. */
export function chance({ entry, seed, size }: Setting, ...what: readonly (string | number)[]): number {
  return fractionOf(entry.task, seed, size.name, ...what);
}

function isCured(habit: Habit, setting: Setting, taught: string): boolean {
  return chance(setting, "adheres", habit.name) < setting.size.adherence && teaches(habit, taught);
}

function canSpoil({ name, spoil }: Habit, entry: AnswerKeyEntry): boolean {
  switch (spoil.at) {
    case "program":
      return entry.slips[name] !== undefined;
    case "text":
      return entry.text !== undefined || spoil.python !== null;
    case "answer":
    case "book":
      return entry.text === undefined;
    default:
      return spoil satisfies never;
  }
}
