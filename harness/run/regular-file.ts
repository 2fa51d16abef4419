/** Copies and reads files that an agent left, without trusting what they seem to be. */
import { closeSync, constants, fstatSync, openSync, readSync, rmSync, writeFileSync } from "node:fs";
import { readlink, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { hasCode } from "../errors.ts";
import { isSafePath } from "../skill/skill.ts";

/** What opening says of links, pipes without a writer, sockets, barred files, and of nothing at all. */
const NO_REGULAR_FILE = ["ENOENT", "ENOTDIR", "ELOOP", "EMLINK", "ENXIO", "EACCES", "EPERM", "ENAMETOOLONG"];

/**
 * Copies a regular file of at most `maxBytes`; links are not followed, and what is looked at is what is copied, so that
 * nothing can be exchanged in between.
 * @returns false, with nothing written, when `from` is no such file
 */
export async function copyRegularFile(from: string, to: string, maxBytes: number): Promise<boolean> {
  using source = openRegular(from);
  if (source === null || fstatSync(source.fd).size > maxBytes) return false;
  using target = opened(to, "wx");
  let copied = 0;
  for await (const piece of piecesOf(source)) {
    copied += piece.length;
    if (copied > maxBytes) break; // it has grown meanwhile
    writeFileSync(target.fd, piece);
  }
  if (copied <= maxBytes) return true;
  rmSync(to);
  return false;
}

const PIECE_BYTES = 64 * 1024;
const PIECES_AT_ONCE = 16;

/**
 * Read at once, as a thread that is waited for takes several times as long with most files; others in this process go on
 * after each megabyte. A piece is good until the next one.
 */
async function* piecesOf({ fd }: OpenFile): AsyncGenerator<Uint8Array> {
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  for (let count = 1; ; count += 1) {
    const size = readSync(fd, piece);
    if (size === 0) return;
    yield piece.subarray(0, size);
    if (count % PIECES_AT_ONCE === 0) await nextTurn();
  }
}

/**
 * As `copyRegularFile`, for a file that a stranger's document names: nothing outside of the folder is read, whether by the
 * path's own words or by links on the way.
 */
export async function copyFileBelow(directory: string, path: string, to: string, maxBytes: number): Promise<boolean> {
  const folder = await realpath(join(directory, dirname(path))).catch(() => null);
  if (!isSafePath(path) || folder === null || folder !== join(await realpath(directory), dirname(path))) return false;
  return copyRegularFile(join(folder, basename(path)), to, maxBytes);
}

/** No scanned page comes near it. */
export const MOST_IMAGE_BYTES = 64 * 1024 ** 2;

/**
 * Reads a regular file below a folder; no link is followed, neither at the end of the path nor on the way.
 * @param path relative, in its plain form: without `.`, `..` or doubled slashes
 * @returns the bytes, or in a few words why there are none
 */
export async function readFileBelow(directory: string, path: string, maxBytes: number): Promise<Uint8Array | string> {
  using file = openRegular(join(directory, path));
  if (file === null) return "there is no such file";
  // Where the file that was opened really is: folders on the way may be links, and change at any time.
  const place = await readlink(`/proc/self/fd/${file.fd}`);
  if (place !== join(await realpath(directory), path)) return "links are not followed";
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of piecesOf(file)) {
    size += piece.length;
    if (size > maxBytes) return `it is larger than ${maxBytes / 1024 ** 2} MB`;
    pieces.push(Uint8Array.from(piece));
  }
  return Buffer.concat(pieces);
}

interface OpenFile extends Disposable {
  readonly fd: number;
}

function opened(path: string, flags: number | string): OpenFile {
  const fd = openSync(path, flags, 0o644);
  return { fd, [Symbol.dispose]: () => closeSync(fd) };
}

/** Opens a file if it is a regular one; null if not. */
function openRegular(path: string): OpenFile | null {
  try {
    const file = opened(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if (fstatSync(file.fd).isFile()) return file;
    file[Symbol.dispose]();
    return null;
  } catch (error) {
    if (NO_REGULAR_FILE.some((code) => hasCode(error, code))) return null;
    throw error;
  }
}
