/** Takes out of a journal what no run can read back any more, and gives the room back. Answers go only when they are asked to. */
import type { DatabaseSync } from "node:sqlite";
import { messageOf, SetupError } from "../errors.ts";
import { damagedCall, explained } from "./failure.ts";
import { holdersIn } from "./holders.ts";
import { type PartStore, partStore } from "./parts.ts";
import { openDatabase } from "./schema.ts";
import { imagesNamedIn, readRequest } from "./stored-request.ts";

export interface PruneOptions {
  /** Answers stored before this go too, unless a run is known to use them; in ms since 1970, null for none. */
  readonly before: number | null;
  /** Nothing is changed: only counted. */
  readonly dryRun: boolean;
}

export interface Pruned {
  /** Calls without an answer; those refused for their length stay, for a run that replays needs to be told so again. */
  readonly unanswered: number;
  /** Answered calls from before the date. */
  readonly answered: number;
  /** Fragments and images that no call holds any more. */
  readonly parts: number;
}

/** @throws SetupError while another process has the journal open: it may be about to use what goes */
export function pruneJournal(path: string, { before, dryRun }: PruneOptions): Pruned {
  using database = openDatabase(path);
  return explained(path, () => {
    database.exec("BEGIN IMMEDIATE");
    refuseWhileOthers(database, path);
    const unanswered = deleted(database, UNANSWERED);
    const answered = before === null ? 0 : deleted(database, OLD, before);
    const parts = deleteParts(database, path);
    database.exec("DELETE FROM uses WHERE kind = 'call' AND key NOT IN (SELECT key FROM calls)");
    database.exec(dryRun ? "ROLLBACK" : "COMMIT");
    if (!dryRun) database.exec("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
    return { unanswered, answered, parts };
  });
}

const UNANSWERED = `DELETE FROM calls WHERE answer IS NULL AND (fault IS NULL OR fault ->> 'kind' <> 'refused')`;
/** Of version 1 there are no times: those stay. */
const OLD = "DELETE FROM calls WHERE ended < ? AND key NOT IN (SELECT key FROM uses WHERE kind = 'call')";

function deleted(database: DatabaseSync, statement: string, ...values: number[]): number {
  return Number(database.prepare(statement).run(...values).changes);
}

function refuseWhileOthers(database: DatabaseSync, path: string): void {
  const others = holdersIn(database, { later: () => {} }).others(Date.now());
  if (others === 0) return;
  database.exec("ROLLBACK");
  throw new SetupError(
    `the journal ${path} is in use by ${others} other ${others === 1 ? "process" : "processes"}: prune it when they have ended`,
  );
}

function deleteParts(database: DatabaseSync, path: string): number {
  const held = new Set<number>();
  const parts = partStore(database);
  for (const { key, request } of database.prepare("SELECT key, request FROM calls").iterate()) {
    try {
      hold(request, parts, held);
    } catch (cause) {
      throw damagedCall(path, String(key), messageOf(cause)); // what it holds cannot be told from what nobody holds
    }
  }
  const remove = database.prepare("DELETE FROM parts WHERE id = ?");
  const all = database.prepare("SELECT id FROM parts").all();
  const orphans = all.map(({ id }) => Number(id)).filter((id) => !held.has(id));
  for (const id of orphans) remove.run(id);
  return orphans.length;
}

/** Adds the fragments of a request, and the images that they name; each is read once. */
function hold(request: unknown, parts: PartStore, held: Set<number>): void {
  const stored = readRequest(request);
  if (stored.kind === "whole") return;
  for (const id of stored.pieces) {
    if (typeof id === "string" || held.has(id)) continue;
    for (const hash of imagesNamedIn(parts.read(id).toString("utf8"))) held.add(parts.idOf(hash) ?? id);
    held.add(id);
  }
}
