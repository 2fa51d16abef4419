/** What a trial's folders take of the disk: looked at while a command runs, for there is no quota on a mere folder. */
import { type Dirent, statfsSync } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { hasCode } from "../errors.ts";
import type { Deleted } from "./tree.ts";

/** Deleted files that a command's processes hold. */
export type HeldFiles = () => Deleted | Promise<Deleted>;

export interface DiskMeter {
  /** To be called before each command. */
  begin(): Promise<void>;
  /**
   * True when the folders hold more than they may, and more than when the command began: what frees space may go on.
   * @param held asked for only when the file system has less room than the folders tell
   */
  isOver(held: HeldFiles): Promise<boolean>;
  /** The same when the command has ended. */
  isOverAtEnd(): Promise<boolean>;
}

/** What a file or a folder takes at least, so that a million empty ones are no way around. */
const ENTRY_BYTES = 4_096;
/** The file system's own account is looked at each time; other users of it make it differ, so the folders are walked now and then. */
const WALK_EVERY_MS = 2_000;
/** A walk may take one part in so many of the time. */
const WALK_SHARE = 20;
/** What ends sooner is judged by the file system's account, and what it says is kept until the next walk. */
const SHORT_MS = 200;
const AT_ONCE = 64;
/** What is deeper than a path can be long, barred, or gone meanwhile. */
const UNSEEN = ["ENAMETOOLONG", "EACCES", "EPERM", "ELOOP"];
const NOTHING_HELD: Deleted = { bytes: 0, isWhole: true };
/** What names hold that are no UTF-8, when they are read as text: by such a name no file is found. */
const NO_TEXT = "\uFFFD";

/** @param folders of one file system */
export function diskMeter(folders: readonly string[], quotaBytes: number): DiskMeter {
  let used: number | null = null;
  let usedAtBegin = 0;
  let freeAtBegin = 0;
  let began = 0;
  let nextWalk = 0;

  return {
    async begin() {
      usedAtBegin = used ?? (await walk()).bytes;
      freeAtBegin = freeBytes();
      began = performance.now();
      nextWalk = began + WALK_EVERY_MS;
    },
    isOver: (held) => isOver(held, performance.now() >= nextWalk),
    async isOverAtEnd() {
      const isShort = performance.now() - began < SHORT_MS;
      if (isShort) used = expected();
      return isOver(() => NOTHING_HELD, !isShort);
    },
  };

  async function isOver(held: HeldFiles, thorough: boolean): Promise<boolean> {
    const most = expected();
    if (!thorough && most <= quotaBytes) return false;
    const found = await walk();
    const deleted = found.bytes > quotaBytes || most <= quotaBytes ? NOTHING_HELD : await held();
    const known = found.bytes + deleted.bytes;
    const all = found.isWhole && deleted.isWhole ? known : Math.max(known, most);
    return all > quotaBytes && all > usedAtBegin;
  }

  /** If all that the file system has lost was written here. */
  function expected(): number {
    return usedAtBegin + Math.max(0, freeAtBegin - freeBytes());
  }

  async function walk(): Promise<Found> {
    const started = performance.now();
    const found = await bytesBelow(folders, quotaBytes);
    used = found.bytes;
    const ended = performance.now();
    nextWalk = ended + Math.max(WALK_EVERY_MS, WALK_SHARE * (ended - started));
    return found;
  }

  /** Files count here as they do in a walk. Asks no disk, so that waiting for a thread would take longer. */
  function freeBytes(): number {
    const { bfree, bsize, ffree } = statfsSync(folders[0] ?? "/");
    return bfree * bsize + ffree * ENTRY_BYTES;
  }
}

interface Found {
  readonly bytes: number;
  /** False when there are places that could not be looked into. */
  readonly isWhole: boolean;
}

/** Bytes on disk below some folders; stops early once it is twice what is allowed. */
async function bytesBelow(folders: readonly string[], quotaBytes: number): Promise<Found> {
  let bytes = 0;
  let isWhole = true;
  const pending: Path[] = [...folders];
  for (let folder = pending.pop(); folder !== undefined && bytes <= 2 * quotaBytes; folder = pending.pop()) {
    const place = folder;
    const entries = await entriesOf(place).catch(unseen);
    bytes += ENTRY_BYTES * (entries.length + 1);
    pending.push(...entries.filter((entry) => entry.isDirectory()).map(({ name }) => below(place, name)));
    const files = entries.filter((entry) => entry.isFile());
    for (let at = 0; at < files.length && bytes <= 2 * quotaBytes; at += AT_ONCE) {
      const sizes = files.slice(at, at + AT_ONCE).map(({ name }) => sizeOf(below(place, name)));
      bytes += (await Promise.all(sizes)).reduce((total, size) => total + size, 0);
    }
  }
  return { bytes, isWhole };

  /** Beyond what the entry counts for. */
  async function sizeOf(path: Path): Promise<number> {
    const found = await lstat(path).catch(unseen);
    return "blocks" in found ? Math.max(0, found.blocks * 512 - ENTRY_BYTES) : 0;
  }

  function unseen(error: unknown): never[] {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return []; // gone meanwhile
    if (!UNSEEN.some((code) => hasCode(error, code))) throw error;
    isWhole = false;
    return [];
  }
}

type Path = string | Buffer;

async function entriesOf(folder: Path): Promise<Dirent<string>[] | Dirent<Buffer>[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  if (!entries.some(({ name }) => name.includes(NO_TEXT))) return entries;
  return readdir(folder, { withFileTypes: true, encoding: "buffer" });
}

function below(folder: Path, name: Path): Path {
  if (typeof folder === "string" && typeof name === "string") return join(folder, name);
  return Buffer.concat([Buffer.from(folder), Buffer.from("/"), Buffer.from(name)]);
}
