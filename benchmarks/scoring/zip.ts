/**
 * Reads single entries of a zip archive, as Python's `zipfile` does: by the central directory, checksums checked.
 * Written for hostile files: what an entry claims to unpack to is not believed, and all entries together have a limit.
 * (fflate checks no checksums and goes on inflating beyond the claimed size, so node:zlib does the inflating here.)
 */
import { crc32, inflateRawSync } from "node:zlib";
import { Allowance, MAX_RATIO, RATIO_FROM_BYTES } from "./limits.ts";
import { ArchiveError, type Entry, readDirectory } from "./zip-directory.ts";

export { ArchiveError } from "./zip-directory.ts";

export interface Archive {
  has(name: string): boolean;
  /** The unpacked bytes. @throws ArchiveError when there is no such entry, or it is damaged, or too much was unpacked */
  read(name: string): Uint8Array;
}

const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 0x1;
/** Patched data and strong encryption: Python reads neither. */
const NOT_READ = 0x20 | 0x40;
const SMALLEST_CHUNK = 64;
/** zlib allocates this much at once where an entry claims at least so much. */
const LARGEST_CHUNK = 4 * 2 ** 20;

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

function packedBytes(file: Buffer, { name, rawName, at, packedBytes }: Entry): Buffer {
  if (at + LOCAL_BYTES > file.length || file.readUInt32LE(at) !== LOCAL_SIGNATURE) {
    throw new ArchiveError(`bad zip file: '${name}' is not where the directory says`);
  }
  const nameEnd = at + LOCAL_BYTES + file.readUInt16LE(at + 26);
  if (!file.subarray(at + LOCAL_BYTES, nameEnd).equals(rawName)) {
    throw new ArchiveError(`bad zip file: '${name}' has another name before its content`);
  }
  const start = nameEnd + file.readUInt16LE(at + 28);
  if (start + packedBytes > file.length) throw new ArchiveError(`bad zip file: '${name}' is cut off`);
  return file.subarray(start, start + packedBytes);
}

function unpack({ name, flags, method, unpackedBytes }: Entry, packed: Buffer, maxBytes: number): Buffer {
  if ((flags & ENCRYPTED) !== 0) throw new ArchiveError(`'${name}' is encrypted`);
  if ((flags & NOT_READ) !== 0 || (method !== STORED && method !== DEFLATED)) {
    throw new ArchiveError(`'${name}' is packed in a way that is not supported (${method})`);
  }
  if (method === STORED && packed.length <= maxBytes) return packed.subarray(0, unpackedBytes);
  const most = Math.min(maxBytes, unpackedBytes);
  if (unpackedBytes > RATIO_FROM_BYTES && unpackedBytes > packed.length * MAX_RATIO) {
    throw new ArchiveError(`'${name}' unpacks to more than is allowed: to over ${MAX_RATIO} times its packed size`);
  }
  try {
    if (method === STORED || most < unpackedBytes) throw new RangeError("too large");
    if (most === 0) return Buffer.alloc(0);
    const chunkSize = Math.max(SMALLEST_CHUNK, Math.min(LARGEST_CHUNK, most + 1));
    return inflateRawSync(packed, { maxOutputLength: most, chunkSize });
  } catch (error) {
    const problem = `'${name}' is damaged, or the workbook unpacks to more than is allowed`;
    throw new ArchiveError(problem, { cause: error });
  }
}
