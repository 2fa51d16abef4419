/** The tables of the journal and their versions. A journal of version 1 is gone on with: it gets the columns that it lacks. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { SetupError } from "../errors.ts";
import { explained, wayOut } from "./failure.ts";

export const SCHEMA_VERSION = 2;

/**
 * calls: `key` hash of request and draw; `request` JSON of its pieces, numbers being `parts` (version 1: the request itself);
 * `answer` the server's own JSON; `seal` a checksum of key and answer (none in version 1, whose packing has its own);
 * `holder` who asks or asked; `fault` why there is no answer although it was waited for; times in ms since 1970.
 */
const CALLS = `CREATE TABLE calls (
  key TEXT PRIMARY KEY, caller TEXT NOT NULL, request BLOB NOT NULL, answer BLOB,
  draw INTEGER, seal BLOB, holder TEXT, fault TEXT, begun INTEGER, ended INTEGER)`;

const ADDED_TO_VERSION_1 = ["draw INTEGER", "seal BLOB", "holder TEXT", "fault TEXT", "begun INTEGER", "ended INTEGER"];

const SEEN =
  "CREATE TABLE seen (unit TEXT NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (unit, key)) WITHOUT ROWID";

/**
 * parts: fragments of requests, and images, by the hash of what they hold. holders: processes that have the journal open.
 * uses: which calls and units of work a run used.
 */
const SINCE_VERSION_2 = `
  CREATE TABLE parts (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, body BLOB NOT NULL);
  CREATE TABLE holders (id TEXT PRIMARY KEY, process TEXT NOT NULL, beat INTEGER NOT NULL);
  CREATE TABLE uses (run TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (run, kind, key)) WITHOUT ROWID;
  CREATE INDEX unanswered ON calls (key) WHERE answer IS NULL`;

/** A commit is written through to the kernel, so that it outlives a killed process; a power cut may lose the last ones. */
const SETTINGS =
  "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000";

/**
 * Opens the file, making it where there is none.
 * @throws SetupError when it is no journal, is damaged, or is of a later version; it is then left as it was
 */
export function openDatabase(path: string): DatabaseSync {
  return explained(path, () => {
    mkdirSync(dirname(path), { recursive: true });
    const database = new DatabaseSync(path, { timeout: 30_000 });
    try {
      refuseForeign(database, path);
      database.exec(SETTINGS);
      if (versionOf(database) < SCHEMA_VERSION) bringUp(database);
    } catch (error) {
      database.close();
      throw error;
    }
    return database;
  });
}

export function versionOf(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()?.user_version ?? 0);
}

function refuseForeign(database: DatabaseSync, path: string): void {
  const version = versionOf(database);
  if (version > SCHEMA_VERSION) {
    throw new SetupError(
      `the journal ${path} has version ${version}, this trace2skill reads up to ${SCHEMA_VERSION}: give another with --journal`,
    );
  }
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
  const isJournal = tables.some(({ name }) => name === "calls") && tables.some(({ name }) => name === "seen");
  if (tables.length > 0 && (version === 0 || !isJournal)) {
    throw new SetupError(
      `cannot use the journal ${path}: the file is no journal, or is damaged: it is a database with other tables ` +
        `(${tables.map(({ name }) => String(name)).slice(0, 5)}). ${wayOut(path)}`,
    );
  }
}

/** All or nothing; of several processes that open it at once, one does it. */
function bringUp(database: DatabaseSync): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    const version = versionOf(database);
    if (version === 0) database.exec(`${CALLS}; ${SEEN}; ${SINCE_VERSION_2}`);
    if (version === 1) {
      for (const column of ADDED_TO_VERSION_1) database.exec(`ALTER TABLE calls ADD COLUMN ${column}`);
      database.exec(SINCE_VERSION_2);
    }
    database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}
