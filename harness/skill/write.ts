/** Writes a skill's folder. */
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { hasCode } from "../errors.ts";
import { brokenSkill, formatProblems, type Skill } from "./skill.ts";

/**
 * Writes a skill, in place of what was there: the folder never holds a part of it.
 * Killed between two renames, the folder is missing, and what was there lies in a hidden folder beside it.
 * @throws SetupError when the skill breaks the format, with all its problems
 */
export async function writeSkill(skill: Skill, directory: string): Promise<void> {
  const problems = formatProblems(skill.files);
  if (problems.length > 0) throw brokenSkill(directory, problems);
  await mkdir(dirname(directory), { recursive: true });
  const temporary = await mkdtemp(join(dirname(directory), `.${basename(directory)}-`));
  try {
    await writeSkillFiles(skill, join(temporary, "new"));
    // A folder that holds something cannot be renamed over: the old one steps aside first.
    await rename(directory, join(temporary, "old")).catch((error: unknown) => {
      if (!hasCode(error, "ENOENT")) throw error;
    });
    await rename(join(temporary, "new"), directory);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Writes the files into a folder as they are, whatever else is in it. */
export async function writeSkillFiles(skill: Skill, directory: string): Promise<void> {
  const folders = new Set([...skill.files.keys()].map((path) => dirname(join(directory, path))));
  await Promise.all([...folders].map((folder) => mkdir(folder, { recursive: true })));
  await Promise.all([...skill.files].map(([path, bytes]) => writeFile(join(directory, path), bytes)));
}
