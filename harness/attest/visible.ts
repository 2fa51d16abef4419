/** The files that lie in a folder, by hash: what whoever works there can see. */
import { createHash } from "node:crypto";
import { createReadStream, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../hash.ts";

/**
 * SHA-256 by path, in order of path; `link` or `special` instead for what is no regular file. Links are not followed.
 * @param inside what the folder is called where agents work, as `/work`
 */
export async function visibleFiles(folder: string, inside: string): Promise<Record<string, string>> {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  const found = entries
    .filter((entry) => !entry.isDirectory())
    .map(async (entry): Promise<readonly [string, string]> => {
      const path = join(entry.parentPath, entry.name);
      const kind = entry.isSymbolicLink() ? "link" : "special";
      return [`${inside}${path.slice(folder.length)}`, entry.isFile() ? await hashOf(path) : kind];
    });
  return Object.fromEntries((await Promise.all(found)).sort(([one], [other]) => (one < other ? -1 : 1)));
}

const SMALL_BYTES = 64 * 1024;
const PIECE_BYTES = 1024 ** 2;

/** Large ones are read piece by piece, and others in this process go on meanwhile; waiting for a small one takes ten times as long as reading it. */
async function hashOf(path: string): Promise<string> {
  if (statSync(path).size <= SMALL_BYTES) return sha256(readFileSync(path));
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path, { highWaterMark: PIECE_BYTES })) hash.update(piece);
  return hash.digest("hex");
}
