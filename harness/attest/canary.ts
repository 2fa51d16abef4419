/**
 * Canaries: strings that stand in one place in the world, so that whoever shows one has been there. Ground truths and tasks of
 * a test benchmark carry some; each trial has one beside its folder, where its agent should not come.
 */
import { randomBytes } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { createInflateRaw } from "node:zlib";
import { sha256 } from "../hash.ts";

/** A canary, and whose it is. */
export interface Canary {
  readonly token: string;
  /** `input`: the agent of that task may see it, others not. `truth`: no agent may. */
  readonly of: "truth" | "input" | "trial";
  /** Id of a task, or name of a trial. */
  readonly name: string;
}

const TOKEN = /t2s-canary-[0-9a-f]{32}/g;

/** The same canary for the same names, so that data sets can be written with it. */
export function canaryOf(of: "truth" | "input", benchmark: string, name: string): Canary {
  return { token: `t2s-canary-${sha256(JSON.stringify([of, benchmark, name])).slice(0, 32)}`, of, name };
}

/** Of a trial: another one each time, so that none can be known before. */
export function freshCanary(name: string): Canary {
  return { token: `t2s-canary-${randomBytes(16).toString("hex")}`, of: "trial", name };
}

/** Tokens in a text, each once; also those that nobody planted. */
export function tokensIn(text: string): Set<string> {
  return new Set(text.match(TOKEN) ?? []);
}

/** No file of more bytes is unpacked in search of canaries. */
const MOST_UNPACKED = 16 * 1024 ** 2;

/**
 * As `tokensIn`, of a file: in its bytes, as UTF-8 and as UTF-16, and in the parts of a ZIP such as a workbook. Not seen are
 * other encodings, pictures of text, and what lies beyond 16 MB unpacked (each part counts 2 KB at least). Others in this
 * process go on meanwhile.
 */
export async function tokensInBytes(bytes: Uint8Array): Promise<Set<string>> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = await tokensInBuffer(buffer);
  for await (const part of partsOf(buffer)) found.push(...(await tokensInBuffer(part)));
  return new Set(found);
}

const PIECE_BYTES = 1024 ** 2;
/** A token in UTF-16 and a bit. */
const OVERLAP_BYTES = 128;
const WIDE_START = [..."t2s-canary-"].join("\0");

/** Piece by piece. */
async function tokensInBuffer(buffer: Buffer): Promise<string[]> {
  const found: string[] = [];
  for (let at = 0; at < buffer.length; at += PIECE_BYTES) {
    const text = buffer.toString("latin1", at, at + PIECE_BYTES + OVERLAP_BYTES);
    found.push(...tokensIn(text), ...(text.includes(WIDE_START) ? tokensIn(text.replaceAll("\0", "")) : []));
    if (buffer.length > PIECE_BYTES) await setImmediate();
  }
  return found;
}

const LOCAL_HEADER = Buffer.from("PK\x03\x04", "latin1");
const HEADER_BYTES = 30;
/** What a part counts at least: a file may be made of headers alone. */
const PART_BYTES = 2 * 1024;
const DEFLATED = 8;

/** Deflated parts by their local headers: a directory that tells less, or nothing, hides none. */
async function* partsOf(zip: Buffer): AsyncGenerator<Buffer> {
  let room = MOST_UNPACKED;
  for (let at = zip.indexOf(LOCAL_HEADER); at >= 0 && room > 0; at = zip.indexOf(LOCAL_HEADER, at + 4)) {
    if (at + HEADER_BYTES > zip.length || zip.readUInt16LE(at + 8) !== DEFLATED) continue;
    const start = at + HEADER_BYTES + zip.readUInt16LE(at + 26) + zip.readUInt16LE(at + 28);
    const part = await inflated(zip.subarray(start), room);
    yield part;
    room -= Math.max(PART_BYTES, part.length);
  }
}

/** As far as it can be unpacked, and up to so many bytes. */
async function inflated(bytes: Buffer, most: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  const stream = createInflateRaw();
  stream.end(bytes);
  try {
    for await (const piece of stream) {
      pieces.push(piece);
      size += piece.length;
      if (size >= most) break;
    }
  } catch {
    // What an agent left may be anything.
  }
  return Buffer.concat(pieces);
}
