/** What verb `skill diff` does. */
import { diffSkills } from "../../reports/skill-diff.ts";
import { skillDiffText } from "../../reports/skill-diff-text.ts";
import type { Io } from "./io.ts";
import { openSkillFolder } from "./skill-folder.ts";

export async function diffVerb([before, after]: readonly [string, string], json: boolean, io: Io): Promise<void> {
  const [one, other] = [await openSkillFolder(before), await openSkillFolder(after)];
  for (const { notice } of [one, other]) if (notice !== null) io.err(`note: ${notice}; its lessons are not shown`);
  const diff = diffSkills(
    { skill: one.skill, distillation: one.distilled?.distillation ?? null },
    { skill: other.skill, distillation: other.distilled?.distillation ?? null },
  );
  if (json) io.out(JSON.stringify({ before: one.skill.hash, after: other.skill.hash, ...diff }, null, 1));
  else io.out(diff.files.length === 0 && (diff.lessons ?? []).length === 0 ? "no difference" : skillDiffText(diff));
}
