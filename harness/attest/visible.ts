/** The files that lie in a folder, by hash: what whoever works there can see. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "../hash.ts";

/**
 * SHA-256 by path, in order of path; `link` or `special` instead for what is no regular file. Links are not followed.
 * @param inside what the folder is called where agents work, as `/work`
 */
export async function visibleFiles(folder: string, inside: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const found = entries
    .filter((entry) => !entry.isDirectory())
    .map(async (entry): Promise<readonly [string, string]> => {
      const path = join(entry.parentPath, entry.name);
      const kind = entry.isSymbolicLink() ? "link" : "special";
      return [`${inside}${path.slice(folder.length)}`, entry.isFile() ? await hashOf(path) : kind];
    });
  return Object.fromEntries((await Promise.all(found)).sort(([one], [other]) => (one < other ? -1 : 1)));
}

const SMALL_BYTES = 1024 ** 2;

/** Large ones are read piece by piece, and others in this process go on meanwhile. */
async function hashOf(path: string): Promise<string> {
  if ((await stat(path)).size <= SMALL_BYTES) return sha256(await readFile(path));
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path, { highWaterMark: SMALL_BYTES })) hash.update(piece);
  return hash.digest("hex");
}
