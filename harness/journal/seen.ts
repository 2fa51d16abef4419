/**
 * What commands and tools showed a model, kept in the journal beside its calls. They run again when work is gone on with,
 * to bring the folder to where it was, but what they print may hold the time or a new order. Shown the first text instead,
 * the model is sent the same chat, and the journal has the answer (invariants 3 and 10).
 */
import type { DatabaseSync } from "node:sqlite";
import type { Seen } from "../roles.ts";
import type { Batches } from "./batches.ts";

/**
 * A text need not be on disk when it is shown: it is written before the next call is begun, and nobody has acted on it until then.
 * @param unit hash of everything that decides the work, so that no other work is shown the same
 */
export type SeenOf = (unit: string) => Seen;

export function seenIn(database: DatabaseSync, batches: Pick<Batches, "later">): SeenOf {
  const select = database.prepare("SELECT text FROM seen WHERE unit = ? AND key = ?");
  const insert = database.prepare("INSERT INTO seen (unit, key, text) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
  /** Given to be written, and not yet there to be read. */
  const waiting = new Map<string, string>();
  return (unit) => ({
    first(key, text) {
      const name = JSON.stringify([unit, key]);
      const before = waiting.get(name) ?? select.get(unit, key)?.text;
      if (typeof before === "string") return before;
      waiting.set(name, text);
      batches.later(() => {
        insert.run(unit, key, text);
        waiting.delete(name);
      });
      return text;
    },
  });
}
