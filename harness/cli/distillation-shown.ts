/** Reads what a report shows of a distillation: the document and the lines of the skill. */
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Distillation as Distilled } from "../../distill/documents.ts";
import { reportedDistillation } from "../../reports/distilled.ts";
import type { Distillation } from "../../reports/experiment.ts";

/** @param directory the distillation's folder; the skill's path is shown from the current folder */
export async function shownDistillation(directory: string, distilled: Distilled, name: string): Promise<Distillation> {
  const skill = join(directory, distilled.skill.path);
  const texts = distilled.skill.files.map(async (file) => {
    const text = await readFile(join(skill, file), "utf8");
    return [file, text.split("\n")] as const;
  });
  return reportedDistillation(distilled, {
    name,
    path: relative(process.cwd(), skill),
    files: new Map(await Promise.all(texts)),
  });
}
