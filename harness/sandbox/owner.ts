/**
 * A user for the commands of agents, where the tool itself runs as root: the kernel holds root to no number of processes,
 * and root inside a namespace is root to every file that is left open to it.
 */
import { lchown, mkdtemp, readdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { hasCode } from "../errors.ts";

/** What systemd gives to services for as long as they run: nobody's for good. */
const FIRST = 61_184;
const COUNT = 4_096;

/** A user for the commands of this process; another process has another, mostly. */
export function anOwner(): number {
  return FIRST + (process.pid % COUNT);
}

/** Makes a folder and all in it a user's, following no link. */
export async function giveTo(owner: number, folder: string): Promise<void> {
  await lchown(folder, owner, owner);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await giveTo(owner, path);
    else await lchown(path, owner, owner);
  }
}

/** Root in a user namespace has no users to give to; nor is it root to the kernel then. */
export async function canGive(parent: string): Promise<boolean> {
  const folder = await mkdtemp(join(parent, "give-"));
  try {
    await giveTo(anOwner(), folder);
    return true;
  } catch (error) {
    if (["EINVAL", "EPERM"].some((code) => hasCode(error, code))) return false;
    throw error;
  } finally {
    await rmdir(folder);
  }
}
