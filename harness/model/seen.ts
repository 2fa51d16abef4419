/**
 * What commands and tools showed a model, kept in the journal beside its calls. They run again when work is gone on with,
 * to bring the folder to where it was, but what they print may hold the time or a new order. Shown the first text instead,
 * the model is sent the same chat, and the journal has the answer (invariants 3 and 10).
 */
import type { DatabaseSync } from "node:sqlite";
import type { Seen } from "../roles.ts";

/** @param unit hash of everything that decides the work, so that no other work is shown the same */
export function seenIn(database: DatabaseSync, unit: string): Seen {
  const select = database.prepare("SELECT text FROM seen WHERE unit = ? AND key = ?");
  const insert = database.prepare("INSERT INTO seen (unit, key, text) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
  return {
    first(key, text) {
      const before = select.get(unit, key)?.["text"];
      if (typeof before === "string") return before;
      insert.run(unit, key, text);
      return text;
    },
  };
}
