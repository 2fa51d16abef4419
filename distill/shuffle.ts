/** The same patches merged in other orders: how much of a skill is owed to the order and not to the lessons. */
import { fractionOf } from "../harness/hash.ts";
import { seededRandom } from "../harness/random.ts";
import type { Stability } from "./guard-reports.ts";
import type { MergedPatches } from "./merge.ts";
import { SKILL_FILE } from "./paths.ts";
import type { Patch } from "./records.ts";
import type { Made } from "./strategy.ts";

export interface ShuffleOptions {
  /** How many other orders. */
  readonly orders: number;
  readonly seed: number;
  /** As they were merged the first time; none of them empty. */
  readonly patches: readonly Patch[];
  /** Merges them in the order given and writes nothing down; its calls are journalled as any. */
  readonly merge: (patches: readonly Patch[]) => Promise<MergedPatches>;
  /** Routes and applies, as for the skill itself. */
  readonly make: (merged: MergedPatches) => Promise<Made> | Made;
  readonly onOrder: () => void;
}

type End = "inSkill" | "inReference" | "lost";

/**
 * Merges the patches in other orders, one after the other, and compares where each lesson ends.
 * Orders come from the seed, so the same call again asks the model nothing new.
 * @param first how the distillation itself ended; counts as one of the orders
 */
export async function shuffleMerges(first: Made, options: ShuffleOptions): Promise<Stability> {
  const { orders, seed, patches, merge, make, onOrder } = options;
  const lessons = [...new Set(patches.flatMap(({ edits }) => edits.flatMap((edit) => edit.lessons)))].sort();
  const ends = [endsIn(first)];
  let faults = 0;
  for (let order = 1; order <= orders; order += 1) {
    const random = seededRandom(Math.floor(fractionOf("merge order", seed, order) * 2 ** 31));
    const merged = await merge(random.shuffle(patches));
    faults += merged.merges.filter(({ fault }) => fault !== null).length;
    ends.push(endsIn(await make(merged)));
    onOrder();
  }
  const counted = lessons.map((lesson) => ({ lesson, ...count(ends.map((end) => end.get(lesson) ?? "lost")) }));
  return { orders, faults, lessons: counted, stable: shareOfStable(counted, ends.length) };
}

/** Where the lessons of a skill stand; in SKILL.md, where some of their words do. Lost ones are not named. */
export function endsIn({ routed, applied }: Made): Map<string, End> {
  const files = new Map<string, Set<string>>();
  for (const { file, edits } of applied.lines) {
    for (const edit of edits) files.set(edit, (files.get(edit) ?? new Set()).add(file));
  }
  const done = new Set(applied.applied);
  const ends = new Map<string, End>();
  for (const { id, lessons, body } of routed.edits.filter((edit) => done.has(edit.id))) {
    // What only takes text away has no lines of its own.
    const inSkill = (files.get(id) ?? new Set([body.file])).has(SKILL_FILE);
    for (const lesson of lessons)
      if (inSkill || !ends.has(lesson)) ends.set(lesson, inSkill ? "inSkill" : "inReference");
  }
  return ends;
}

function count(ends: readonly End[]): Record<End, number> {
  const counts = { inSkill: 0, inReference: 0, lost: 0 };
  for (const end of ends) counts[end] += 1;
  return counts;
}

function shareOfStable(lessons: Stability["lessons"], orders: number): number {
  const stable = lessons.filter(({ inSkill, inReference, lost }) => Math.max(inSkill, inReference, lost) === orders);
  return lessons.length === 0 ? 1 : stable.length / lessons.length;
}

/** For people: the share of stable lessons, and those that depend most on the order. */
export function stabilityLines({ orders, lessons, stable }: Stability, most = 10): string[] {
  const unstable = lessons
    .map((lesson) => ({ ...lesson, usual: Math.max(lesson.inSkill, lesson.inReference, lesson.lost) }))
    .filter(({ usual }) => usual <= orders)
    .sort((one, other) => one.usual - other.usual || (one.lesson < other.lesson ? -1 : 1));
  const shown = unstable
    .slice(0, most)
    .map(
      ({ lesson, inSkill, inReference, lost }) =>
        `  ${lesson}: in SKILL.md ${inSkill}, in a reference ${inReference}, lost ${lost} of ${orders + 1}`,
    );
  const more = unstable.length > most ? [`  and ${unstable.length - most} more`] : [];
  return [
    `${(100 * stable).toFixed(0)} % of ${lessons.length} lessons end in the same place in all ${orders + 1} orders of merging`,
    ...shown,
    ...more,
  ];
}
