/** Finds the task of a prompt: the key's entry whose instruction stands in it. */
import { unfence } from "../prompt.ts";
import type { AnswerKey, AnswerKeyEntry } from "./answer-key.ts";

export interface TaskIndex {
  /**
   * The entry whose instruction the text holds, the longest where several are held; null when it holds none.
   * @param seen what was printed in the trial: where several entries have that instruction, the hash of an input tells which
   */
  find(text: string, seen: string): AnswerKeyEntry | null;
  /** True where only an input tells the entry from another one. */
  isShared(entry: AnswerKeyEntry): boolean;
}

/** Instructions are found by their first characters, so that a prompt is read once and not once per entry. */
const HEAD = 24;
/** Prompts of trials under way: every turn of a trial repeats the same opening. */
const MAX_REMEMBERED = 512;

export function indexTasks(key: AnswerKey): TaskIndex {
  const head = Math.min(HEAD, ...key.map(({ instruction }) => instruction.length));
  const byHead = Map.groupBy(key, ({ instruction }) => instruction.slice(0, head));
  const alike = Map.groupBy(key, ({ instruction }) => instruction);
  const exact = new Map(key.toReversed().map((entry) => [entry.instruction, entry]));
  const remembered = new Map<string, AnswerKeyEntry | null>();

  return {
    find: (text, seen) => tellApart(findAny(text), seen),
    isShared: ({ instruction }) => (alike.get(instruction) ?? []).length > 1,
  };

  function findAny(text: string): AnswerKeyEntry | null {
    const known = exact.get(text) ?? remembered.get(text);
    if (known !== undefined) return known;
    const found = key.length === 0 ? null : search(text);
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(text, found);
    return found;
  }

  function tellApart(entry: AnswerKeyEntry | null, seen: string): AnswerKeyEntry | null {
    if (entry === null) return null;
    const shown = alike
      .get(entry.instruction)
      ?.find(({ inputHash = "" }) => inputHash !== "" && seen.includes(inputHash));
    return shown ?? entry;
  }

  function search(text: string): AnswerKeyEntry | null {
    let best: AnswerKeyEntry | null = null;
    for (let start = 0; start + head <= text.length; start += 1) {
      for (const entry of byHead.get(text.substring(start, start + head)) ?? []) {
        const longer = entry.instruction.length > (best?.instruction.length ?? 0);
        if (longer && text.startsWith(entry.instruction, start)) best = entry;
      }
    }
    return best;
  }
}

/** The task of an analyst's prompt, where it stands in a fence. */
export function findFencedTask(tasks: TaskIndex, text: string): AnswerKeyEntry | null {
  const [task] = unfence("task", text);
  const [trajectory = ""] = unfence("trajectory", text);
  return task === undefined ? null : tasks.find(task, trajectory);
}
