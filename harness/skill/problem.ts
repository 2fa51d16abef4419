/** What a check of a skill finds, and how it is printed. */
import { printable } from "../text.ts";

export interface Problem {
  /** Path from the skill's root. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Short name of the rule, as `link-dead`. */
  readonly rule: string;
  /** An `error` breaks the Agent Skills format or the skill; a `warning` makes it worse than it could be. */
  readonly severity: "error" | "warning";
  readonly message: string;
}

const LONGEST = 400;

/** One problem as one line: `SKILL.md:3 error name: …`. Names and texts of strangers cannot steer the terminal. */
export function problemLine({ file, line, rule, severity, message }: Problem): string {
  return `${shown(file)}:${line} ${severity} ${rule}: ${shown(message)}`;
}

function shown(text: string): string {
  return printable(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}
