/** Copies and reads files that an agent left, without trusting what they seem to be. */
import { constants } from "node:fs";
import { type FileHandle, open, readlink, realpath, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
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
  const source = await openRegular(from);
  if (source === null) return false;
  await using _ = source;
  const { size } = await source.stat();
  if (size > maxBytes) return false;
  const target = await open(to, "wx", 0o644);
  await using __ = target;
  const copied = await copyUpTo(maxBytes, source, target);
  if (copied <= maxBytes) return true;
  await rm(to);
  return false;
}

const PIECE_BYTES = 64 * 1024;

/** @returns the bytes copied; more than the limit when the file has grown beyond it meanwhile */
async function copyUpTo(maxBytes: number, source: FileHandle, target: FileHandle): Promise<number> {
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  let copied = 0;
  while (copied <= maxBytes) {
    const { bytesRead } = await source.read(piece);
    if (bytesRead === 0) break;
    copied += bytesRead;
    await target.writeFile(piece.subarray(0, bytesRead));
  }
  return copied;
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
  const file = await openRegular(join(directory, path));
  if (file === null) return "there is no such file";
  await using _ = file;
  // Where the file that was opened really is: folders on the way may be links, and change at any time.
  const place = await readlink(`/proc/self/fd/${file.fd}`);
  if (place !== join(await realpath(directory), path)) return "links are not followed";
  const bytes = await buffer(file.createReadStream({ autoClose: false, end: maxBytes }));
  return bytes.length > maxBytes ? `it is larger than ${maxBytes / 1024 ** 2} MB` : bytes;
}

/** Opens a file if it is a regular one; null if not. */
async function openRegular(path: string): Promise<FileHandle | null> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if ((await file.stat()).isFile()) return file;
    await file.close();
    return null;
  } catch (error) {
    if (NO_REGULAR_FILE.some((code) => hasCode(error, code))) return null;
    throw error;
  }
}
