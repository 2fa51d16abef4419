/** Fragments of requests, and images: each stored once, by the hash of what it holds. */
import type { DatabaseSync } from "node:sqlite";
import { sha256 } from "../hash.ts";
import { pack, unpack } from "./pack.ts";
import type { Part } from "./request-text.ts";

export interface PartStore {
  /** Number of a part, which is stored where it was not; within a transaction. */
  keep(part: Part): number;
  /** As `keep`, for the bytes of an image. */
  keepBytes(bytes: Uint8Array): number;
  /** Its number, or null where it is not stored. */
  idOf(hash: string): number | null;
  /** Hash of what it holds. @throws Error when there is none */
  hashOf(id: number): string;
  /** What was stored. @throws Error when there is none, or when it is not what it was */
  read(id: number): Buffer;
  /** The numbers given count no more. */
  forget(): void;
}

export function partStore(database: DatabaseSync): PartStore {
  const insert = database.prepare("INSERT INTO parts (hash, body) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING");
  const byHash = database.prepare("SELECT id FROM parts WHERE hash = ?");
  const byId = database.prepare("SELECT hash, body FROM parts WHERE id = ?");
  let ids = new WeakMap<Part, number>();

  function idOf(hash: string): number | null {
    const id = byHash.get(Buffer.from(hash, "hex"))?.id;
    return typeof id === "number" ? id : null;
  }

  function insertOnce(hash: string, body: () => Uint8Array): number {
    const known = idOf(hash);
    return known ?? Number(insert.run(Buffer.from(hash, "hex"), body()).lastInsertRowid);
  }

  function rowOf(id: number): { hash: string; body: unknown } {
    const row = byId.get(id);
    if (row === undefined) throw new Error(`part ${id} is not there`);
    return { hash: Buffer.from(row.hash as Uint8Array).toString("hex"), body: row.body };
  }

  return {
    idOf,
    hashOf: (id) => rowOf(id).hash,
    keep(part) {
      const known = ids.get(part);
      if (known !== undefined) return known;
      const id = insertOnce(part.hash, () => pack(part.bytes));
      ids.set(part, id);
      return id;
    },
    keepBytes: (bytes) => insertOnce(sha256(bytes), () => bytes),
    read(id) {
      const { hash, body } = rowOf(id);
      const content = unpack(body);
      if (sha256(content) !== hash) throw new Error(`part ${id} is not what was stored`);
      return content;
    },
    forget: () => {
      ids = new WeakMap();
    },
  };
}
