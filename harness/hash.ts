import { createHash } from "node:crypto";
import canonicalize from "canonicalize";

/** SHA-256 in hex of a text or of bytes. */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** SHA-256 in hex of a JSON value, whatever the order of its keys (RFC 8785). Fields that are `undefined` do not count. */
export function hashJson(value: unknown): string {
  return sha256(canonicalize(value) ?? "null");
}

/** The first 12 hex digits: enough to tell apart what stands in one folder. */
export function shortHash(value: unknown): string {
  return hashJson(value).slice(0, 12);
}

/** A number in [0, 1), the same for equal parts: chance that does not depend on the order of calls. */
export function fractionOf(...parts: readonly (string | number)[]): number {
  return Number.parseInt(sha256(JSON.stringify(parts)).slice(0, 13), 16) / 2 ** 52;
}
