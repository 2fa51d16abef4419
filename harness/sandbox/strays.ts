/** Processes that outlive whoever started them, found among all of the machine. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type KnownProcess, knownProcess } from "./alive.ts";
import { whileThere } from "./tree.ts";

export interface Traits {
  /** What they were started with, whatever stands before. */
  readonly args: readonly string[];
  /**
   * They have one of these mounted for themselves: what is ending has no arguments any more, and is found all the same. The
   * name of each, with that of the folder above it, is like that of no other.
   */
  readonly folders?: readonly string[];
}

const LOOK_EVERY_MS = 2;
/** For a process that never gets arguments, and where others begin without end. */
const LONGEST_MS = 1_000;

/**
 * The processes with these arguments, or one of these folders. Those that begin during the look are among them, for what began
 * them may have ended before it was looked at, and those that ended during it; one that is just being given another program is
 * waited for.
 */
export async function straysWith({ args, folders = [] }: Traits): Promise<KnownProcess[]> {
  const line = `\0${args.join("\0")}\0`.toWellFormed(); // as the kernel was given it
  const mounts = folders.map((folder) => `/${basename(dirname(folder))}/${basename(folder)} `);
  const looked = new Set<string>();
  const strays: KnownProcess[] = [];
  const until = performance.now() + LONGEST_MS;
  while (performance.now() < until) {
    const names = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && !looked.has(name));
    if (names.length === 0) break;
    for (const name of names) {
      const isStray = look(`/proc/${name}`, line, mounts);
      if (isStray !== null) looked.add(name);
      if (isStray) strays.push(knownProcess(Number(name)) ?? { pid: Number(name), start: "" });
    }
    if (names.some((name) => !looked.has(name))) await sleep(LOOK_EVERY_MS);
  }
  return strays;
}

/** Null for a process that cannot be told yet. */
function look(folder: string, line: string, mounts: readonly string[]): boolean | null {
  const args = read(`${folder}/cmdline`);
  if (args.endsWith(line)) return true;
  if (mounts.length > 0) {
    const mounted = read(`${folder}/mountinfo`);
    if (mounts.some((mount) => mounted.includes(mount))) return true;
  }
  return args === "" && isBetweenPrograms(folder) ? null : false;
}

/** `PF_EXITING` and `PF_KTHREAD` of the kernel's `include/linux/sched.h`: neither gets arguments any more. */
const NEVER_NAMED = 0x4 | 0x200000;

function isBetweenPrograms(folder: string): boolean {
  const stat = read(`${folder}/stat`);
  const [state = "X", , , , , , flags = "0"] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return !/^[ZX]?$/.test(state) && (Number(flags) & NEVER_NAMED) === 0;
}

/** Empty for what has ended. */
function read(path: string): string {
  return whileThere(() => readFileSync(path, "utf8")) ?? "";
}
