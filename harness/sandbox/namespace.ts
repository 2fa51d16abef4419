/** One command in one bubblewrap namespace, held to its limits, and the certain death of all that it started. */
import { randomUUID } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { arch } from "node:os";
import { join } from "node:path";
import { SandboxError } from "../roles.ts";
import { endAll, type KnownProcess, kill, waitForEnd } from "./alive.ts";
import { type Cgroup, openCgroup } from "./cgroup.ts";
import { type CommandEnd, commandEnd, type RunOptions, timeOf } from "./command-end.ts";
import { coreLauncher } from "./cores.ts";
import type { DiskMeter } from "./disk.ts";
import { bubblewrapArguments, type Mount } from "./frame.ts";
import type { SandboxLimits } from "./limits.ts";
import { runByStarter } from "./namespace-process.ts";
import type { NamespaceSpec } from "./namespace-worker.ts";
import { filterFor } from "./seccomp/filter.ts";
import { straysWith } from "./strays.ts";
import { type Deleted, deletedFiles, processesOf } from "./tree.ts";
import { strikerFor, watchDisk } from "./watch.ts";

/** What all namespaces of a process share. */
export interface Host {
  readonly bwrap: string;
  readonly root: string;
  readonly limits: SandboxLimits;
  /** Folder that control groups can be made in; null where there is none. */
  readonly cgroups: string | null;
  /** User that commands run as, where the tool runs as root; null for the tool's own. */
  readonly owner: number | null;
}

/** The kernel takes no single argument over 128 KiB, and none with a NUL in it; such commands go in as a file. */
const MAX_ARGUMENT_BYTES = 100_000;
const SCRIPT = "/run/command";
const STATUS = 3;
const FILTER = 4;
const SECCOMP = filterFor(arch());

/**
 * Runs a bash command; when this returns, no process of its namespace is left.
 * @param how with `disk`, what the mounts let be written
 * @throws SandboxError when the command could not be started, or what was killed does not end
 */
export async function runInNamespace(
  host: Host,
  mounts: readonly Mount[],
  command: string,
  how: How,
): Promise<CommandEnd> {
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
  readonly disk: DiskMeter;
}

async function runBash(host: Host, mounts: readonly Mount[], bash: readonly string[], how: How): Promise<CommandEnd> {
  const { bwrap, root, limits, cgroups, owner } = host;
  const frame = bubblewrapArguments({ root, mounts, limits });
  const filter = filterIn(root);
  const filtered = filter === null ? [] : ["--seccomp", String(FILTER)];
  const line = [bwrap, ...frame, "--json-status-fd", String(STATUS), ...filtered, "--", "/bin/bash", ...bash];
  const cgroup = cgroups === null ? null : await openCgroup(cgroups, { name: randomUUID(), limits, owner });
  const launcher = cgroup === null ? coreLauncher(limits.cpus) : cgroup.launcher;
  const spec = {
    ...{ line: [...launcher, ...line], timeoutMs: timeOf({ ...how, limits }), limits, filter },
    owner: cgroup === null ? owner : null, // a group is entered by the user of the tool
  };
  try {
    return await runWatched(spec, how, cgroup);
  } catch (error) {
    // Nothing ends what had not tied its life to its starter's when that died. Bubblewrap is known by its arguments, with the
    // trial's folder in them; what it started by that folder alone.
    const folders = mounts.filter(({ writable }) => writable).map(({ from }) => from);
    await endAll(() => straysWith({ args: line.slice(1), folders }));
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
  const running: { first: KnownProcess | null } = { first: null };
  const striker = strikerFor(signal);
  await disk.begin();
  const watching = watchDisk(disk, () => heldBy(running.first), striker.strike);
  try {
    const { result, struck, hasRun } = await runByStarter(spec, striker.signal, (first) => {
      running.first = first;
    });
    const found = striker.struck() ?? struck ?? (await cgroup?.struck()) ?? null;
    // Whoever kills bubblewrap, it has no exit code: the machine does, when it is short of memory.
    const isKilled = found !== null || result.exitCode === null || signal.aborted;
    if (!hasRun && !isKilled) throw new SandboxError(`bubblewrap failed: ${result.output.trim().slice(0, 500)}`);
    return await commandEnd(result, found, { timeoutMs, limits: spec.limits, disk });
  } catch (error) {
    // Its first process ends last: what started it has died, and all of it is dying, which takes a moment.
    if (running.first !== null) {
      kill(running.first);
      await waitForEnd(running.first);
    }
    throw error;
  } finally {
    await watching.stop();
  }
}

/** Files that its processes have deleted and hold. */
function heldBy(first: KnownProcess | null): Deleted {
  return deletedFiles(first === null ? [] : processesOf(first.pid));
}
