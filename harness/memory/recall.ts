/** Looks up what earlier tasks taught for the task at hand. */
import { hashJson } from "../hash.ts";
import type { RecalledExperience, Task } from "../records.ts";
import type { Experience, Memory, MemoryItem } from "./memory.ts";

/** How near a query is to each text of a fixed list. */
export interface Nearness {
  readonly method: "embedding" | "bm25";
  /** Whose vectors are compared; null where none are. */
  readonly embedding: { readonly model: string; readonly endpoint: string } | null;
  /** One number a text, in the order of the texts; higher is nearer. @throws ModelError when no embedding could be had */
  to(query: string, signal: AbortSignal): Promise<readonly number[]>;
}

/** What a task is shown of a memory. */
export interface Recalled {
  /** Each words once. */
  readonly items: readonly MemoryItem[];
  /** Where they come from, nearest first: kept with the trial. */
  readonly experiences: readonly RecalledExperience[];
}

export const NOTHING_RECALLED: Recalled = { items: [], experiences: [] };

export interface Recall {
  /** Hash of everything that decides what is recalled. */
  readonly identity: string;
  recall(task: Task, signal: AbortSignal): Promise<Recalled>;
}

/**
 * The items of the `top` experiences whose situation is nearest to the task's instruction, and nothing else of the task.
 * What the task itself, or another case of its problem, taught is left out: a task of the evolve split is judged by what the
 * others taught (leave-one-out). Of equally near ones, the first by name; one that shares no word (BM25: 0) is not recalled.
 * @param nearness to the situations, in the memory's order
 */
export function recallFrom(memory: Memory, nearness: Nearness, top: number): Recall {
  return {
    identity: hashJson([memory.hash, nearness.method, nearness.embedding, top]),
    async recall(task, signal) {
      const others = memory.experiences.map((experience) => !isOf(experience, task));
      if (!others.includes(true)) return NOTHING_RECALLED;
      const scores = await nearness.to(task.instruction, signal);
      const nearest = memory.experiences
        .map((experience, index) => ({ experience, score: scores[index] ?? 0, other: others[index] === true }))
        .filter(({ score, other }) => other && (nearness.method === "embedding" || score > 0))
        .toSorted((one, next) => next.score - one.score) // stable: those equally near stay in order of name
        .slice(0, top);
      return {
        items: eachOnce(nearest.flatMap(({ experience }) => experience.items)),
        experiences: nearest.map(({ experience: { task: from, items }, score }) => ({
          task: from,
          items: items.map(({ id }) => id),
          nearness: score,
        })),
      };
    },
  };
}

/** Whether an experience was made with the task, or with another case of the same problem. */
export function isOf(
  { task, family }: Pick<Experience, "task" | "family">,
  asked: Pick<Task, "id" | "family">,
): boolean {
  const names = [asked.id, asked.family];
  return names.includes(task) || (family !== null && names.includes(family));
}

/** Two experiences may teach the same in the same words: the nearer one's item stands. */
function eachOnce(items: readonly MemoryItem[]): MemoryItem[] {
  const groups = Map.groupBy(items, ({ title, description, content }) => JSON.stringify([title, description, content]));
  return [...groups.values()].flatMap((same) => same.slice(0, 1));
}
