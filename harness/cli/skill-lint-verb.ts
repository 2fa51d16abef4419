/** What verb `skill lint` does. */
import { basename, resolve } from "node:path";
import { lintSkill } from "../skill/lint.ts";
import { type Problem, problemLine } from "../skill/problem.ts";
import { readSkillFiles } from "../skill/read.ts";
import type { Io } from "./io.ts";

export async function lintVerb(directory: string, json: boolean, io: Io): Promise<void> {
  const { files, problems: unread } = await readSkillFiles(directory);
  const problems = [...unread, ...lintSkill({ files }, basename(resolve(directory)))];
  const errors = problems.filter(({ severity }) => severity === "error").length;
  if (json) io.out(JSON.stringify({ ok: errors === 0, problems }, null, 1));
  else io.out([...problems.map(problemLine), conclusion(problems, errors)].join("\n"));
  io.exit(errors === 0 ? 0 : 1);
}

function conclusion(problems: readonly Problem[], errors: number): string {
  return problems.length === 0 ? "no problems" : `${errors} errors, ${problems.length - errors} warnings`;
}
