/** Which calls and units of work a run used, so that it can be taken elsewhere with all that it needs. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { DatabaseSync } from "node:sqlite";
import type { Batches } from "./batches.ts";

export interface Uses {
  /** Everything that `work` uses, also what it only reads back, is noted as used by that run. */
  during<T>(run: string, work: () => T): T;
  /** Notes a use by the run at whose work this is called, if any. */
  note(kind: "call" | "unit", key: string): void;
}

/**
 * The run is carried by the asynchronous context: a model knows nothing of runs, and several may be under way at once in
 * one process.
 */
export function usesIn(database: DatabaseSync, batches: Pick<Batches, "later">): Uses {
  const current = new AsyncLocalStorage<string>();
  const insert = database.prepare("INSERT INTO uses (run, kind, key) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
  return {
    during: (run, work) => current.run(run, work),
    note(kind, key) {
      const run = current.getStore();
      if (run !== undefined) batches.later(() => insert.run(run, kind, key));
    },
  };
}
