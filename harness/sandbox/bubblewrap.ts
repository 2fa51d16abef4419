/**
 * The sandbox of a trial on Linux: one bubblewrap namespace a command (8 ms each where measured; a warm shell would save
 * little beside starting Python), an empty root, no network, no inherited environment, and only the trial's folders writable.
 */
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SetupError } from "../errors.ts";
import { SandboxError } from "../roles.ts";
import { type CgroupPlace, closeCgroups, openCgroups } from "./cgroup.ts";
import type { CommandEnd, RunOptions } from "./command-end.ts";
import { type Driver, type OpenedSandboxes, type Shared, sandboxesOf, type TrialFolders } from "./driver.ts";
import { makeEtc } from "./etc.ts";
import { MODEL_FOLDER, type Mount } from "./frame.ts";
import { DEFAULT_LIMITS, type SandboxLimits } from "./limits.ts";
import { type Host, runInNamespace } from "./namespace.ts";
import { anOwner, canGive, giveTo } from "./owner.ts";
import { removeTree } from "./remove-tree.ts";
import { openRoot } from "./root.ts";

export interface SandboxesOptions extends Shared {
  readonly limits?: SandboxLimits;
}

const BWRAP = ["/usr/bin/bwrap", "/bin/bwrap", "/usr/local/bin/bwrap"];
const PROBE_TIMEOUT_MS = 20_000;

/**
 * Makes ready what all sandboxes of this process share. Disposing it deletes all that is left of them.
 * @throws SetupError when bubblewrap is missing or this machine does not let it work, with the cure
 */
export async function openSandboxes(options: SandboxesOptions = {}): Promise<OpenedSandboxes> {
  const bwrap = findBubblewrap() ?? missing();
  const root = await openRoot();
  const cgroups = await openCgroups();
  const close = () => closeCgroups(cgroups);
  const limits = options.limits ?? DEFAULT_LIMITS;
  const common = { bwrap, root: root.directory, limits, cgroups: placeOf(cgroups) };
  try {
    await makeEtc(root.directory);
    const host = await workingHost(common, cgroups);
    const run = runInTrials(host);
    const driver: Driver = { identity: "bubblewrap/2", limits, heldBy: heldBy(cgroups, host), run, close };
    return sandboxesOf(driver, root, options);
  } catch (error) {
    await close();
    await root[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Root hands its commands to users of their own, where the kernel would hold root to no number of processes and lets
 * others than root make namespaces.
 * @throws SetupError when no command can be run
 */
async function workingHost(common: Host, cgroups: CgroupPlace): Promise<Host> {
  const probe = { ...common, limits: DEFAULT_LIMITS };
  if (process.geteuid?.() === 0 && cgroups.kind === "none" && (await canGive(common.root))) {
    await chmod(common.root, 0o711); // they find their folders, whose names they are not told, and no list of them
    const owned = { ...probe, owner: anOwner() };
    if (isAlive(await tryFresh(owned))) {
      await assertWorks(owned);
      return { ...common, owner: owned.owner };
    }
  }
  await assertWorks(probe);
  return common;
}

/** Where bubblewrap is installed, or undefined. */
export function findBubblewrap(): string | undefined {
  return BWRAP.find((path) => existsSync(path));
}

function missing(): never {
  throw new SetupError(
    "bubblewrap is not installed, so agents cannot be run safely. Install it (Linux: apt-get install bubblewrap), " +
      "or run them in containers with --sandbox docker or --sandbox podman",
  );
}

function placeOf(cgroups: CgroupPlace): string | null {
  return cgroups.kind === "place" ? cgroups.directory : null;
}

function heldBy(cgroups: CgroupPlace, { owner = null }: Host): string {
  if (cgroups.kind === "place") return "control groups, by the kernel";
  const isRoot = process.geteuid?.() === 0 && owner === null;
  const kernel = isRoot ? "; the number of processes by the watcher alone, for the tool runs as root" : "";
  return `ulimit and a watcher that looks every 50 ms (${cgroups.why})${kernel}`;
}

/** @returns runs commands, by the user of the host's choice */
function runInTrials(host: Host): Driver["run"] {
  const { owner = null } = host;
  const given = new Map<string, Promise<void>>();
  return async (folders, command, options) => {
    if (owner !== null) await giveOnce(owner, folders, given);
    const end = await runInNamespace(host, mountsOf(folders), command, { ...options, disk: folders.disk });
    // The words prove nothing, for a command may print them or spoil its own folder: it is our fault only if a fresh
    // sandbox does not work either.
    if (end.output.startsWith("bwrap: ") && !options.signal.aborted && !isAlive(await tryFresh(host))) {
      throw new SandboxError(`bubblewrap failed: ${end.output.slice(0, 500)}`);
    }
    return end;
  };
}

/** The first command finds what was laid out before it to be its own, as it is where the tool does not run as root. */
async function giveOnce(owner: number, folders: TrialFolders, given: Map<string, Promise<void>>): Promise<void> {
  const { work, tmp, skill } = folders;
  const give = async (folder: string, parent: string | null) => {
    if (parent !== null) await chmod(parent, 0o711);
    await giveTo(owner, folder);
  };
  const all = [
    [work, dirname(work)],
    [tmp, dirname(tmp)],
    ...(skill === null ? [] : [[skill, null] as const]),
  ] as const;
  for (const [folder, parent] of all) if (!given.has(folder)) given.set(folder, give(folder, parent));
  await Promise.all(all.map(([folder]) => given.get(folder)));
}

function mountsOf({ work, tmp, skill, model }: TrialFolders): Mount[] {
  return [
    { from: work, to: "/work", writable: true },
    { from: tmp, to: "/tmp", writable: true },
    ...(skill === null ? [] : [{ from: skill, to: "/skill", writable: false }]),
    ...(model === null ? [] : [{ from: model, to: MODEL_FOLDER, writable: false }]),
  ];
}

/** What agents are told is there; without it they would fail through no fault of theirs. */
const PYTHON = `/usr/bin/python3 -c 'import importlib.util as u; print([m for m in ("openpyxl", "pandas") if u.find_spec(m) is None])'`;

async function assertWorks(host: Host): Promise<void> {
  const [result, python] = await Promise.all([tryFresh(host), tryFresh(host, PYTHON)]);
  if (isAlive(result) && python.output.trim() !== "[]") {
    throw new SetupError(
      `agents need Python 3 with openpyxl and pandas, and inside the sandbox it says: ${python.output.trim() || "nothing"}. ` +
        "Install them: apt-get install python3 python3-openpyxl python3-pandas",
    );
  }
  if (isAlive(result)) return;
  throw new SetupError(
    `bubblewrap is there but cannot make a sandbox on this machine: ${(result.failure ?? result.output).trim()}\n` +
      "trace2skill doctor tells the cause and the cure (user namespaces barred, a container without privileges); " +
      "or run agents in containers: --sandbox docker or --sandbox podman.",
  );
}

async function tryFresh(host: Host, command = "echo alive"): Promise<CommandEnd> {
  const directory = await mkdtemp(join(host.root, "probe-"));
  const work = join(directory, "work");
  await mkdir(work);
  try {
    if (host.owner) {
      await chmod(directory, 0o711);
      await giveTo(host.owner, work);
    }
    const options: RunOptions = { timeoutMs: PROBE_TIMEOUT_MS, signal: new AbortController().signal };
    return await runInNamespace(host, [{ from: work, to: "/work", writable: true }], command, options);
  } finally {
    await removeTree(directory);
  }
}

function isAlive({ output }: CommandEnd): boolean {
  return output.trim() === "alive";
}
