/** Archives of data sets, unpacked once and kept by their content. */
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { x as extract } from "tar";
import { hasCode, messageOf, SetupError } from "../harness/errors.ts";
import { sha256 } from "../harness/hash.ts";

/** Far above any data set here, so that an archive that is a bomb does not fill the disk. */
const MOST_BYTES = 8 * 1024 ** 3;
const MOST_ENTRIES = 500_000;

/**
 * Unpacks a .tar.gz into `cacheDirectory/<sha256 of the archive>`, unless it is there.
 * Only regular files and folders, below that folder. A process that is killed leaves nothing that counts as unpacked,
 * and several may do it at once.
 * @returns the folder
 * @throws SetupError when the archive is damaged, or the cache cannot be written
 */
export async function unpackOnce(archive: string, cacheDirectory: string): Promise<string> {
  const target = join(cacheDirectory, sha256(await readFile(archive)));
  if (await isFolder(target)) return target;
  const temporary = join(cacheDirectory, `.unpacking-${randomUUID()}`);
  try {
    await mkdir(temporary, { recursive: true });
    await unpackTar(archive, temporary);
    await rename(temporary, target).catch((error: unknown) => {
      const wasUnpackedMeanwhile = hasCode(error, "ENOTEMPTY") || hasCode(error, "EEXIST");
      if (!wasUnpackedMeanwhile) throw error;
    });
  } catch (error) {
    throw new SetupError(`cannot unpack ${archive} into ${cacheDirectory}: ${messageOf(error)}`, { cause: error });
  } finally {
    await rm(temporary, { recursive: true, force: true, maxRetries: 5 }).catch(() => {}); // what made it fail is told already
  }
  return target;
}

/**
 * Unpacks the regular files and folders of a .tar.gz into a folder that is there.
 * @throws Error when it is damaged, or unpacks to more than `mostBytes`
 */
export async function unpackTar(archive: string, directory: string, mostBytes = MOST_BYTES): Promise<void> {
  let bytes = 0;
  let entries = 0;
  const isTooMuch = () => bytes > mostBytes || entries > MOST_ENTRIES;
  const filter = (_path: string, entry: object) => {
    bytes += "size" in entry ? Number(entry.size) : 0;
    entries += 1;
    return isPlain(entry) && !isTooMuch();
  };
  await extract({ file: archive, cwd: directory, strict: true, preservePaths: false, filter });
  if (isTooMuch()) throw new Error(`it unpacks to more than ${mostBytes} bytes or ${MOST_ENTRIES} files`);
}

function isPlain(entry: object): boolean {
  return "type" in entry && (entry.type === "File" || entry.type === "OldFile" || entry.type === "Directory");
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}
