/** One command in one bubblewrap namespace, held to its limits, and the certain death of all that it started. */
import { randomUUID } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { arch } from "node:os";
import { join } from "node:path";
import { type KnownProcess, kill, waitForEnd } from "./alive.ts";
import { type Cgroup, openCgroup } from "./cgroup.ts";
import { type CommandEnd, commandEnd, type RunOptions, timeOf } from "./command-end.ts";
import { coreLauncher } from "./cores.ts";
import type { DiskMeter } from "./disk.ts";
import { bubblewrapArguments, type Mount } from "./frame.ts";
import type { SandboxLimits } from "./limits.ts";
import { runByStarter } from "./namespace-process.ts";
import type { NamespaceSpec } from "./namespace-worker.ts";
import { filterFor } from "./seccomp/filter.ts";
import { type Deleted, deletedFiles, processesNamed, processesOf } from "./tree.ts";
import { watchDisk } from "./watch.ts";

/** What all namespaces of a process share. */
export interface Host {
  readonly bwrap: string;
  readonly root: string;
  readonly limits: SandboxLimits;
  /** Folder that control groups can be made in; none when left out. */
  readonly cgroups?: string | null;
  /** User that commands run as, where the tool runs as root; the tool's own when left out. */
  readonly owner?: number | null;
}

/** The kernel takes no single argument over 128 KiB, and none with a NUL in it; such commands go in as a file. */
const MAX_ARGUMENT_BYTES = 100_000;
const SCRIPT = "/run/command";
const INFO = 3;
const FILTER = 4;
const SECCOMP = filterFor(arch());

/**
 * Runs a bash command; when this returns, no process of its namespace is left.
 * @param disk of what the mounts let be written; null leaves it unlimited
 * @throws SandboxError when what was killed does not end
 */
export async function runInNamespace(
  host: Host,
  mounts: readonly Mount[],
  command: string,
  { disk = null, ...options }: RunOptions & { readonly disk?: DiskMeter | null },
): Promise<CommandEnd> {
  const how = { ...options, disk };
  if (Buffer.byteLength(command) <= MAX_ARGUMENT_BYTES && !command.includes("\0"))
    return runBash(host, mounts, ["-c", command], how);
  const script = join(host.root, `command-${randomUUID()}`);
  await writeFile(script, command);
  try {
    return await runBash(host, [...mounts, { from: script, to: SCRIPT, writable: false }], [SCRIPT], how);
  } finally {
    await rm(script);
  }
}

interface How extends RunOptions {
  readonly disk: DiskMeter | null;
}

async function runBash(host: Host, mounts: readonly Mount[], bash: readonly string[], how: How): Promise<CommandEnd> {
  const { bwrap, root, limits, cgroups = null, owner = null } = host;
  const frame = bubblewrapArguments({ root, mounts, limits });
  const filter = filterIn(root);
  const filtered = filter === null ? [] : ["--seccomp", String(FILTER)];
  const line = [bwrap, ...frame, "--info-fd", String(INFO), ...filtered, "--", "/bin/bash", ...bash];
  const cgroup = cgroups === null ? null : await openCgroup(cgroups, randomUUID(), limits);
  const launcher = cgroup === null ? coreLauncher(limits.cpus) : cgroup.launcher;
  const spec = { line: [...launcher, ...line], timeoutMs: timeOf({ ...how, limits }), limits, filter, owner };
  try {
    return await runWatched(spec, how, cgroup);
  } catch (error) {
    // Nothing ends what had not tied its life to its starter's when that died.
    await endAll(line.slice(1));
    throw error;
  } finally {
    await cgroup?.remove();
  }
}

/** Where the seccomp filter is; null where there is none. */
function filterIn(root: string): string | null {
  if (SECCOMP === null) return null;
  const path = join(root, "seccomp.bpf");
  if (!existsSync(path)) writeFileSync(path, SECCOMP);
  return path;
}

async function runWatched(
  spec: NamespaceSpec,
  { disk, timeoutMs, signal }: How,
  cgroup: Cgroup | null,
): Promise<CommandEnd> {
  const running: { first: KnownProcess | null; isOver: boolean } = { first: null, isOver: false };
  const stop = new AbortController();
  const strike = () => {
    running.isOver = true;
    stop.abort();
  };
  await disk?.begin();
  const watching = disk === null ? null : watchDisk(disk, () => heldBy(running.first), strike);
  try {
    const { result, struck } = await runByStarter(spec, AbortSignal.any([signal, stop.signal]), (first) => {
      running.first = first;
    });
    const found = running.isOver ? "disk" : (struck ?? (await cgroup?.struck()) ?? null);
    return await commandEnd(result, found, { timeoutMs, limits: spec.limits, disk });
  } catch (error) {
    // Its first process ends last: what started it has died, and all of it is dying, which takes a moment.
    if (running.first !== null) {
      kill(running.first);
      await waitForEnd(running.first);
    }
    throw error;
  } finally {
    await watching?.stop();
  }
}

/** Ends a command and all that it started; it is known by the arguments of bubblewrap, with the trial's folder in them. */
async function endAll(frame: readonly string[]): Promise<void> {
  for (let left = processesNamed(frame); left.length > 0; left = processesNamed(frame)) {
    for (const one of left) kill(one);
    await Promise.all(left.map(waitForEnd));
  }
}

/** Files that its processes have deleted and hold. */
function heldBy(first: KnownProcess | null): Deleted {
  return deletedFiles(first === null ? [] : processesOf(first.pid));
}
