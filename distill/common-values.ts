/** Values that a skill may hold though they are in a task's answer: the task gives them itself, or anyone would write them. */
import { wordsOf } from "./tokens.ts";
import type { FindTruths, Truth } from "./truth-scan.ts";
import type { TruthSource } from "./truth-source.ts";

/** Why a value is no secret. */
export type Common = "ordinary" | "in-start-skill" | "given-by-task";

const ORDINARY =
  /^(?:january|february|march|april|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|#value!|#div\/0!)$/i;
/** Remainders, units and limits: `100000`, `1,000,000`. */
const ROUND = /^\d0+(?:\.0+)?$/;
/** So many tasks that speak of a value, or want it, make it a word of the trade; names and sums are one task's own. */
const MANY_TASKS = 3;

export interface Known {
  /** All of them: a value that many tasks want is common. */
  readonly truths: readonly Truth[];
  readonly find: FindTruths;
  readonly source: TruthSource;
  /** All pages of the start skill. */
  readonly startText: string;
}

/** Tells why a truth is common, or null; looks into its task's files only where texts cannot tell, and once. */
export function commonness({ truths, find, source, startText }: Known): (truth: Truth) => Promise<Common | null> {
  const keyOf = ({ value }: Truth) => wordsOf(value).join(" ");
  const inStart = keysIn(find(startText));
  const wanting = tasksBy(truths, keyOf);
  const speaking = spokenOf(find, source.instructions);
  const looked = new Map<string, Promise<Common | null>>();
  const byText = (truth: Truth): Common | null => {
    const key = keyOf(truth);
    if (inStart.has(truth.value)) return "in-start-skill";
    if (speaking.get(truth.value)?.has(truth.task) === true) return "given-by-task";
    const plain = /^\p{L}+$/u.test(truth.value.trim());
    const many =
      (speaking.get(truth.value)?.size ?? 0) >= MANY_TASKS || (plain && (wanting.get(key)?.size ?? 0) >= MANY_TASKS);
    return ORDINARY.test(truth.value.trim()) || ROUND.test(key) || many ? "ordinary" : null;
  };
  const look = async ({ task, value }: Truth) =>
    (await source.inInputs(task, [value])).length > 0 ? ("given-by-task" as const) : null;
  return async (truth) => {
    const known = byText(truth);
    if (known !== null) return known;
    const key = `${truth.task}\n${truth.value}`;
    const answer = looked.get(key) ?? look(truth);
    looked.set(key, answer);
    return answer;
  };
}

function keysIn(held: ReturnType<FindTruths>): Set<string> {
  return new Set(held.flatMap(({ truths }) => truths.map(({ value }) => value)));
}

function tasksBy(truths: readonly Truth[], keyOf: (truth: Truth) => string): Map<string, Set<string>> {
  const tasks = new Map<string, Set<string>>();
  for (const truth of truths) tasks.set(keyOf(truth), (tasks.get(keyOf(truth)) ?? new Set()).add(truth.task));
  return tasks;
}

/** By value, the tasks whose instructions hold it. */
function spokenOf(find: FindTruths, instructions: ReadonlyMap<string, string>): Map<string, Set<string>> {
  const tasks = new Map<string, Set<string>>();
  for (const [task, text] of instructions) {
    for (const value of keysIn(find(text))) tasks.set(value, (tasks.get(value) ?? new Set()).add(task));
  }
  return tasks;
}
