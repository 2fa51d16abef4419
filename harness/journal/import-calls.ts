/** Reads a portable file of calls (`call-file.ts`) into a journal. The file is proved whole before anything is taken from it. */
import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { SetupError } from "../errors.ts";
import { hashJson, sha256 } from "../hash.ts";
import { eachGzipLine, type LineLimits } from "../import/gzip-lines.ts";
import { CALL_FILE, CALL_FILE_VERSION, CallFileLine, type CallLine } from "./call-file.ts";
import { sealOf } from "./calls.ts";
import { explain } from "./failure.ts";
import { pack, unpack } from "./pack.ts";
import { type PartStore, partStore } from "./parts.ts";
import { openDatabase } from "./schema.ts";
import { textOfPieces } from "./stored-request.ts";

export interface Imported {
  /** Calls that the journal did not have. */
  readonly calls: number;
  /** Calls that it had, answered alike. */
  readonly known: number;
  /** Calls that it had, answered otherwise: its own answers stay. */
  readonly otherwise: number;
  readonly runs: number;
}

/** A run of ten thousand long trials. */
const LIMITS: LineLimits = { bytes: 64 * 1024 ** 3, lines: 50_000_000 };
const CURE = "Make one with: trace2skill journal export RUN --out FILE";
/** Lines taken in one transaction. */
const LINES_AT_ONCE = 1_000;

/**
 * Safe to do twice, and to repeat after it was killed.
 * @throws SetupError naming file and line for what does not belong there; when the file is not whole, the journal is not touched
 */
export async function importCalls(file: string, path: string): Promise<Imported> {
  await assertWhole(file);
  using database = openDatabase(path);
  const taker = takerOf(database, file);
  try {
    database.exec("BEGIN IMMEDIATE");
    await eachGzipLine(
      file,
      (text, number) => {
        taker.take(parseLine(text, file, number), number);
        if (number % LINES_AT_ONCE === 0) database.exec("COMMIT; BEGIN IMMEDIATE");
      },
      CURE,
      LIMITS,
    );
    database.exec("COMMIT");
    return taker.counts();
  } catch (error) {
    throw error instanceof SetupError ? error : explain(path, error);
  }
}

/** Against the hash in its last line. */
async function assertWhole(file: string): Promise<void> {
  const hash = createHash("sha256");
  let last = "";
  await eachGzipLine(
    file,
    (text, number) => {
      if (number === 1) assertVersion(parseLine(text, file, 1), file);
      else hash.update(`${last}\n`);
      last = text;
    },
    CURE,
    LIMITS,
  );
  const end = CallFileLine.safeParse(jsonOf(last)).data;
  if (end?.kind === "end" && end.sha256 === hash.digest("hex")) return;
  throw new SetupError(
    `${file} is not whole: ${end?.kind === "end" ? "its lines are other than its last line says" : "its end is missing"}. Copy or export it again`,
  );
}

function assertVersion(line: CallFileLine, file: string): void {
  if (line.kind !== "header")
    throw new SetupError(`${file} is no file of calls: it does not begin with a line for ${CALL_FILE}. ${CURE}`);
  if (line.version === CALL_FILE_VERSION) return;
  throw new SetupError(`${file} has version ${line.version}; this trace2skill reads version ${CALL_FILE_VERSION}`);
}

function parseLine(text: string, file: string, number: number): CallFileLine {
  const read = CallFileLine.safeParse(jsonOf(text));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new SetupError(
    `${file}:${number}: expected a line of calls, found ${JSON.stringify(text.slice(0, 60))} (${issue?.path.join(".")}: ${issue?.message}). ${CURE}`,
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // told as what it is by the schema
  }
}

interface Taker {
  take(line: CallFileLine, number: number): void;
  counts(): Imported;
}

function takerOf(database: DatabaseSync, file: string): Taker {
  const parts = partStore(database);
  const insertSeen = database.prepare("INSERT OR IGNORE INTO seen (unit, key, text) VALUES (?, ?, ?)");
  const insertUse = database.prepare("INSERT OR IGNORE INTO uses (run, kind, key) VALUES (?, ?, ?)");
  const takeCall = callTaker(database, parts);
  const counts = { calls: 0, known: 0, otherwise: 0 };
  const runs = new Set<string>();
  const fail = (number: number, problem: string): never => {
    throw new SetupError(`${file}:${number}: ${problem}`);
  };
  const take = (line: CallFileLine, number: number): void => {
    switch (line.kind) {
      case "part":
        if (sha256(line.text) !== line.sha256) fail(number, "the text is not what its hash says");
        return void parts.keep({ bytes: Buffer.from(line.text), hash: line.sha256 });
      case "image": {
        const bytes = Buffer.from(line.base64, "base64");
        if (sha256(bytes) !== line.sha256) fail(number, "the image is not what its hash says");
        return void parts.keepBytes(bytes);
      }
      case "call": {
        const taken = takeCall(line);
        if (typeof taken !== "string") fail(number, taken.problem);
        else counts[taken] += 1;
        return;
      }
      case "seen":
        return void insertSeen.run(line.unit, line.key, line.text);
      case "use":
        runs.add(line.run);
        return void insertUse.run(line.run, line.used, line.key);
      case "header":
      case "end":
        return;
      default:
        line satisfies never;
    }
  };
  return { take, counts: () => ({ ...counts, runs: runs.size }) };
}

type Taken = "calls" | "known" | "otherwise" | { readonly problem: string };

function callTaker(database: DatabaseSync, parts: PartStore): (line: CallLine) => Taken {
  const select = database.prepare("SELECT answer, fault FROM calls WHERE key = ?");
  const insert = database.prepare(
    `INSERT INTO calls (key, caller, request, draw, answer, seal, fault, ended) VALUES (:key, :caller, :request, :draw, :answer, :seal, :fault, :ended)
     ON CONFLICT (key) DO UPDATE SET request = :request, draw = :draw, answer = :answer, seal = :seal, fault = :fault, ended = :ended`,
  );
  return ({ key, caller, draw, request, outcome }) => {
    const packed = packRequest(key, request, parts);
    if (!(packed instanceof Uint8Array)) return packed;
    const answer = "answer" in outcome ? pack(JSON.stringify(outcome.answer)) : null;
    const { answer: own, fault: ownFault } = select.get(key) ?? {};
    if (own instanceof Uint8Array) return isSame(own, outcome) ? "known" : "otherwise";
    const fault = "refused" in outcome ? JSON.stringify({ kind: "refused", message: outcome.refused }) : null;
    if (fault !== null && fault === ownFault) return "known";
    const seal = answer === null ? null : sealOf(key, answer);
    insert.run({ key, caller, request: packed, draw, answer, seal, fault, ended: Date.now() });
    return "calls";
  };
}

function isSame(own: Uint8Array, outcome: CallLine["outcome"]): boolean {
  return "answer" in outcome && hashJson(JSON.parse(unpack(own).toString("utf8"))) === hashJson(outcome.answer);
}

/** The request as the journal stores it; a problem where its parts are lacking or it does not belong to its key. */
function packRequest(key: string, request: CallLine["request"], parts: PartStore): Uint8Array | { problem: string } {
  if ("whole" in request) return pack(JSON.stringify(z.record(z.string(), z.unknown()).parse(request.whole)));
  const pieces = request.pieces.map((piece) => (typeof piece === "string" ? piece : parts.idOf(piece.part)));
  const known = pieces.filter((piece) => piece !== null);
  if (known.length < pieces.length) return { problem: "a part of the request is lacking" };
  if (sha256(textOfPieces(known, parts)) !== key) return { problem: "the request is another than its key says" };
  return pack(JSON.stringify(known));
}
