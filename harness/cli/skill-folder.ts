/** A skill as the skill verbs are given it: a skill's folder, or the folder of the distillation that made one. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Distillation } from "../../distill/documents.ts";
import { readDistillation } from "../../distill/store.ts";
import { SetupError } from "../errors.ts";
import { readSkill } from "../skill/read.ts";
import type { Skill } from "../skill/skill.ts";

export interface SkillFolder {
  readonly skill: Skill;
  /** Folder of the skill itself. */
  readonly path: string;
  /** Null for a skill that no distillation tells of. */
  readonly distilled: { readonly distillation: Distillation; readonly directory: string } | null;
  /** Why the distillation beside the skill does not tell of it; null when it does, or there is none. */
  readonly notice: string | null;
}

/**
 * Reads a skill, and the distillation that it came from where there is one.
 * A skill that was changed since it was distilled has none: the document speaks of other lines.
 * @param given folder of a distillation, of its skill, or of any other skill
 * @throws SetupError when there is no skill, or the document is damaged
 */
export async function openSkillFolder(given: string): Promise<SkillFolder> {
  const directory = distillationFolderOf(resolve(given));
  if (directory === null) return { skill: await readSkill(given), path: resolve(given), distilled: null, notice: null };
  const distillation = await readDistillation(directory);
  const own = join(directory, distillation.skill.path);
  const path = directory === resolve(given) ? own : resolve(given);
  const skill = await readSkill(path);
  if (skill.hash === distillation.skill.hash)
    return { skill, path, distilled: { distillation, directory }, notice: null };
  const notice = `${path} is not the skill that ${join(directory, "distillation.json")} tells of (hash ${skill.hash.slice(0, 12)}, expected ${distillation.skill.hash.slice(0, 12)})`;
  return { skill, path, distilled: null, notice };
}

/**
 * Folder of the skill that is meant, which may be broken: that of the distillation whose folder is given, else what is given.
 * @throws SetupError when the document of the distillation is damaged
 */
export async function skillPathOf(given: string): Promise<string> {
  if (existsSync(join(given, "SKILL.md")) || !existsSync(join(given, "distillation.json"))) return given;
  return join(given, (await readDistillation(resolve(given))).skill.path);
}

/** As `openSkillFolder`, for what cannot do without the distillation. */
export async function openDistilled(given: string): Promise<SkillFolder & { distilled: object }> {
  const folder = await openSkillFolder(given);
  const { distilled } = folder;
  if (distilled !== null) return { ...folder, distilled };
  throw new SetupError(
    folder.notice === null
      ? `${given}: expected the folder of a distillation, or of its skill; there is no distillation.json. Make one with: trace2skill distill RUN --out DIR`
      : `${folder.notice}. Put the skill's files back as they were, or distill again`,
  );
}

/** The skill lies in `skill/<name>/` of the distillation's folder. */
function distillationFolderOf(given: string): string | null {
  const candidates = [given, dirname(given), dirname(dirname(given))];
  return candidates.find((directory) => existsSync(join(directory, "distillation.json"))) ?? null;
}
