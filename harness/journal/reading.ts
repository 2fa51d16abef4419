/** Journals opened to be looked at: damaged ones, and those in a place where nothing can be written. */
import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { messageOf, SetupError } from "../errors.ts";
import { explain } from "./failure.ts";
import { openDatabase } from "./schema.ts";

/** As `openDatabase`; where nothing can be written there, only to be read. @throws SetupError */
export function openToRead(path: string): DatabaseSync {
  try {
    return openDatabase(path);
  } catch (error) {
    if (!isReadOnly(error)) throw error;
    return openForReading(path);
  }
}

/**
 * Opens a journal of any version without changing it, however much of it is left.
 * @throws SetupError when there is none, or its first page is gone
 */
export function openForReading(path: string): DatabaseSync {
  try {
    return openAsIs(path, path);
  } catch (error) {
    // Reading beside a writer needs a file beside it; where none can be made, nobody writes either.
    if (isReadOnly(error) && isLogEmpty(path)) return openAsIs(path, `${pathToFileURL(path).href}?immutable=1`);
    throw error;
  }
}

function openAsIs(path: string, location: string): DatabaseSync {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(location, { readOnly: true, timeout: 30_000, defensive: false });
    // So SQLite reads what is there of a file that is shorter than its first page says.
    database.exec("PRAGMA writable_schema = ON");
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    if (tables.some(({ name }) => name === "calls")) return database;
    throw new SetupError(`${path} is no journal: it has no calls`);
  } catch (cause) {
    database?.close();
    if (cause instanceof SetupError) throw cause;
    if (!/not a database|malformed/.test(messageOf(cause))) throw explain(path, cause);
    throw new SetupError(
      `${path} is no journal, or its first page is gone (${messageOf(cause)}): nothing can be saved of it. Move it away, ` +
        "or take the calls of a copy or of a file written by `journal export`",
      { cause },
    );
  }
}

function isReadOnly(error: unknown): boolean {
  const cause = error instanceof SetupError ? error.cause : error;
  return /readonly/.test(messageOf(cause));
}

function isLogEmpty(path: string): boolean {
  return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) === 0;
}
