/** What verb `skill show` does. */
import { outlineSkill, outlineText } from "../../reports/outline.ts";
import type { Io } from "./io.ts";
import { openSkillFolder } from "./skill-folder.ts";

export async function showVerb(directory: string, json: boolean, io: Io): Promise<void> {
  const { skill, distilled, notice } = await openSkillFolder(directory);
  if (notice !== null) io.err(`note: ${notice}; no support is shown`);
  const outline = outlineSkill(skill, distilled?.distillation ?? null);
  io.out(json ? JSON.stringify(outline, null, 1) : outlineText(outline));
}
