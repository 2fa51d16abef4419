/** What a habit of the simulated model is; the catalogue is in `habits.ts`. */
import { fractionOf } from "../hash.ts";
import type { AnswerKeyEntry } from "./answer-key.ts";
import type { Domain } from "./domain.ts";
import type { SizeName } from "./sizes.ts";

export interface Wording {
  readonly title: string;
  /** Satisfies the habit's `cures` alone. */
  readonly rule: string;
  readonly reason: string;
}

/**
 * How a habit spoils the work.
 * `program`: the task's program is replaced by the key's slip of that name.
 * `answer`: Python that changes `answer`, a list of (sheet, cell, value) or (sheet, cell, value, formula), before it is written.
 * `book`: Python that replaces `wb` after the writing.
 * `text`: changes an answer that is text, where the key has no slip of that name; `python` does so where the answer goes
 * into cells, if it can.
 */
export type Spoil =
  | { readonly at: "program" }
  | { readonly at: "answer" | "book"; readonly python: string }
  | { readonly at: "text"; readonly change: (answer: string) => string; readonly python: string | null };

export interface Habit {
  readonly name: string;
  /** Heading under which a proposer files its lesson. */
  readonly theme: string;
  /** The work in which it can be seen at all; nobody suspects it elsewhere. */
  readonly domains: readonly Domain[];
  /** Chance that it bites on a task to which it applies. */
  readonly propensity: Readonly<Record<SizeName, number>>;
  /** Factors on the propensity where the kind of task matches. */
  readonly kinds: readonly { readonly kind: RegExp; readonly factor: number }[];
  /** Factor where the key has no program: on problems of others, where it is seen less than on our own. 1 when left out. */
  readonly withoutProgram?: number;
  /** Where the propensity comes from. */
  readonly source: string;
  readonly spoil: Spoil;
  /** What the agent says when it bites. */
  readonly says: string;
  /** How it shows in the text of a trajectory, ours or that of a real model; matches no wording of any lesson. */
  readonly sign: RegExp;
  /** Comment in a script that avoids it knowingly. */
  readonly remark: string;
  /** How avoiding it shows in the text of a trajectory. */
  readonly practised: RegExp;
  /** A line of a skill that matches teaches the remedy. Asks for several words at once, so that general advice does not match. */
  readonly cures: RegExp;
  readonly lessons: readonly Wording[];
}

/** True when a line, or a list item wrapped over several, teaches the habit's remedy. */
export function teaches(habit: Habit, text: string): boolean {
  const unwrapped = text.replace(/\n[ \t]+(?![-*+#]|\d+[.)])/g, " ");
  return unwrapped.split("\n").some((line) => habit.cures.test(line));
}

/** Whether the habit bites: by a hash of task, seed and model, and by nothing else. */
export function bites(
  habit: Habit,
  { task, kind, program }: Pick<AnswerKeyEntry, "task" | "kind" | "program">,
  seed: number,
  size: SizeName,
): boolean {
  const factors = habit.kinds.filter((entry) => entry.kind.test(kind)).map((entry) => entry.factor);
  if (program === null) factors.push(habit.withoutProgram ?? 1);
  const propensity = factors.reduce((product, factor) => product * factor, habit.propensity[size]);
  return fractionOf("bites", task, seed, size, habit.name) < propensity;
}

/** One of the habit's wordings, by hash of `parts`. */
export function wordingOf(habit: Habit, ...parts: readonly (string | number)[]): Wording {
  const wording = habit.lessons[Math.floor(fractionOf("wording", habit.name, ...parts) * habit.lessons.length)];
  if (wording === undefined) throw new Error(`habit ${habit.name} has no wording of its lesson`);
  return wording;
}
