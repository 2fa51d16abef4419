/** Those who have the journal open: each opening is one holder, so that two of one process do not pay for the same call either. */
import { randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { Batches } from "./batches.ts";
import { BEAT_MS, isThere, thisProcess } from "./holder.ts";

export interface Holders {
  /** The id of this opening, made known to the others; within a transaction. */
  own(now: number): string;
  /** True for one that can still end what it began. */
  isThere(id: string, now: number): boolean;
  /** How many others are there. */
  others(now: number): number;
  /** Takes this opening back; what it began counts as lost. */
  leave(): void;
}

const Process = z.strictObject({ pid: z.number(), started: z.string().nullable(), space: z.string().nullable() });

export function holdersIn(database: DatabaseSync, batches: Pick<Batches, "later">): Holders {
  const id = randomUUID();
  const insert = database.prepare(
    "INSERT INTO holders (id, process, beat) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET beat = excluded.beat",
  );
  const select = database.prepare("SELECT id, process, beat FROM holders WHERE id = ?");
  const all = database.prepare("SELECT id, process, beat FROM holders");
  const remove = database.prepare("DELETE FROM holders WHERE id = ?");
  const process = JSON.stringify(thisProcess());
  let beating: NodeJS.Timeout | null = null;

  const beat = () => batches.later(() => insert.run(id, process, Date.now()));
  const isRowThere = (row: Record<string, unknown>, now: number) =>
    row.id === id || isThere(Process.parse(JSON.parse(String(row.process))), Number(row.beat), now);
  return {
    own(now) {
      if (beating !== null) return id;
      insert.run(id, process, now);
      beating = setInterval(beat, BEAT_MS);
      beating.unref();
      return id;
    },
    isThere(other, now) {
      const row = select.get(other);
      return row !== undefined && isRowThere(row, now);
    },
    others: (now) => all.all().filter((row) => row.id !== id && isRowThere(row, now)).length,
    leave() {
      if (beating === null) return;
      clearInterval(beating);
      for (const row of all.all()) if (!isRowThere(row, Date.now())) remove.run(String(row.id));
      remove.run(id);
    },
  };
}
