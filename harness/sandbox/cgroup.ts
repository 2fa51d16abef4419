/**
 * Control groups (version 2), where this machine lets us make our own: the kernel then holds all processes of a command
 * together to memory, processes and cores, and ends them all at one word.
 */
import { randomUUID } from "node:crypto";
import { access, constants, mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hasCode, messageOf } from "../errors.ts";
import { isProcess } from "./alive.ts";
import type { LimitName, SandboxLimits } from "./limits.ts";

/** A folder that groups can be made in, or why there is none. */
export type CgroupPlace =
  | { readonly kind: "place"; readonly directory: string }
  /** `somebody`: there are groups, and they would have to be handed to this user; `nobody`: there are none. */
  | { readonly kind: "none"; readonly why: string; readonly belongsTo: "somebody" | "nobody" };

export interface Cgroup {
  /** What a program is started by, so that it and all it starts are in the group from the first instruction on. */
  readonly launcher: readonly string[];
  /** What the kernel ended the group for, or refused it; null when neither. */
  struck(): Promise<LimitName | null>;
  /** Ends all that is in the group, and removes it. */
  remove(): Promise<void>;
}

export interface CgroupFiles {
  /** Where control groups are mounted, and which one this process is in. */
  readonly mounts: string;
  readonly own: string;
}

const OF_THIS_PROCESS: CgroupFiles = { mounts: "/proc/self/mountinfo", own: "/proc/self/cgroup" };
const NEEDED = ["memory", "pids", "cpu"];
const PREFIX = "trace2skill-";
const SETPRIV = "/usr/bin/setpriv";
const PERIOD_US = 100_000;
/** The kernel stops a fork bomb here; the watcher ends it, and tells why, at half of that. */
const PROCESSES_FACTOR = 2;
const REFUSED = ["EACCES", "EPERM", "EROFS", "EBUSY", "ENOENT", "EOPNOTSUPP", "EINVAL"];

/**
 * Makes a folder for groups, one at each call, beside the group that this process is in itself: a group that holds processes
 * can hold no groups with limits.
 * @param needed controllers that must be there
 */
export async function openCgroups(needed = NEEDED, files = OF_THIS_PROCESS): Promise<CgroupPlace> {
  const parent = await parentGroup(needed, files);
  if (parent.kind === "none") return parent;
  const directory = join(parent.directory, `${PREFIX}${process.pid}-${randomUUID()}`);
  try {
    await sweep(parent.directory);
    await mkdir(directory, { recursive: true });
    await delegate(directory, needed);
    return { kind: "place", directory };
  } catch (error) {
    if (!REFUSED.some((code) => hasCode(error, code))) throw error;
    await rmdir(directory).catch(() => {}); // it may never have been made
    return none(`no group can be made in ${parent.directory}: ${messageOf(error)}`, "somebody");
  }
}

export async function closeCgroups(place: CgroupPlace): Promise<void> {
  if (place.kind === "place") await removeGroup(place.directory);
}

export interface CgroupOptions {
  readonly name: string;
  /** None where the controllers are not there. */
  readonly limits: SandboxLimits | null;
  /** Whom the program runs as once it is in the group, which is root's; null for the user of this process. */
  readonly owner: number | null;
}

/** Makes a group for one command. */
export async function openCgroup(directory: string, { name, limits, owner }: CgroupOptions): Promise<Cgroup> {
  const group = join(directory, name);
  await mkdir(group);
  for (const [file, value] of limits === null ? [] : cgroupSettings(limits)) {
    await writeFile(join(group, file), value, { flag: "r+" }).catch((error: unknown) => {
      // What a kernel without swap has no file for, it does not do.
      if (file !== "memory.swap.max") throw error;
      orThrow(error, "ENOENT");
    });
  }
  const asOwner = owner === null ? [] : [SETPRIV, `--reuid=${owner}`, `--regid=${owner}`, "--clear-groups", "--"];
  return {
    launcher: ["/bin/sh", "-c", 'echo 0 > "$0" && exec "$@"', join(group, "cgroup.procs"), ...asOwner],
    async struck() {
      if ((await count(group, "memory.events", "oom_kill")) > 0) return "memory";
      return (await count(group, "pids.events", "max")) > 0 ? "processes" : null;
    },
    remove: () => removeGroup(group),
  };
}

/** Files of a group, and what is written to them. */
export function cgroupSettings({ memoryBytes, processes, cpus }: SandboxLimits): [file: string, value: string][] {
  return [
    ["memory.max", String(memoryBytes)],
    ["memory.oom.group", "1"],
    ["memory.swap.max", "0"],
    ["pids.max", String(PROCESSES_FACTOR * processes)],
    ["cpu.max", `${Math.round(cpus * PERIOD_US)} ${PERIOD_US}`],
  ];
}

async function parentGroup(needed: readonly string[], files: CgroupFiles): Promise<CgroupPlace> {
  const [mounts, groups] = await Promise.all([files.mounts, files.own].map(textOf));
  if (mounts === undefined || groups === undefined) return none("there is no /proc", "nobody");
  const mount = mountPoint(mounts);
  const own = /^0::(\/.*)$/m.exec(groups)?.[1];
  if (mount === null || own === undefined) return none("version 2 is not mounted", "nobody");
  // The root may hold processes and groups; of any other, groups go beside it.
  const directory = own === "/" ? mount : dirname(join(mount, own));
  const controllers = await readFile(join(directory, "cgroup.controllers"), "utf8").catch(() => "");
  const missing = needed.filter((name) => !controllers.split(/\s+/).includes(name));
  if (missing.length > 0) return none(`${directory} has no controller for ${missing.join(", ")}`, "nobody");
  const writable = await access(join(directory, "cgroup.procs"), constants.W_OK).then(
    () => true,
    () => false,
  );
  return writable ? { kind: "place", directory } : none(`${directory} belongs to somebody else`, "somebody");
}

function none(why: string, belongsTo: "somebody" | "nobody"): CgroupPlace {
  return { kind: "none", why, belongsTo };
}

function textOf(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch((error: unknown) => orThrow(error, "ENOENT"));
}

/** The field after the separator of a mount is its type; the fifth is where it is. */
function mountPoint(mounts: string): string | null {
  const line = mounts.split("\n").find((one) => / - cgroup2 /.test(one));
  return line?.split(" ")[4] ?? null;
}

/** Lets the groups below both the parent and ours have limits. */
async function delegate(directory: string, needed: readonly string[]): Promise<void> {
  if (needed.length === 0) return;
  const wanted = needed.map((name) => `+${name}`).join(" ");
  await writeFile(join(dirname(directory), "cgroup.subtree_control"), wanted);
  await writeFile(join(directory, "cgroup.subtree_control"), wanted);
}

async function count(group: string, file: string, event: string): Promise<number> {
  const text = await textOf(join(group, file));
  return Number(new RegExp(`^${event} (\\d+)$`, "m").exec(text ?? "")?.[1] ?? 0);
}

function orThrow(error: unknown, code: string): undefined {
  if (!hasCode(error, code)) throw error;
  return undefined;
}

const REMOVE_TRIES = 200;

/** Ends what is in a group and in those below it, and removes them: the kernel lets a group go once all in it has ended. */
async function removeGroup(group: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    const names = await readdir(group, { withFileTypes: true }).catch((error: unknown) => orThrow(error, "ENOENT"));
    if (names === undefined) return;
    for (const { name } of names.filter((entry) => entry.isDirectory())) await removeGroup(join(group, name));
    await writeFile(join(group, "cgroup.kill"), "1").catch((error: unknown) => orThrow(error, "ENOENT"));
    try {
      return await rmdir(group);
    } catch (error) {
      if (hasCode(error, "ENOENT")) return;
      if (!hasCode(error, "EBUSY") || attempt >= REMOVE_TRIES) throw error;
    }
    await sleep(5);
  }
}

/** Removes the groups of processes that were killed. */
async function sweep(parent: string): Promise<void> {
  const names = (await readdir(parent)).filter((name) => name.startsWith(PREFIX));
  const dead = names.filter((name) => !isProcess(Number.parseInt(name.slice(PREFIX.length), 10)));
  await Promise.all(dead.map((name) => removeGroup(join(parent, name))));
}
