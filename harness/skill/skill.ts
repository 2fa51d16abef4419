/** Agent Skills (agentskills.io): a folder with a SKILL.md; immutable here, and known by the hash of its files. */
import { SetupError } from "../errors.ts";
import { hashJson, sha256 } from "../hash.ts";
import { readFrontMatter } from "./front-matter.ts";
import { type Problem, problemLine } from "./problem.ts";

export interface Skill {
  /** From the front matter. */
  readonly name: string;
  readonly description: string;
  /** By path from the skill's root, with forward slashes. Always holds `SKILL.md`. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly hash: string;
}

export type SkillFiles = ReadonlyMap<string, Uint8Array>;

/** Hash of names and bytes of all files, whatever their order. */
export function hashFiles(files: SkillFiles): string {
  return hashJson(Object.fromEntries([...files].map(([path, bytes]) => [path, sha256(bytes)])));
}

/** The text of one of the skill's files, or null when it has none of that name. */
export function skillText(skill: Skill, path: string): string | null {
  const bytes = skill.files.get(path);
  return bytes === undefined ? null : new TextDecoder().decode(bytes);
}

/** SKILL.md without its front matter: what an agent is shown. */
export function skillBody(skill: Skill): string {
  return readFrontMatter(skillText(skill, "SKILL.md") ?? "").body.trim();
}

/**
 * A skill made of files.
 * @param where what to call it in the error
 * @throws SetupError with all that breaks the format, when anything does
 */
export function parseSkill(files: SkillFiles, where: string): Skill {
  const problems = formatProblems(files);
  if (problems.length > 0) throw brokenSkill(where, problems);
  const { name, description } = readFrontMatter(new TextDecoder().decode(files.get("SKILL.md")));
  return { name, description, files, hash: hashFiles(files) };
}

/** The error for a skill that cannot be used: all its problems, one a line. */
export function brokenSkill(where: string, problems: readonly Problem[]): SetupError {
  const lines = problems.map((problem) => `  ${problemLine(problem)}`);
  return new SetupError(
    `the skill ${where} breaks the Agent Skills format:\n${lines.join("\n")}\nMend it; check with: trace2skill skill lint ${where}`,
  );
}

/** What makes a folder no Agent Skill; style is left to `lintSkill`. */
export function formatProblems(files: SkillFiles): Problem[] {
  const bytes = files.get("SKILL.md");
  const error = (file: string, rule: string, message: string): Problem => ({
    file,
    line: 1,
    rule,
    severity: "error",
    message,
  });
  const paths = [...files.keys()]
    .filter((path) => !isSafePath(path))
    .map((path) =>
      error(path, "path", "expected a path below the skill's folder, with forward slashes and without `..`"),
    );
  if (bytes === undefined)
    return [error("SKILL.md", "skill-md", "the file is missing; it must be named exactly so"), ...paths];
  if (!isUtf8(bytes)) return [error("SKILL.md", "utf-8", "is no UTF-8 text"), ...paths];
  return [...readFrontMatter(new TextDecoder().decode(bytes)).problems, ...paths];
}

/** True for a path that stays below the folder it is joined to, on every system. */
export function isSafePath(path: string): boolean {
  return path !== "" && !/[\\\0]/.test(path) && path.split("/").every((part) => !["", ".", ".."].includes(part));
}

export function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
