/** Processes that outlive whoever started them, found among all of the machine. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { type KnownProcess, knownProcess, statOf } from "./alive.ts";
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
/** For a process that gets no arguments, and where others begin without end. */
const LONGEST_MS = 1_000;

/** Those that ask in the same turn of the event loop share a look: a hundred commands may lose their starter at once. */
let asking: { readonly wanted: Wanted[]; readonly found: Promise<void> } | null = null;

/**
 * The processes with these arguments, or one of these folders. Those that begin during the look are among them, for what began
 * them may have ended before it was looked at, and those that ended during it; one that is just being given another program is
 * waited for.
 */
export async function straysWith({ args, folders = [] }: Traits): Promise<KnownProcess[]> {
  const wanted: Wanted = {
    line: `\0${args.join("\0")}\0`.toWellFormed(), // as the kernel was given it
    mounts: folders.map((folder) => `/${basename(dirname(folder))}/${basename(folder)} `),
    strays: [],
  };
  asking ??= lookSoon([]);
  asking.wanted.push(wanted);
  await asking.found;
  return wanted.strays;
}

interface Wanted {
  readonly line: string;
  readonly mounts: readonly string[];
  readonly strays: KnownProcess[];
}

function lookSoon(wanted: Wanted[]) {
  const found = nextTurn().then(() => {
    asking = null;
    return lookFor(wanted);
  });
  return { wanted, found };
}

async function lookFor(wanted: readonly Wanted[]): Promise<void> {
  const looked = new Set<string>();
  const namelessSince = new Map<string, number>();
  const hasMounts = wanted.some(({ mounts }) => mounts.length > 0);
  const started = performance.now();
  const lookAt = (name: string) => {
    const seen = look(name, hasMounts);
    const fitting = wanted.filter((one) => fits(seen, one));
    if (fitting.length === 0 && !seen.isBetweenPrograms) return true;
    const known = knownProcess(Number(name)) ?? { pid: Number(name), start: "" };
    for (const { strays } of fitting) strays.push(known);
    if (fitting.length > 0 || neverNamed.has(markOf(known))) return true;
    const since = namelessSince.get(name) ?? performance.now();
    namelessSince.set(name, since);
    if (performance.now() - since < LONGEST_MS) return false;
    neverNamed.add(markOf(known));
    return true;
  };
  while (true) {
    const names = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && !looked.has(name));
    const told = names.filter(lookAt);
    for (const name of told) looked.add(name);
    const longest = told.length === names.length ? LONGEST_MS : 2 * LONGEST_MS;
    if (names.length === 0 || performance.now() - started > longest) return;
    if (told.length < names.length) await sleep(LOOK_EVERY_MS);
  }
}

/** Processes that had no arguments for as long as they are waited for: the next look does not wait for them. */
const neverNamed = new Set<string>();

function markOf({ pid, start }: KnownProcess): string {
  return `${pid} ${start}`;
}

interface Seen {
  readonly args: string;
  readonly mounted: string;
  /** It has no arguments yet, and cannot be told. */
  readonly isBetweenPrograms: boolean;
}

function look(name: string, hasMounts: boolean): Seen {
  const args = read(`/proc/${name}/cmdline`);
  const mounted = hasMounts ? read(`/proc/${name}/mountinfo`) : "";
  return { args, mounted, isBetweenPrograms: args === "" && isNamedSoon(Number(name)) };
}

function fits({ args, mounted }: Seen, { line, mounts }: Wanted): boolean {
  return args.endsWith(line) || mounts.some((mount) => mounted.includes(mount));
}

/** `PF_EXITING` and `PF_KTHREAD` of the kernel's `include/linux/sched.h`: neither gets arguments any more. */
const NEVER_NAMED = 0x4 | 0x200000;

function isNamedSoon(pid: number): boolean {
  const flags = statOf(pid)?.[6];
  return flags !== undefined && (Number(flags) & NEVER_NAMED) === 0;
}

/** Empty for what has ended. */
function read(path: string): string {
  return whileThere(() => readFileSync(path, "utf8")) ?? "";
}
