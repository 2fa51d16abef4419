/** The directory of a zip archive, as Python's `zipfile` reads it. */
import type { Allowance } from "./limits.ts";

/** The archive, or the entry asked for, cannot be read; the text says why. */
export class ArchiveError extends Error {
  override readonly name = "ArchiveError";
}

export interface Entry {
  readonly name: string;
  /** Name as it is written, which is written again before the content. */
  readonly rawName: Buffer;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  /** As the directory claims. */
  readonly unpackedBytes: number;
  /** Offset of the entry's local header, from the start of the file. */
  readonly at: number;
}

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;
const LOCATOR_64_SIGNATURE = 0x07064b50;
const LOCATOR_64_BYTES = 20;
const END_64_SIGNATURE = 0x06064b50;
const END_64_BYTES = 56;
const DIRECTORY_SIGNATURE = 0x02014b50;
const DIRECTORY_BYTES = 46;
const EXTRA_64 = 1;
/** A field that says: look in the extra one of 64 bits. */
const IN_EXTRA = 0xffffffff;
const IS_UTF8 = 0x800;
/** The upper half of code page 437, in which names are that are not in UTF-8. */
const CP437 =
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";

/**
 * Entries by name; of two with one name the later one counts.
 * @throws ArchiveError when there is no readable directory; LimitError when it has too many entries
 */
export function readDirectory(file: Buffer, allowance: Allowance): Map<string, Entry> {
  const { end, bytes, offset } = findDirectory(file);
  // Bytes put before the archive shift all offsets by the same amount.
  const shift = end - bytes - offset;
  if (end < bytes || shift < 0) throw new ArchiveError("bad zip file: its directory is not where it should be");
  const entries = new Map<string, Entry>();
  for (let at = end - bytes; at < end; ) {
    if (at + DIRECTORY_BYTES > end || file.readUInt32LE(at) !== DIRECTORY_SIGNATURE) {
      throw new ArchiveError("bad zip file: damaged directory");
    }
    allowance.take("parts and relationships");
    const entry = readEntry(file, at, shift);
    entries.set(entry.name, entry);
    at += DIRECTORY_BYTES + entry.rawName.length + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
  }
  return entries;
}

function readEntry(file: Buffer, at: number, shift: number): Entry {
  const nameEnd = at + DIRECTORY_BYTES + file.readUInt16LE(at + 28);
  const extra = file.subarray(nameEnd, nameEnd + file.readUInt16LE(at + 30));
  const flags = file.readUInt16LE(at + 8);
  const rawName = file.subarray(at + DIRECTORY_BYTES, nameEnd);
  const [unpackedBytes = 0, packedBytes = 0, offset = 0] = withExtra(
    [file.readUInt32LE(at + 24), file.readUInt32LE(at + 20), file.readUInt32LE(at + 42)],
    extra,
  );
  return {
    name: nameText(rawName, flags),
    rawName,
    flags,
    method: file.readUInt16LE(at + 10),
    crc: file.readUInt32LE(at + 16),
    packedBytes,
    unpackedBytes,
    at: offset + shift,
  };
}

/** Fields in this order, each from the extra field where it says so. */
function withExtra(fields: readonly number[], extra: Buffer): number[] {
  if (!fields.includes(IN_EXTRA)) return [...fields];
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== EXTRA_64) continue;
    const long = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
    let next = 0;
    return fields.map((field) => {
      if (field !== IN_EXTRA) return field;
      if (next + 8 > long.length) throw new ArchiveError("bad zip file: damaged directory");
      next += 8;
      return Number(long.readBigUInt64LE(next - 8));
    });
  }
  return [...fields];
}

function findDirectory(file: Buffer): { end: number; bytes: number; offset: number } {
  const end = findEnd(file);
  const locator = end - LOCATOR_64_BYTES;
  if (locator >= END_64_BYTES && file.readUInt32LE(locator) === LOCATOR_64_SIGNATURE) {
    // Python looks right before the locator, wherever that points to.
    const end64 = locator - END_64_BYTES;
    if (file.readUInt32LE(end64) === END_64_SIGNATURE) {
      const [bytes, offset] = [file.readBigUInt64LE(end64 + 40), file.readBigUInt64LE(end64 + 48)];
      return { end: end64, bytes: Number(bytes), offset: Number(offset) };
    }
  }
  return { end, bytes: file.readUInt32LE(end + 12), offset: file.readUInt32LE(end + 16) };
}

function findEnd(file: Buffer): number {
  const first = Math.max(0, file.length - END_BYTES - LONGEST_COMMENT);
  for (let at = file.length - END_BYTES; at >= first; at -= 1) {
    if (file.readUInt32LE(at) === END_SIGNATURE) return at;
  }
  throw new ArchiveError("file is not a zip file");
}

function nameText(bytes: Buffer, flags: number): string {
  const text =
    (flags & IS_UTF8) !== 0
      ? bytes.toString("utf8")
      : bytes.toString("latin1").replace(/[\x80-\xff]/g, (byte: string) => CP437.charAt(byte.charCodeAt(0) - 0x80));
  const zero = text.indexOf("\0");
  return zero < 0 ? text : text.slice(0, zero);
}
