/** Generated files on disk, made when they are first asked for and kept between runs. */
import { randomUUID } from "node:crypto";
import { access, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { hasCode, SetupError } from "../../harness/errors.ts";
import { shortHash } from "../../harness/hash.ts";

export interface FileCache {
  /**
   * Path of the file made from `content`, under `<hash of the content>/<name>`. Written whole or not at all;
   * safe to ask for at once, from one process or several.
   * @param content JSON that decides the bytes, with the version of what makes them
   * @throws SetupError when the cache folder cannot be written
   */
  fileOf(name: string, content: unknown, make: () => Promise<Uint8Array>): Promise<string>;
}

/**
 * A cache in that folder, which need not be there yet.
 * @param what a word for the files, for messages
 */
export function fileCache(directory: string, what: string): FileCache {
  const asked = new Map<string, Promise<string>>();
  return {
    fileOf(name, content, make) {
      const path = join(directory, shortHash(content), name);
      const made = asked.get(path) ?? ensureFile(path, what, make);
      asked.set(path, made);
      made.catch(() => asked.delete(path)); // a disk that was full may have room later
      return made;
    },
  };
}

async function ensureFile(path: string, what: string, make: () => Promise<Uint8Array>): Promise<string> {
  try {
    if (!(await exists(path))) await writeWhole(path, await make());
    return path;
  } catch (cause) {
    const full = hasCode(cause, "ENOSPC");
    if (!full && !["EACCES", "EROFS", "ENOTDIR", "EEXIST"].some((code) => hasCode(cause, code))) throw cause;
    const problem = full
      ? "the disk is full. Free some space"
      : "the folder cannot be written. Choose another cache folder";
    throw new SetupError(`sample benchmark: cannot write the ${what} ${path}: ${problem}`, { cause });
  }
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, bytes, { flag: "wx" });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
