/** Which files of a skill an edit may touch: SKILL.md and flat Markdown files below references/, nothing else. */
import { quote } from "./locate.ts";

export const SKILL_FILE = "SKILL.md";
const REFERENCE = /^references\/[A-Za-z0-9][A-Za-z0-9._-]*\.md$/;

/** The problem with a path, or null. */
export function pathProblem(path: string): string | null {
  if (path === SKILL_FILE || isReference(path)) return null;
  return `the path ${quote(path)} is not allowed: an edit may touch ${SKILL_FILE} and references/NAME.md only`;
}

export function isReference(path: string): boolean {
  return REFERENCE.test(path) && !path.includes("..");
}
