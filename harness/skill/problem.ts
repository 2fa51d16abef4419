/** What a check of a skill finds. */
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

/** One problem as one line: `SKILL.md:3 error name: …`. */
export function problemLine({ file, line, rule, severity, message }: Problem): string {
  return `${file}:${line} ${severity} ${rule}: ${message}`;
}
