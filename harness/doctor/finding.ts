/** What the doctor says of one thing that this tool needs of the machine. */
export interface Finding {
  readonly name: string;
  /** Whether the main job cannot be done without it. */
  readonly required: boolean;
  readonly ok: boolean;
  readonly found: string;
  /** What it is needed for. */
  readonly why: string;
  /** The command or the step that mends it; null when it is fine or no command can. */
  readonly cure: string | null;
}

/** `cure` is kept only when it is needed. */
export function finding(parts: Finding): Finding {
  return { ...parts, cure: parts.ok ? null : parts.cure };
}
