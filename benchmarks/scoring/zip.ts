/**
 * Reads single entries of a zip archive, as Python's `zipfile` does: by the central directory, checksums checked.
 * Written for hostile files: what an entry claims to unpack to is not believed, and all entries together have a limit.
 * (fflate checks no checksums and goes on inflating beyond the claimed size, so node:zlib does the inflating here.)
 */
import { crc32, inflateRawSync } from "node:zlib";
import { Allowance } from "./limits.ts";

/** The archive, or the entry asked for, cannot be read; the text says why. */
export class ArchiveError extends Error {
  override readonly name = "ArchiveError";
}

export interface Archive {
  has(name: string): boolean;
  /** The unpacked bytes. @throws ArchiveError when there is no such entry, or it is damaged, or too much was unpacked */
  read(name: string): Uint8Array;
}

interface Entry {
  readonly name: string;
  readonly encrypted: boolean;
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  /** Offset of the entry's local header, from the start of the file. */
  readonly at: number;
}

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;
const DIRECTORY_SIGNATURE = 0x02014b50;
const DIRECTORY_BYTES = 46;
const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;

/**
 * @param maxUnpackedBytes of all reads together; an entry that unpacks to less than its packed size counts with that
 * @throws ArchiveError when there is no readable directory; LimitError when it has too many entries
 */
export function openArchive(bytes: Uint8Array, maxUnpackedBytes: number, allowance = new Allowance()): Archive {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = readDirectory(file, allowance);
  let allowedBytes = maxUnpackedBytes;

  return {
    has: (name) => entries.has(name),
    read(name) {
      const entry = entries.get(name);
      if (entry === undefined) throw new ArchiveError(`there is no item named '${name}' in the archive`);
      const packed = packedBytes(file, entry);
      const content = unpack(entry, packed, allowedBytes);
      allowedBytes -= Math.max(content.length, packed.length); // unpacking megabytes to nothing takes time too
      if (crc32(content) !== entry.crc) throw new ArchiveError(`bad checksum of '${name}'`);
      return content;
    },
  };
}

function readDirectory(file: Buffer, allowance: Allowance): Map<string, Entry> {
  const end = findEnd(file);
  const directoryBytes = file.readUInt32LE(end + 12);
  // Bytes put before the archive shift all offsets by the same amount.
  const shift = end - directoryBytes - file.readUInt32LE(end + 16);
  if (end < directoryBytes || shift < 0)
    throw new ArchiveError("bad zip file: its directory is not where it should be");

  const entries = new Map<string, Entry>();
  let at = end - directoryBytes;
  while (at < end) {
    if (at + DIRECTORY_BYTES > end || file.readUInt32LE(at) !== DIRECTORY_SIGNATURE) {
      throw new ArchiveError("bad zip file: damaged directory");
    }
    allowance.take("parts and relationships");
    const nameBytes = file.readUInt16LE(at + 28);
    const flags = file.readUInt16LE(at + 8);
    const name = nameText(file.subarray(at + DIRECTORY_BYTES, at + DIRECTORY_BYTES + nameBytes), flags);
    entries.set(name, {
      name,
      encrypted: (flags & 1) !== 0,
      method: file.readUInt16LE(at + 10),
      crc: file.readUInt32LE(at + 16),
      packedBytes: file.readUInt32LE(at + 20),
      at: file.readUInt32LE(at + 42) + shift,
    });
    at += DIRECTORY_BYTES + nameBytes + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
  }
  return entries;
}

function findEnd(file: Buffer): number {
  const first = Math.max(0, file.length - END_BYTES - LONGEST_COMMENT);
  for (let at = file.length - END_BYTES; at >= first; at -= 1) {
    if (file.readUInt32LE(at) === END_SIGNATURE) return at;
  }
  throw new ArchiveError("file is not a zip file");
}

function nameText(bytes: Buffer, flags: number): string {
  const isUtf8 = (flags & 0x800) !== 0;
  return bytes.toString(isUtf8 ? "utf8" : "latin1");
}

function packedBytes(file: Buffer, entry: Entry): Buffer {
  if (entry.at + LOCAL_BYTES > file.length || file.readUInt32LE(entry.at) !== LOCAL_SIGNATURE) {
    throw new ArchiveError(`bad zip file: '${entry.name}' is not where the directory says`);
  }
  const start = entry.at + LOCAL_BYTES + file.readUInt16LE(entry.at + 26) + file.readUInt16LE(entry.at + 28);
  if (start + entry.packedBytes > file.length) throw new ArchiveError(`bad zip file: '${entry.name}' is cut off`);
  return file.subarray(start, start + entry.packedBytes);
}

function unpack(entry: Entry, packed: Buffer, maxBytes: number): Buffer {
  if (entry.encrypted) throw new ArchiveError(`'${entry.name}' is encrypted`);
  if (entry.method === STORED && packed.length <= maxBytes) return packed;
  if (entry.method !== STORED && entry.method !== DEFLATED) {
    throw new ArchiveError(`'${entry.name}' is packed in a way that is not supported (${entry.method})`);
  }
  try {
    if (entry.method === STORED || maxBytes < 1) throw new RangeError("too large");
    return inflateRawSync(packed, { maxOutputLength: maxBytes });
  } catch (error) {
    throw new ArchiveError(`'${entry.name}' is damaged, or the workbook unpacks to more than is allowed`, {
      cause: error,
    });
  }
}
