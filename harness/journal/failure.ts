/** What SQLite says, in words that tell the user what to do. */
import { messageOf, SetupError } from "../errors.ts";

/** @throws SetupError for what the database does not do */
export function explained<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw explain(path, cause);
  }
}

export function explain(path: string, cause: unknown): SetupError {
  if (cause instanceof SetupError) return cause;
  const text = messageOf(cause);
  const problem = /full|disk I\/O/.test(text)
    ? `the disk is full, or fails (${text}). What was paid is kept: free some space and give the same command again`
    : /readonly|unable to open/.test(text)
      ? `it can be neither opened nor written (${text}). Choose another with --journal`
      : /not a database|malformed|no such (table|column)|has no column|duplicate column/.test(text)
        ? `the file is no journal, or is damaged (${text}). ${wayOut(path)}`
        : /locked|busy/.test(text)
          ? "another process has held it for more than 30 s. Wait for it or end it, and give the same command again"
          : text;
  return new SetupError(`cannot use the journal ${path}: ${problem}`, { cause });
}

/** What to do about a damaged journal, without losing what was paid. */
export function wayOut(path: string): string {
  return (
    `See what can be saved with: trace2skill journal verify --journal ${path} --salvage NEW.sqlite; ` +
    "or move it away, or give another with --journal"
  );
}

/** A stored call is not what was written: it is never used, and never thrown away either. */
export function damagedCall(path: string, key: string, problem: string): SetupError {
  return new SetupError(`the journal ${path} is damaged at call ${key.slice(0, 12)}: ${problem}. ${wayOut(path)}`);
}
