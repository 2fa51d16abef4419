/** One process at a time in a folder: two that wrote the same results would pay for the same calls. */
import { existsSync } from "node:fs";
import { readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { hasCode, SetupError } from "../errors.ts";
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
 * Takes a folder for this process; disposing gives it back, and takes it away again where it was made and nothing was put in. What a killed process left counts for nothing.
 * @throws FolderTaken while another process is at work there
 */
export async function lockFolder(directory: string): Promise<AsyncDisposable> {
  const isNew = !existsSync(directory);
  await makeFolder(directory);
  const path = join(directory, "lock");
  while (!(await take(path))) {
    const holder = await holderOf(path);
    if (isAlive(holder)) {
      throw new FolderTaken(
        `another process (${holder}) is at work in ${directory}. Wait for it or end it; or choose another folder with --out`,
        holder,
      );
    }
    await rm(path, { force: true });
  }
  return {
    async [Symbol.asyncDispose]() {
      await rm(path, { force: true });
      // What was refused before anything was written leaves nothing behind.
      if (isNew) await rmdir(directory).catch(ignoreFilled);
    },
  };
}

function ignoreFilled(error: unknown): void {
  if (!hasCode(error, "ENOTEMPTY") && !hasCode(error, "ENOENT")) throw error;
}

async function take(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw new SetupError(`cannot write ${path}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** How long the file of a lock may be there without its holder. */
const UNTOLD_MS = 200;

/** The process that holds a lock; 0 when nobody tells. One that is just being taken has no holder in it yet. */
async function holderOf(path: string): Promise<number> {
  const read = () => readFile(path, "utf8").catch(() => "");
  const first = await read();
  if (first !== "") return Number(first);
  await setTimeout(UNTOLD_MS);
  return Number(await read());
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, "EPERM");
  }
}
