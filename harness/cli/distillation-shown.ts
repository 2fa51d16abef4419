/** Reads what a report shows of a distillation: the document and the lines of the skill. */
import { join, relative } from "node:path";
import type { Distillation as Distilled } from "../../distill/documents.ts";
import { reportedDistillation } from "../../reports/distilled.ts";
import type { Distillation } from "../../reports/experiment.ts";
import { SetupError } from "../errors.ts";
import { readSkill } from "../skill/read.ts";
import { skillText } from "../skill/skill.ts";

/**
 * @param directory the distillation's folder; the skill's path is shown from the current folder
 * @throws SetupError when the skill is not there, or is another than the document speaks of
 */
export async function shownDistillation(directory: string, distilled: Distilled, name: string): Promise<Distillation> {
  const { path, hash, files } = distilled.skill;
  const folder = join(directory, path);
  const skill = await readSkill(folder);
  if (skill.hash !== hash)
    throw new SetupError(
      `the skill ${folder} has changed since it was distilled: expected hash ${hash.slice(0, 12)}, found ${skill.hash.slice(0, 12)}. ` +
        "Put its files back as they were, or distill again",
    );
  const lines = files.flatMap((file) => {
    const text = skillText(skill, file);
    return text === null ? [] : [[file, text.split("\n")] as const];
  });
  return reportedDistillation(distilled, { name, path: relative(process.cwd(), folder), files: new Map(lines) });
}
