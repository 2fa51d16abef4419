/** Texts and bytes as they lie in the journal: long texts are packed, and what was packed tells so by its first bytes. */
import { gunzipSync, zstdCompressSync, zstdDecompressSync } from "node:zlib";

/** Shorter texts are kept as they are: packing them takes ten times as long as writing them. */
const LEAST_PACKED = 16_384;
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];
/** Of version 1. */
const GZIP = [0x1f, 0x8b];

/** JSON begins with neither of the two. */
export function pack(content: string | Uint8Array): Uint8Array {
  const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
  return bytes.length < LEAST_PACKED ? bytes : zstdCompressSync(bytes);
}

/** @throws Error when packed bytes are damaged */
export function unpack(stored: unknown): Buffer {
  if (!(stored instanceof Uint8Array)) throw new TypeError(`expected bytes, found ${typeof stored}`);
  if (startsWith(stored, ZSTD)) return zstdDecompressSync(stored);
  if (startsWith(stored, GZIP)) return gunzipSync(stored);
  return Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}
