/** Verb `skill`: work on skills; so far `skill lint`. */
import { basename, resolve } from "node:path";
import type { Command } from "commander";
import type { Problem } from "../skill/problem.ts";
import type { Io } from "./io.ts";
import { addJsonOption } from "./options.ts";

export function registerSkill(program: Command, io: Io): void {
  const skill = program.command("skill").description("Work on Agent Skills.");
  const lint = skill
    .command("lint")
    .description(
      "List all that is wrong with a skill, or worse than it could be; exit 1 when it breaks the format or has dead links.",
    )
    .argument("<dir>", "the skill's folder, which holds SKILL.md")
    .addHelpText("after", "\nExample:\n  trace2skill skill lint runs/demo/distilled/combined/skill/spreadsheet-work");
  addJsonOption(lint).action((directory: string, { json }: { json: boolean }) => lintVerb(directory, json, io));
}

async function lintVerb(directory: string, json: boolean, io: Io): Promise<void> {
  const [{ lintSkill }, { readSkillFiles }, { problemLine }] = await Promise.all([
    import("../skill/lint.ts"),
    import("../skill/read.ts"),
    import("../skill/problem.ts"),
  ]);
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
