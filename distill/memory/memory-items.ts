/**
 * Lessons as the items of a retrieval memory.
 *
 * The published rival (arXiv:2603.25158, ReasoningBank) keeps the lessons of passed and failed trials per task and shows, at
 * test time, those of the one task whose text is nearest. Its runner is not released. Here the items are made from the very
 * lessons that skills are made from: so arms differ in what is done with the evidence and in nothing else, and no
 * further model call is made. Title and content are the lesson's title and rule; its reason is the description.
 */
import { type Experience, type Memory, type MemoryItem, memoryFrom } from "../../harness/memory/memory.ts";
import type { LessonFate } from "../ends.ts";
import type { Lesson } from "../records.ts";

export interface Remembered {
  readonly memory: Memory;
  /** Of every lesson given. */
  readonly fates: ReadonlyMap<string, LessonFate>;
}

/**
 * A memory of one experience a task. Lessons of one task in the same words (of other seeds, or said twice) are one item;
 * those of different tasks never are, so that each item has one task and can be kept from it.
 * @param lessons those that passed all checks, in order of trial
 * @param instructionOf the text of a task as its agent was shown it
 */
export function remember(
  name: string,
  lessons: readonly Lesson[],
  instructionOf: (task: string) => string,
): Remembered {
  const tasks = [...Map.groupBy(lessons, ({ task }) => task)];
  const experiences = tasks.map(([task, own]): Experience => {
    const family = own.find((lesson) => lesson.family !== undefined)?.family ?? null;
    const items = [...Map.groupBy(own, wordsOf).values()].flatMap((same) => itemOf(same) ?? []);
    return { task, family, situation: instructionOf(task), items };
  });
  return { memory: memoryFrom(name, experiences), fates: fatesOf(experiences) };
}

function itemOf(same: readonly Lesson[]): MemoryItem | null {
  const [first] = same;
  if (first === undefined) return null;
  return {
    id: first.id,
    kind: first.kind,
    title: first.title,
    description: first.reason,
    content: first.rule,
    lessons: same.map(({ id }) => id),
    trials: [...new Set(same.map(({ trial }) => trial))],
  };
}

/** What a lesson tells to do, letter case and spaces aside: reasons tell of one trial, and differ. */
function wordsOf({ title, rule }: Lesson): string {
  return [title, rule].map((text) => text.trim().toLowerCase().replace(/\s+/g, " ")).join("\n");
}

function fatesOf(experiences: readonly Experience[]): Map<string, LessonFate> {
  const items = experiences.flatMap((experience) => experience.items);
  return new Map(
    items.flatMap(({ id, lessons }) =>
      lessons.map((lesson) => [lesson, { kind: "in-memory", item: id, merged: lesson !== id }] as const),
    ),
  );
}
