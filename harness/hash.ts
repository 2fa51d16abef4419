import { hash } from "node:crypto";
import canonicalize from "canonicalize";

/** SHA-256 in hex of a text or of bytes. */
export function sha256(content: string | Uint8Array): string {
  return hash("sha256", content, "hex");
}

/** SHA-256 in hex of a JSON value, whatever the order of its keys (RFC 8785). Fields that are `undefined` do not count. */
export function hashJson(value: unknown): string {
  return sha256(canonicalText(value));
}

/** A JSON value in its one form (RFC 8785): the same text whatever the order of its keys. */
export function canonicalText(value: unknown): string {
  return isPlain(value) ? plainText(value) : (canonicalize(value) ?? "null");
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !("toJSON" in value);
}

/** The package looks at each character of a text by itself, which for a message of a chat takes most of the time of a call. */
function plainText(value: Record<string, unknown>): string {
  const fields = Object.keys(value)
    .sort()
    .filter((name) => value[name] !== undefined && typeof value[name] !== "symbol")
    .map((name) => `${canonicalize(name)}:${fieldText(value[name])}`);
  return `{${fields.join(",")}}`;
}

function fieldText(value: unknown): string | undefined {
  return typeof value === "string" && value.isWellFormed() ? JSON.stringify(value) : canonicalize(value);
}

/** The canonical JSON of a value, as it is hashed, stored and sent. */
export interface Written {
  /** UTF-8. */
  readonly bytes: Buffer;
  /** SHA-256 of the bytes in hex. */
  readonly hash: string;
}

const written = new WeakMap<object, Written>();

/**
 * Writes and hashes a value once for as long as the object lives: it must not be changed afterwards. Bytes and no text: they
 * lie outside of the heap, where nothing copies them about, and whoever hashes, stores or sends them need not make them anew.
 */
export function writtenOnce(value: object): Written {
  const known = written.get(value);
  if (known !== undefined) return known;
  const bytes = Buffer.from(canonicalText(value));
  const made = { bytes, hash: sha256(bytes) };
  written.set(value, made);
  return made;
}

/** What `writtenOnce` made of that very object; null when it was never asked. */
export function writtenBefore(value: object): Written | null {
  return written.get(value) ?? null;
}

/** The first 12 hex digits: enough to tell apart what stands in one folder. */
export function shortHash(value: unknown): string {
  return hashJson(value).slice(0, 12);
}

/** A number in [0, 1), the same for equal parts: chance that does not depend on the order of calls. */
export function fractionOf(...parts: readonly (string | number)[]): number {
  return Number.parseInt(sha256(JSON.stringify(parts)).slice(0, 13), 16) / 2 ** 52;
}
