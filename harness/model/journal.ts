/**
 * The journal: every model call ever paid for, with its full request and answer, stored before it is used (invariant 3).
 * SQLite of Node's own, write-ahead log: what was stored survives a killed process.
 */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gunzipSync, gzipSync } from "node:zlib";
import { hasCode, messageOf, SetupError } from "../errors.ts";
import { hashJson } from "../hash.ts";
import type { Seen } from "../roles.ts";
import { seenIn } from "./seen.ts";

const SCHEMA_VERSION = 1;

export interface Journal extends Disposable {
  /** The stored answer to that request, or null when it was never answered. */
  find(key: string): unknown;
  /** Notes that a call is about to be made. */
  intend(key: string, caller: string, request: unknown): void;
  /** Stores an answer; when this returns, a killed process has it. */
  store(key: string, answer: unknown): void;
  /** What that unit of work was shown before. */
  seen(unit: string): Seen;
  /** Calls that were begun and have no answer: paid perhaps, and lost. */
  unanswered(): number;
}

/** The key of a call: the full request and the number of the draw. */
export function journalKey(request: unknown, draw: number): string {
  return hashJson({ request, draw });
}

/**
 * Opens the journal at `path`, making it where there is none. Several processes may share it.
 * @throws SetupError when the file is no journal, is damaged, or the disk is full
 */
export function openJournal(path: string): Journal {
  const database = open(path);
  const { select, insert, update, count } = explain(path, () => ({
    select: database.prepare("SELECT answer FROM calls WHERE key = ? AND answer IS NOT NULL"),
    insert: database.prepare("INSERT INTO calls (key, caller, request) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING"),
    update: database.prepare("UPDATE calls SET answer = ? WHERE key = ? AND answer IS NULL"),
    count: database.prepare("SELECT count(*) AS n FROM calls WHERE answer IS NULL"),
  }));
  return {
    find: (key) => {
      const row = select.get(key);
      return row === undefined ? null : unpack(path, key, row.answer);
    },
    intend: (key, caller, request) => explain(path, () => insert.run(key, caller, pack(request))),
    store: (key, answer) => explain(path, () => update.run(pack(answer), key)),
    seen: (unit) => {
      const seen = seenIn(database, unit);
      return { first: (key, text) => explain(path, () => seen.first(key, text)) };
    },
    unanswered: () => Number(count.get()?.n ?? 0),
    [Symbol.dispose]: () => database.close(),
  };
}

function open(path: string): DatabaseSync {
  return explain(path, () => {
    mkdirSync(dirname(path), { recursive: true });
    const database = new DatabaseSync(path, { timeout: 30_000 });
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    const version = Number(database.prepare("PRAGMA user_version").get()?.user_version ?? 0);
    if (version > SCHEMA_VERSION) {
      throw new SetupError(
        `the journal ${path} has version ${version}, this trace2skill reads up to ${SCHEMA_VERSION}: give another with --journal`,
      );
    }
    database.exec(`
      CREATE TABLE IF NOT EXISTS calls (key TEXT PRIMARY KEY, caller TEXT NOT NULL, request BLOB NOT NULL, answer BLOB) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS seen (unit TEXT NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (unit, key)) WITHOUT ROWID;
      PRAGMA user_version = ${SCHEMA_VERSION}`);
    return database;
  });
}

function pack(value: unknown): Uint8Array {
  return gzipSync(JSON.stringify(value), { level: 1 });
}

function unpack(path: string, key: string, blob: unknown): unknown {
  try {
    return JSON.parse(gunzipSync(blob as Uint8Array).toString("utf8"));
  } catch (cause) {
    throw new SetupError(
      `the journal ${path} is damaged at call ${key.slice(0, 12)}: ${messageOf(cause)}. Move it away to pay anew`,
      { cause },
    );
  }
}

function explain<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    if (cause instanceof SetupError) throw cause;
    const text = messageOf(cause);
    const problem = /full|disk I\/O/.test(text)
      ? "the disk is full. What was paid is kept: free some space and give the same command again"
      : /not a database|malformed|no such (table|column)|has no column/.test(text)
        ? "the file is no journal, or is damaged. Move it away, or give another with --journal"
        : hasCode(cause, "ERR_SQLITE_ERROR") || cause instanceof Error
          ? text
          : null;
    throw new SetupError(`cannot use the journal ${path}: ${problem ?? String(cause)}`, { cause });
  }
}
