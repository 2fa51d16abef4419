/** Reads tables of a file that may be damaged: what SQLite refuses to read is closed in on, and the rest is read. */
import type { DatabaseSync } from "node:sqlite";
import { messageOf } from "../errors.ts";

export type Row = Record<string, unknown>;

/** A part of a table that cannot be read. */
export interface Unreadable {
  readonly table: string;
  /** Where: a beginning of its keys, or a range of its numbers. */
  readonly where: string;
  readonly problem: string;
}

const HEX = [..."0123456789abcdef"];
/** After so many digits of a key no more is tried: damage is of pages, and a page holds many keys. */
const MOST_DIGITS = 5;
/** Rows are fetched for so many numbers at once. */
const BLOCK = 512;
/** Shorter rows than of 128 bytes there are hardly any. */
const MOST_ON_A_PAGE = 64;

/**
 * Rows of a table whose `column` begins with hex digits, in its order; never the whole table at once.
 * @param onUnreadable told of what is passed over
 */
export function* rowsByKey(
  database: DatabaseSync,
  { table, column }: { table: string; column: string },
  onUnreadable: (range: Unreadable) => void,
): Generator<Row> {
  const statement = database.prepare(
    `SELECT * FROM ${table} WHERE ${column} >= ? AND ${column} < ? ORDER BY ${column}`,
  );
  const between = (from: string, to: string) => statement.all(from, to);
  const gap = gapIn(table, onUnreadable);
  const starts = HEX.flatMap((first) => HEX.map((second) => first + second));
  yield* read("", "0", []);
  for (const start of starts) yield* beginningWith(start);
  yield* read("g", "\u{10ffff}", []);
  gap.end();

  function* beginningWith(prefix: string): Generator<Row> {
    yield* read(prefix, `${prefix}g`, prefix.length < MOST_DIGITS ? HEX.map((digit) => prefix + digit) : []);
  }

  function* read(from: string, to: string, within: readonly string[]): Generator<Row> {
    let rows: Row[] = [];
    try {
      rows = between(from, to);
    } catch (error) {
      if (within.length === 0) gap.add(`${from}…`, messageOf(error));
      for (const prefix of within) yield* beginningWith(prefix);
    }
    if (rows.length > 0) gap.end();
    yield* rows;
  }
}

/** All calls; of a journal that began as version 1 by key, for its rows have no numbers. */
export function callRows(database: DatabaseSync, onUnreadable: (range: Unreadable) => void): Generator<Row> {
  const { sql } = database.prepare("SELECT sql FROM sqlite_master WHERE name = 'calls'").get() ?? {};
  const byKey = String(sql).includes("WITHOUT ROWID");
  return byKey
    ? rowsByKey(database, { table: "calls", column: "key" }, onUnreadable)
    : rowsById(database, "calls", onUnreadable);
}

/** As `rowsByKey`, by the numbers from 1 that SQLite gives rows: no index is needed, which may be damaged itself. */
export function* rowsById(
  database: DatabaseSync,
  table: string,
  onUnreadable: (range: Unreadable) => void,
): Generator<Row> {
  const statement = database.prepare(`SELECT * FROM ${table} WHERE rowid BETWEEN ? AND ? ORDER BY rowid`);
  const gap = gapIn(table, onUnreadable);
  const most = largestId(database, table, onUnreadable);
  for (let from = 1; from <= most; from += BLOCK) yield* between(from, Math.min(from + BLOCK - 1, most));
  gap.end();

  function* between(from: number, to: number): Generator<Row> {
    let rows: Row[] = [];
    try {
      rows = statement.all(from, to);
    } catch (error) {
      if (from === to) return gap.add(`number ${from}`, messageOf(error));
      const middle = Math.floor((from + to) / 2);
      yield* between(from, middle);
      yield* between(middle + 1, to);
    }
    if (rows.length > 0) gap.end();
    yield* rows;
  }
}

/** What cannot be read between two rows that can is told as one place. */
function gapIn(table: string, tell: (range: Unreadable) => void) {
  let gap: { readonly from: string; to: string; readonly problem: string } | null = null;
  return {
    add(where: string, problem: string): void {
      if (gap === null) gap = { from: where, to: where, problem };
      else gap.to = where;
    },
    end(): void {
      if (gap === null) return;
      const { from, to, problem } = gap;
      gap = null;
      tell({ table, where: from === to ? from : `${from} to ${to}`, problem });
    },
  };
}

/** Where it cannot be read, as many as could stand in a file of that size. */
function largestId(database: DatabaseSync, table: string, onUnreadable: (range: Unreadable) => void): number {
  try {
    return Number(database.prepare(`SELECT max(rowid) AS most FROM ${table}`).get()?.most ?? 0);
  } catch (error) {
    onUnreadable({ table, where: "the end", problem: messageOf(error) });
    return Number(database.prepare("PRAGMA page_count").get()?.page_count ?? 0) * MOST_ON_A_PAGE;
  }
}
