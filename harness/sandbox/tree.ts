/**
 * What the processes of a sandbox take, read from outside. They are found through the `/proc` of their own namespace, so
 * that none is missed that left its parent, its session or its group.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { arch } from "node:os";
import { hasCode } from "../errors.ts";

const KIB = 1024;

/**
 * The folders below `/proc` of all processes of a namespace.
 * @param first the namespace's first process, as the host numbers it
 * @returns none while the namespace is being made, and after its end
 */
export function processesOf(first: number): string[] {
  const proc = `/proc/${first}/root/proc`;
  // Until bubblewrap has changed its root, this is the host's own.
  const isItsOwn = whileThere(() => statSync(proc).dev !== statSync("/proc").dev) ?? false;
  if (!isItsOwn) return [];
  const names = whileThere(() => readdirSync(proc)) ?? [];
  return names.filter((name) => /^\d+$/.test(name)).map((name) => `${proc}/${name}`);
}

export interface Taken {
  /** Processes and their threads. */
  readonly tasks: number;
  /** Bytes; what processes share is counted for each. */
  readonly memory: number;
  /** Bytes that the kernel needs to know where these are. */
  readonly pageTables: number;
}

/** What they take by a quick look, which can be too much but not too little. */
export function takenBy(processes: readonly string[]): Taken {
  const all = processes.map((folder) => whileThere(() => readFileSync(`${folder}/status`, "latin1")) ?? "");
  return {
    tasks: sum(all.map((status) => Math.max(1, field(status, "Threads")))),
    memory: sum(all.map(memoryIn)),
    pageTables: KIB * sum(all.map((status) => field(status, "VmPTE"))),
  };
}

function memoryIn(status: string): number {
  return KIB * (field(status, "RssAnon") + field(status, "RssShmem") + field(status, "VmSwap"));
}

/** Bytes of memory that they take together, what they share counted once: slow for large ones, so it is read off the main thread. */
export async function memoryOf(processes: readonly string[]): Promise<number> {
  const parts = await Promise.all(
    processes.map(async (folder) => {
      const rollup = await readFile(`${folder}/smaps_rollup`, "latin1").catch(gone);
      // A process may bar it to all but root, and counts by the quick look then.
      if (rollup === null) return memoryIn((await readFile(`${folder}/status`, "latin1").catch(gone)) ?? "");
      return KIB * (field(rollup, "Pss_Anon") + field(rollup, "Pss_Shmem") + field(rollup, "SwapPss"));
    }),
  );
  return sum(parts);
}

/** The most that the kernel holds for a socket in a namespace: twice `net.core.wmem_max`; for one of TCP, half of what both ends may hold. */
const SOCKET_BYTES = 425_984;
const TCP_BYTES = 5 * 1024 ** 2;
/** The kernel's; elsewhere than on x64 it may be as large. */
const PAGE_BYTES = arch() === "x64" ? 4_096 : 65_536;

/**
 * Bytes that the sockets of a network namespace may hold at most: no process shows to have what is sent and not received.
 * Connections of TCP are told apart, for the kernel tells what all of the machine hold, which is next to nothing while they are idle.
 * @param first a process in it, as the host numbers it
 */
export function socketBytes(first: number): number {
  const read = (name: string) => whileThere(() => readFileSync(`/proc/${first}/net/${name}`, "latin1")) ?? "";
  const [four, six] = [read("sockstat"), read("sockstat6")];
  const found = (text: string, pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? 0);
  const tcp = found(four, /^TCP: inuse (\d+)/m) + found(six, /^TCP6: inuse (\d+)/m);
  const others = Math.max(0, found(four, /^sockets: used (\d+)/m) - tcp);
  const ofMachine = PAGE_BYTES * found(four, /^TCP: .* mem (\d+)/m);
  return SOCKET_BYTES * others + Math.min(TCP_BYTES * tcp, ofMachine);
}

/** Files that are deleted and still held: no walk through folders finds them. */
export interface Deleted {
  readonly bytes: number;
  /** False when there are some whose size cannot be told. */
  readonly isWhole: boolean;
}

/** @param processes each counts once what several have open */
export function deletedFiles(processes: readonly string[]): Deleted {
  const sizes = new Map<number, number>();
  const mapped = new Set<number>();
  let isWhole = true;
  for (const folder of processes) {
    const names = whileThere(() => readdirSync(`${folder}/fd`));
    if (names === undefined && isBarred(folder)) isWhole = false;
    for (const name of names ?? []) {
      const found = whileThere(() => statSync(`${folder}/fd/${name}`));
      if (found?.isFile() && found.nlink === 0) sizes.set(found.ino, found.blocks * 512);
      if (found?.isSocket() && holdsFiles(folder, name)) isWhole = false;
    }
    for (const inode of mappedBy(folder)) mapped.add(inode);
  }
  return { bytes: sum([...sizes.values()]), isWhole: isWhole && [...mapped].every((inode) => sizes.has(inode)) };
}

/** A process may bar what it has open to all but root. The first of a namespace is bubblewrap's, and holds none. */
function isBarred(folder: string): boolean {
  return !folder.endsWith("/1") && existsSync(`${folder}/fd`);
}

/** Descriptors that were sent through a socket and not received keep their files, and are nobody's. */
function holdsFiles(folder: string, descriptor: string): boolean {
  const told = whileThere(() => readFileSync(`${folder}/fdinfo/${descriptor}`, "latin1")) ?? "";
  return field(told, "scm_fds") > 0;
}

/** Inodes of deleted files that a process has in its memory, of the two folders on disk that it can write. */
function mappedBy(folder: string): number[] {
  const maps = whileThere(() => readFileSync(`${folder}/maps`, "latin1")) ?? "";
  return [...maps.matchAll(/ (\d+) +\/(?:work|tmp)\/.* \(deleted\)$/gm)].map(([, inode]) => Number(inode));
}

function field(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(text)?.[1] ?? 0);
}

/** Processes end at any time: what is read of one that has is undefined. */
export function whileThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    gone(error);
    return undefined;
  }
}

/** `EINVAL`: the mounts of one that has ended. */
const GONE = ["ENOENT", "ESRCH", "ENOTDIR", "EACCES", "EPERM", "EINVAL"];

function gone(error: unknown): null {
  if (GONE.some((code) => hasCode(error, code))) return null;
  throw error;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
