/** What verb `skill lint` does. */
import { basename, resolve } from "node:path";
import { counted } from "../../reports/format.ts";
import { lintSkill } from "../skill/lint.ts";
import { type Problem, problemLine } from "../skill/problem.ts";
import { readSkillFiles } from "../skill/read.ts";
import type { Io } from "./io.ts";
import { skillPathOf } from "./skill-folder.ts";

export async function lintVerb(directory: string, json: boolean, io: Io): Promise<void> {
  const path = await skillPathOf(directory);
  const { files, problems: unread } = await readSkillFiles(path);
  const problems = [...unread, ...lintSkill({ files }, basename(resolve(path)))];
  const errors = problems.filter(({ severity }) => severity === "error").length;
  if (json) io.out(JSON.stringify({ ok: errors === 0, problems }, null, 1));
  else io.out([...problems.map(problemLine), conclusion(problems, errors)].join("\n"));
  io.exit(errors === 0 ? 0 : 1);
}

function conclusion(problems: readonly Problem[], errors: number): string {
  if (problems.length === 0) return "no problems";
  return `${counted(errors, "error")}, ${counted(problems.length - errors, "warning")}`;
}
