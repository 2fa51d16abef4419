/** The calls of the journal: begun by one process, answered once, read back with their checksum. */
import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { messageOf } from "../errors.ts";
import { damagedCall } from "./failure.ts";
import type { Holders } from "./holders.ts";
import { pack, unpack } from "./pack.ts";
import type { PartStore } from "./parts.ts";
import type { RequestText } from "./request-text.ts";

/** A call that is about to be made. */
export interface CallToMake {
  readonly caller: string;
  /** The number of the draw, which is part of its text. */
  readonly draw: number;
  readonly text: RequestText;
}

/** `elsewhere`: another live process, or another journal of this one, is making it. */
export type Claim =
  | { readonly kind: "answered"; readonly answer: unknown }
  | { readonly kind: "mine" }
  | { readonly kind: "elsewhere" };

/** Why a call that was begun has no answer. `refused`: the request is too long for the model, which costs nothing. */
export const Fault = z.strictObject({ kind: z.enum(["failed", "refused"]), message: z.string() });
export type Fault = z.infer<typeof Fault>;

export interface Calls {
  /** The stored answer, or null. @throws SetupError when it is damaged */
  find(key: string): unknown;
  /** Why there is none, where that is known. */
  faultOf(key: string): Fault | null;
  /** Begins a call unless it is answered, or under way; within a transaction. */
  claim(call: CallToMake, now: number): Claim;
  /** The first answer stays; within a transaction. */
  store(key: string, answer: unknown, now: number): void;
  /** Gives a call up that was begun here; within a transaction. */
  release(key: string, fault: Fault, now: number): void;
  /** Calls that were begun and neither answered nor given up: paid perhaps, and lost, or under way. */
  unanswered(): number;
  /** Those of them that nobody is left to end. */
  lost(now: number): number;
}

export function callsIn(database: DatabaseSync, path: string, parts: PartStore, holders: Holders): Calls {
  const select = database.prepare("SELECT answer, seal FROM calls WHERE key = ? AND answer IS NOT NULL");
  const state = database.prepare("SELECT answer, seal, holder, fault FROM calls WHERE key = ?");
  const begin = database.prepare(
    `INSERT INTO calls (key, caller, request, draw, holder, begun) VALUES (:key, :caller, :request, :draw, :holder, :begun)
     ON CONFLICT (key) DO UPDATE SET caller = :caller, request = :request, draw = :draw, holder = :holder, begun = :begun, fault = NULL`,
  );
  const update = database.prepare(
    "UPDATE calls SET answer = ?, seal = ?, fault = NULL, ended = ? WHERE key = ? AND answer IS NULL",
  );
  const giveUp = database.prepare(
    "UPDATE calls SET fault = ?, ended = ? WHERE key = ? AND answer IS NULL AND holder = ?",
  );
  const count = database.prepare("SELECT count(*) AS n FROM calls WHERE answer IS NULL AND fault IS NULL");
  const byHolder = database.prepare(
    "SELECT holder, count(*) AS n FROM calls WHERE answer IS NULL AND fault IS NULL GROUP BY holder",
  );

  return {
    find: (key) => {
      const row = select.get(key);
      return row === undefined ? null : readAnswer(path, key, row);
    },
    faultOf: (key) => {
      const fault = state.get(key)?.fault;
      return typeof fault === "string" ? Fault.parse(JSON.parse(fault)) : null;
    },
    claim({ caller, draw, text }, begun) {
      const row = state.get(text.key);
      if (row?.answer instanceof Uint8Array) return { kind: "answered", answer: readAnswer(path, text.key, row) };
      const { holder = null, fault = null } = row ?? {};
      if (typeof holder === "string" && fault === null && holders.isThere(holder, begun)) return { kind: "elsewhere" };
      begin.run({ key: text.key, caller, request: packRequest(text, parts), draw, holder: holders.own(begun), begun });
      return { kind: "mine" };
    },
    store(key, answer, ended) {
      const packed = pack(JSON.stringify(answer));
      update.run(packed, sealOf(key, packed), ended, key);
    },
    release: (key, fault, ended) => void giveUp.run(JSON.stringify(fault), ended, key, holders.own(ended)),
    unanswered: () => Number(count.get()?.n ?? 0),
    lost: (now) => {
      const left = byHolder.all().filter(({ holder }) => typeof holder !== "string" || !holders.isThere(holder, now));
      return left.reduce((sum, { n }) => sum + Number(n), 0);
    },
  };
}

/** The request as pieces, the stored ones by number. */
function packRequest({ pieces }: RequestText, parts: PartStore): Uint8Array {
  return pack(JSON.stringify(pieces.map((piece) => (typeof piece === "string" ? piece : parts.keep(piece)))));
}

/** Binds an answer to its call, so that neither a changed byte nor a row in the wrong place is taken for it. */
export function sealOf(key: string, packed: Uint8Array): Uint8Array {
  return createHash("sha256").update(key).update(packed).digest().subarray(0, 16);
}

/** @throws SetupError when it is not what was stored */
export function readAnswer(path: string, key: string, row: Record<string, unknown>): unknown {
  const problem = sealProblem(key, row);
  if (problem !== null) throw damagedCall(path, key, problem);
  try {
    return JSON.parse(unpack(row.answer).toString("utf8"));
  } catch (cause) {
    throw damagedCall(path, key, messageOf(cause));
  }
}

/** Answers of version 1 have no seal: the checksum of their packing is looked at when they are unpacked. */
export function sealProblem(key: string, { answer, seal }: Record<string, unknown>): string | null {
  if (seal === null) return null;
  const isWhole =
    answer instanceof Uint8Array && seal instanceof Uint8Array && Buffer.compare(sealOf(key, answer), seal) === 0;
  return isWhole ? null : "the checksum of its answer does not fit";
}
