/** What the user must mend; the command line prints it without a stack and exits with 1 (or 2 for wrong use). */
export class SetupError extends Error {
  override readonly name = "SetupError";
}

/** The command was called in a way it cannot take: exit code 2. */
export class UsageError extends SetupError {
  readonly kind = "usage";
}

/** A limit of the whole work's budget was reached: it stops cleanly, and goes on when the limit is raised. Exit code 4. */
export class BudgetReached extends Error {
  override readonly name = "BudgetReached";
}

/** The text of anything thrown, for a message or a record; never parsed again. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** True for a system error (`ENOENT`, `ENOSPC` …) with that code. */
export function hasCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === code;
}
