/** The environment without the names that have no value. */
export function definedOf(env: Io["env"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}

/** What a verb may touch of the outside world; made once in `main.ts`. */
export interface Io {
  /** Standard output: results only; with `--json` exactly one JSON document. */
  out(text: string): void;
  /** Standard error: progress, notices, errors. */
  err(text: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** True when progress may be drawn over itself. */
  readonly terminal: boolean;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Sets the exit code: 0 done, 1 failed, 2 wrong use, 4 stopped at a limit of the budget, 10 and 11 as `compare` judges. */
  exit(code: number): void;
}
