/**
 * Canaries: strings that stand in one place in the world, so that whoever shows one has been there. Ground truths and tasks of
 * a test benchmark carry some; each trial has one beside its folder, where its agent should not come.
 */
import { randomBytes } from "node:crypto";
import { inflateRawSync } from "node:zlib";
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
 * other encodings, pictures of text, and parts that lie beyond 16 MB unpacked (each part that cannot be counts 2 MB).
 */
export function tokensInBytes(bytes: Uint8Array): Set<string> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const forms = (part: Buffer) => [part.toString("latin1"), part.toString("latin1").replaceAll("\0", "")];
  return new Set([buffer, ...partsOf(buffer)].flatMap(forms).flatMap((text) => [...tokensIn(text)]));
}

const LOCAL_HEADER = Buffer.from("PK\x03\x04", "latin1");
const HEADER_BYTES = 30;
/** What a part counts at least, and one that cannot be unpacked: a file may be made of headers that share a bomb. */
const PART_BYTES = 2 * 1024;
const BROKEN_BYTES = MOST_UNPACKED / 8;
const DEFLATED = 8;

/** Deflated parts by their local headers: a directory that tells less, or nothing, hides none. */
function partsOf(zip: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let room = MOST_UNPACKED;
  for (let at = zip.indexOf(LOCAL_HEADER); at >= 0 && room > 0; at = zip.indexOf(LOCAL_HEADER, at + 4)) {
    if (at + HEADER_BYTES > zip.length || zip.readUInt16LE(at + 8) !== DEFLATED) continue;
    const start = at + HEADER_BYTES + zip.readUInt16LE(at + 26) + zip.readUInt16LE(at + 28);
    const part = inflated(zip.subarray(start), room);
    if (part !== null) parts.push(part);
    room -= part === null ? BROKEN_BYTES : Math.max(PART_BYTES, part.length);
  }
  return parts;
}

/** Null where it is no deflated part, or a larger one than there is room for. */
function inflated(bytes: Buffer, most: number): Buffer | null {
  try {
    return inflateRawSync(bytes, { maxOutputLength: most });
  } catch {
    return null; // what an agent left may be anything
  }
}
