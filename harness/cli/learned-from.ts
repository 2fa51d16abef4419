/** Tasks that a skill was distilled from or chosen on: scores on them are not held out, and every report says so. */
import { dirname, join } from "node:path";
import { Distillation } from "../../distill/documents.ts";
import { Selection } from "../../distill/selection-document.ts";
import type { Memory } from "../memory/memory.ts";
import type { Task } from "../records.ts";
import { readJson } from "../run/files.ts";
import type { Skill } from "../skill/skill.ts";

/**
 * Ids of the tasks whose trials were analysed for a skill, or that it was chosen on, as told by `distillation.json` and
 * `selection.json` in the folder of its distillation, which is two above the skill's own (`OUT/skill/NAME`).
 * Empty for a skill that nothing there tells of, such as one that was written by hand or moved elsewhere.
 */
export async function learnedFrom({ skill, path }: { skill: Skill; path: string }): Promise<ReadonlySet<string>> {
  const folder = dirname(dirname(path));
  const distilled = await readJson(join(folder, "distillation.json"), Distillation);
  const selection = await readJson(join(folder, "selection.json"), Selection);
  return new Set([
    ...(distilled.kind === "read" && distilled.value.skill.hash === skill.hash ? analysedTasks(distilled.value) : []),
    ...(selection.kind === "read" && isUsed(selection.value, skill) ? selection.value.learned : []),
  ]);
}

/** Ids of the tasks whose trials a model was shown, in the order of the trials. */
export function analysedTasks({ analyses }: Pick<Distillation, "analyses">): string[] {
  return [...new Set(analyses.flatMap(({ task, outcome }) => (outcome.kind === "skipped" ? [] : [task])))];
}

function isUsed({ used }: Selection, { hash }: Skill): boolean {
  return used.kind !== "none" && used.skill.hash === hash;
}

/** Ids of those tasks that taught a memory something, or whose problem did: for them it is searched without that (`recall.ts`). */
export function drawnFrom({ experiences }: Memory, tasks: readonly Task[]): string[] {
  const names = new Set(experiences.flatMap(({ task, family }) => (family === null ? [task] : [task, family])));
  return tasks
    .filter(({ id, family }) => names.has(id) || (family !== undefined && names.has(family)))
    .map(({ id }) => id);
}
