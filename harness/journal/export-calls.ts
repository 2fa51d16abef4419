/** The calls of runs, written as one portable file (`call-file.ts`). */
import { createHash, randomUUID } from "node:crypto";
import { closeSync, createWriteStream, openSync, readSync, statSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import type { DatabaseSync } from "node:sqlite";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { SetupError } from "../errors.ts";
import { CALL_FILE, CALL_FILE_VERSION, type CallFileLine, type CallLine } from "./call-file.ts";
import { Fault, readAnswer } from "./calls.ts";
import { explain } from "./failure.ts";
import { type PartStore, partStore } from "./parts.ts";
import { openToRead } from "./reading.ts";
import type { Row } from "./scan.ts";
import { imagesNamedIn, readRequest } from "./stored-request.ts";

const GZIP = Buffer.from([0x1f, 0x8b]);

export interface TransferCounts {
  calls: number;
  /** Fragments of requests, and images. */
  parts: number;
  /** Texts that commands showed. */
  seen: number;
}

/**
 * Writes the file whole or not at all.
 * @param runs ids of runs
 * @throws SetupError when nothing is known of a run, or one of its calls is damaged
 */
export async function exportCalls(path: string, runs: readonly string[], out: string): Promise<TransferCounts> {
  refuseToReplace(out);
  using database = openToRead(path);
  const temporary = `${out}.${randomUUID()}.tmp`;
  const counts: TransferCounts = { calls: 0, parts: 0, seen: 0 };
  try {
    database.exec("BEGIN"); // one state of the journal, whatever others store meanwhile
    const lines = linesOf(database, { path, runs, counts });
    await pipeline(
      Readable.from(hashed(lines, counts)),
      createGzip({ level: 6 }),
      createWriteStream(temporary, { flags: "wx" }),
    );
    await rename(temporary, out);
    return counts;
  } catch (error) {
    await rm(temporary, { force: true });
    if (error instanceof Error && "syscall" in error)
      throw new SetupError(`cannot write ${out}: ${error.message}`, { cause: error });
    throw explain(path, error);
  }
}

/** An earlier file of calls is replaced; a journal, or anything else that was named by mistake, is not. */
function refuseToReplace(out: string): void {
  const found = statSync(out, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (found.isFile() && (found.size === 0 || isGzip(out))) return;
  throw new SetupError(`${out} is there and is no file of calls: it is not replaced. Give another name with --out`);
}

function isGzip(path: string): boolean {
  const file = openSync(path, "r");
  try {
    const start = Buffer.alloc(2);
    readSync(file, start);
    return start.equals(GZIP);
  } finally {
    closeSync(file);
  }
}

function* hashed(lines: Iterable<CallFileLine>, counts: TransferCounts): Generator<string> {
  const hash = createHash("sha256");
  for (const line of lines) {
    const text = `${JSON.stringify(line)}\n`;
    hash.update(text);
    yield text;
  }
  yield `${JSON.stringify({ kind: "end", ...counts, sha256: hash.digest("hex") } satisfies CallFileLine)}\n`;
}

interface Asked {
  readonly path: string;
  readonly runs: readonly string[];
  readonly counts: TransferCounts;
}

function* linesOf(database: DatabaseSync, { path, runs, counts }: Asked): Generator<CallFileLine> {
  yield { kind: "header", format: CALL_FILE, version: CALL_FILE_VERSION };
  const select = database.prepare("SELECT * FROM calls WHERE key = ?");
  const selectSeen = database.prepare("SELECT key, text FROM seen WHERE unit = ? ORDER BY key");
  const written = { parts: new Set<number>(), keys: new Set<string>() };
  const parts = partStore(database);
  for (const { run, used, key } of usesOf(database, runs)) {
    yield { kind: "use", run, used, key };
    if (written.keys.has(key)) continue;
    written.keys.add(key);
    if (used === "unit") {
      for (const row of selectSeen.iterate(key)) {
        counts.seen += 1;
        yield { kind: "seen", unit: key, key: String(row.key), text: String(row.text) };
      }
      continue;
    }
    const row = select.get(key);
    if (row === undefined) throw new SetupError(`the journal ${path} has lost the call ${key.slice(0, 12)} of the run`);
    const line = lineOf(path, row, parts);
    if (line === null) continue; // asked again since and not answered yet
    for (const part of partsOf(row, parts, written.parts)) {
      counts.parts += 1;
      yield part;
    }
    counts.calls += 1;
    yield line;
  }
}

function* usesOf(database: DatabaseSync, runs: readonly string[]) {
  const select = database.prepare("SELECT kind, key FROM uses WHERE run = ? ORDER BY kind, key");
  for (const run of runs) {
    if (select.get(run) === undefined) throw unknownRun(run);
    for (const row of select.iterate(run)) {
      const used = row.kind === "unit" ? ("unit" as const) : ("call" as const);
      yield { run, used, key: String(row.key) };
    }
  }
}

function unknownRun(run: string): SetupError {
  return new SetupError(
    `nothing is known of the calls of run ${run.slice(0, 12)} in this journal: it was made with another (give it with --journal), ` +
      "or before calls were noted by run. Then repeat it from the journal into a new folder, with the options that it was made with " +
      "and --offline, which pays nothing, and export that",
  );
}

function lineOf(path: string, row: Row, parts: PartStore): CallLine | null {
  const { key, caller, draw, answer, fault } = row;
  const refusal = typeof fault === "string" ? Fault.parse(JSON.parse(fault)) : null;
  if (answer === null && refusal?.kind !== "refused") return null;
  const stored = readRequest(row.request);
  return {
    kind: "call",
    key: String(key),
    caller: String(caller),
    draw: typeof draw === "number" ? draw : null,
    request:
      stored.kind === "whole"
        ? { whole: stored.request }
        : { pieces: stored.pieces.map((piece) => (typeof piece === "string" ? piece : { part: parts.hashOf(piece) })) },
    outcome: answer === null ? { refused: refusal?.message ?? "" } : { answer: readAnswer(path, String(key), row) },
  };
}

/** The fragments and images of a call that were not written yet. */
function* partsOf(row: Row, parts: PartStore, written: Set<number>): Generator<CallFileLine> {
  const stored = readRequest(row.request);
  if (stored.kind === "whole") return;
  for (const id of stored.pieces) {
    if (typeof id === "string" || written.has(id)) continue;
    written.add(id);
    const text = parts.read(id).toString("utf8");
    for (const sha256 of imagesNamedIn(text)) {
      const image = parts.idOf(sha256);
      if (image === null || written.has(image)) continue;
      written.add(image);
      yield { kind: "image", sha256, base64: parts.read(image).toString("base64") };
    }
    yield { kind: "part", sha256: parts.hashOf(id), text };
  }
}
