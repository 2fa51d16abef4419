/** One process at a time in a folder: two that wrote the same results would pay for the same calls. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { rmdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { hasCode, messageOf, SetupError } from "../errors.ts";
import { makeFolder } from "./store.ts";

/** Somebody else is at work there: whoever can wait may try again. */
export class FolderTaken extends SetupError {
  /** Id of that process. */
  readonly holder: number;

  constructor(message: string, holder: number) {
    super(message);
    this.holder = holder;
  }
}

/**
 * Takes a folder, against other processes and against other work of this one; disposing gives it back, and takes it away again
 * where it was made and nothing was put in. What a killed process left counts for nothing.
 * @throws FolderTaken while somebody else is at work there
 */
export async function lockFolder(directory: string): Promise<AsyncDisposable> {
  const isNew = !existsSync(directory);
  await makeFolder(directory);
  const path = join(resolve(directory), "lock");
  while (!take(path)) {
    const holder = await holderOf(path);
    if (holder !== null && isAlive(holder, path)) {
      const who = holder === process.pid ? "this process" : `another process (${holder})`;
      throw new FolderTaken(
        `${who} is at work in ${directory}. Wait for it or end it; or choose another folder with --out`,
        holder,
      );
    }
    if (holder !== null) await breakLock(path);
  }
  return {
    async [Symbol.asyncDispose]() {
      release(path);
      // What was refused before anything was written leaves nothing behind.
      if (isNew) await rmdir(directory).catch(ignoreFilled);
    },
  };
}

function ignoreFilled(error: unknown): void {
  if (!hasCode(error, "ENOTEMPTY") && !hasCode(error, "ENOENT")) throw error;
}

/** Locks of this process: one of its id that is not among them was left by a process that had the id before. */
const HELD = new Set<string>();

/** Without a pause between making the file and saying whose it is. */
function take(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: "wx" });
    HELD.add(path);
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw new SetupError(`cannot write ${path}: ${messageOf(error)}`, { cause: error });
  }
}

/** Without a pause in it either. What somebody put in its place is not ours to remove. */
function release(path: string): void {
  if (read(path) === String(process.pid)) rmSync(path, { force: true });
  HELD.delete(path);
}

/** How long another may take to remove a lock, before it is looked at again. */
const BREAKING_MS = 5;

/**
 * Removes the lock of a dead process. One at a time, by a lock on the lock: of two that saw the same dead one, the second
 * would remove what the first has taken meanwhile.
 */
async function breakLock(path: string): Promise<void> {
  const guard = `${path}.breaking`;
  if (!take(guard)) {
    const breaker = await holderOf(guard);
    if (breaker !== null && isAlive(breaker, guard)) await setTimeout(BREAKING_MS);
    else if (breaker !== null) await breakLock(guard);
    return;
  }
  try {
    const holder = await holderOf(path);
    if (holder !== null && !isAlive(holder, path)) rmSync(path, { force: true });
  } finally {
    release(guard);
  }
}

/** How long the file of a lock may be there without its holder. */
const UNTOLD_MS = 200;

/** The process that holds a lock; 0 when nobody tells, null without a lock. One that is just being taken has no holder in it yet. */
async function holderOf(path: string): Promise<number | null> {
  if (read(path) === "") await setTimeout(UNTOLD_MS);
  const text = read(path);
  return text === null ? null : Number(text);
}

/** Null where there is none. */
function read(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    return hasCode(error, "ENOENT") ? null : "";
  }
}

function isAlive(pid: number, path: string): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  if (pid === process.pid) return HELD.has(path);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, "EPERM");
  }
}
