/** What stands in a journal, in numbers. */
import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { Fault } from "./calls.ts";
import { explained } from "./failure.ts";
import { holdersIn } from "./holders.ts";
import { openToRead } from "./reading.ts";
import { versionOf } from "./schema.ts";

const Row = z.object({
  caller: z.string(),
  answered: z.number().int(),
  holder: z.string().nullable(),
  fault: z.string().nullable(),
  draw: z.number().int().nullable(),
  begun: z.number().nullable(),
  n: z.number().int(),
});

export interface CallCounts {
  answered: number;
  /** Other draws than the first: asked again on purpose. */
  redrawn: number;
  /** Begun by a process that is still there. */
  underWay: number;
  /** Begun by a process that ended before the answer was stored: paid perhaps. */
  lost: number;
  /** Given up: the server failed, or the work was stopped. */
  failed: number;
  /** Too long for the model; asking costs nothing. */
  refused: number;
}

export interface JournalStats {
  readonly version: number;
  readonly calls: CallCounts;
  readonly byCaller: Readonly<Record<string, CallCounts>>;
  /** Fragments of requests, and images, each stored once. */
  readonly parts: number;
  /** Runs whose calls are known. */
  readonly runs: number;
  readonly bytes: number;
}

const NONE: CallCounts = { answered: 0, redrawn: 0, underWay: 0, lost: 0, failed: 0, refused: 0 };

export function statsOf(path: string): JournalStats {
  using database = openToRead(path);
  return explained(path, () => {
    const byCaller: Record<string, CallCounts> = {};
    const calls = { ...NONE };
    const isThere = presence(database);
    for (const row of grouped(database)) {
      const counts = byCaller[row.caller] ?? { ...NONE };
      byCaller[row.caller] = counts;
      for (const sum of [calls, counts]) {
        sum[stateOf(row, isThere)] += row.n;
        if (row.answered === 1 && (row.draw ?? 0) > 0) sum.redrawn += row.n;
      }
    }
    const number = (query: string) => Number(database.prepare(query).get()?.n ?? 0);
    return {
      version: versionOf(database),
      calls,
      byCaller,
      parts: number("SELECT count(*) AS n FROM parts"),
      runs: number("SELECT count(DISTINCT run) AS n FROM uses"),
      bytes: sizeOf(path),
    };
  });
}

function grouped(database: DatabaseSync): z.infer<typeof Row>[] {
  const rows = database.prepare(
    `SELECT caller, answer IS NOT NULL AS answered, CASE WHEN answer IS NULL THEN holder END AS holder,
       CASE WHEN answer IS NULL THEN fault END AS fault, draw, max(begun) AS begun, count(*) AS n
     FROM calls GROUP BY 1, 2, 3, 4, 5 ORDER BY 1`,
  );
  return rows.all().map((row) => Row.parse(row));
}

function stateOf(row: z.infer<typeof Row>, isThere: (id: string) => boolean): keyof Omit<CallCounts, "redrawn"> {
  if (row.answered === 1) return "answered";
  if (row.fault !== null) return Fault.parse(JSON.parse(row.fault)).kind;
  return row.holder !== null && isThere(row.holder) ? "underWay" : "lost";
}

function presence(database: DatabaseSync): (id: string) => boolean {
  const holders = holdersIn(database, { later: () => {} });
  return (id) => holders.isThere(id, Date.now());
}

/** With what waits in the write-ahead log. */
function sizeOf(path: string): number {
  return ["", "-wal"].reduce((sum, end) => sum + (statSync(`${path}${end}`, { throwIfNoEntry: false })?.size ?? 0), 0);
}
