/** Tasks that a skill was distilled from: scores on them are not held out, and every report says so. */
import { join } from "node:path";
import { Distillation } from "../../distill/documents.ts";
import { readJson } from "../run/files.ts";
import type { Skill } from "../skill/skill.ts";

/**
 * Ids of the tasks whose trials were analysed for a skill, read from the `distillation.json` of the folder that it was written into.
 * Empty for a skill that nothing beside it tells of, such as one that was written by hand or moved elsewhere.
 */
export async function learnedFrom({ skill, path }: { skill: Skill; path: string }): Promise<ReadonlySet<string>> {
  const stored = await readJson(join(path, "..", "..", "distillation.json"), Distillation);
  if (stored.kind !== "read" || stored.value.skill.hash !== skill.hash) return new Set();
  return new Set(stored.value.analyses.flatMap(({ task, outcome }) => (outcome.kind === "skipped" ? [] : [task])));
}
