/** What can be saved of a damaged journal, in a new one. The damaged file stays as it is. */
import { existsSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { SetupError } from "../errors.ts";
import { sha256 } from "../hash.ts";
import { explained } from "./failure.ts";
import { unpack } from "./pack.ts";
import { openForReading } from "./reading.ts";
import { callRows, type Row, rowsById, rowsByKey, type Unreadable } from "./scan.ts";
import { openDatabase } from "./schema.ts";
import { checker } from "./verify.ts";

export interface Salvaged {
  /** Calls whose answers were saved. */
  readonly calls: number;
  /** Calls, with or without an answer, that could be read and were left behind. */
  readonly leftBehind: number;
  readonly unreadable: readonly Unreadable[];
}

const COLUMNS = ["key", "caller", "request", "answer", "draw", "seal", "holder", "fault", "begun", "ended"] as const;

/**
 * Copies every answer that is whole, with what is left of its request, and what commands showed.
 * @throws SetupError when `to` exists, or when not even the first page can be read
 */
export function salvageJournal(from: string, to: string): Salvaged {
  if (existsSync(to)) throw new SetupError(`${to} is there already: give the name of a new file with --salvage`);
  using source = openForReading(from);
  using target = openDatabase(to);
  const unreadable: Unreadable[] = [];
  const pass = (range: Unreadable) => void unreadable.push(range);
  return explained(to, () => {
    target.exec("BEGIN IMMEDIATE");
    if (hasTable(source, "parts")) copyParts(source, target, pass);
    const counts = copyCalls(source, target, pass);
    copyWhole(source, target, { table: "seen", column: "unit", onUnreadable: pass });
    if (hasTable(source, "uses")) copyWhole(source, target, { table: "uses", column: "run", onUnreadable: pass });
    target.exec("COMMIT");
    return { ...counts, unreadable };
  });
}

type Pass = (range: Unreadable) => void;

function hasTable(database: DatabaseSync, name: string): boolean {
  return database.prepare("SELECT 1 FROM sqlite_master WHERE name = ?").get(name) !== undefined;
}

/** With their numbers, which the calls refer to. */
function copyParts(source: DatabaseSync, target: DatabaseSync, pass: Pass): void {
  const insert = target.prepare("INSERT OR IGNORE INTO parts (id, hash, body) VALUES (?, ?, ?)");
  for (const { id, hash, body } of rowsById(source, "parts", pass)) {
    if (isWhole(hash, body)) insert.run(Number(id), hash as Uint8Array, body as Uint8Array);
  }
}

function isWhole(hash: unknown, body: unknown): boolean {
  try {
    return hash instanceof Uint8Array && sha256(unpack(body)) === Buffer.from(hash).toString("hex");
  } catch {
    return false; // damaged: the calls that hold it are told
  }
}

function copyCalls(source: DatabaseSync, target: DatabaseSync, pass: Pass): { calls: number; leftBehind: number } {
  const insert = target.prepare(
    `INSERT OR IGNORE INTO calls (${COLUMNS}) VALUES (${COLUMNS.map((column) => `:${column}`)})`,
  );
  const check = checker(source);
  let [calls, leftBehind] = [0, 0];
  for (const row of callRows(source, pass)) {
    const savable = row.answer !== null && (check(row)?.answerIsWhole ?? true);
    if (savable) insert.run(Object.fromEntries(COLUMNS.map((column) => [column, storable(row, column)])));
    if (savable) calls += 1;
    else leftBehind += 1;
  }
  return { calls, leftBehind };
}

function copyWhole(
  source: DatabaseSync,
  target: DatabaseSync,
  { table, column, onUnreadable }: { table: string; column: string; onUnreadable: Pass },
): void {
  for (const row of rowsByKey(source, { table, column }, onUnreadable)) {
    const columns = Object.keys(row);
    target
      .prepare(`INSERT OR IGNORE INTO ${table} (${columns}) VALUES (${columns.map(() => "?")})`)
      .run(...columns.map((name) => storable(row, name)));
  }
}

function storable(row: Row, column: string): string | number | Uint8Array | null {
  const value = row[column] ?? null;
  return typeof value === "string" || typeof value === "number" || value instanceof Uint8Array ? value : null;
}
