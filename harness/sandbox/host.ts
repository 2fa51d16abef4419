/** What all bubblewrap namespaces of a process share: bubblewrap, a folder, control groups, and the user that commands run as. */
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, SetupError } from "../errors.ts";
import { SandboxError } from "../roles.ts";
import { type CgroupPlace, closeCgroups, openCgroups } from "./cgroup.ts";
import { coresHeld } from "./cores.ts";
import { diskMeter } from "./disk.ts";
import { makeEtc } from "./etc.ts";
import { DEFAULT_LIMITS, type SandboxLimits } from "./limits.ts";
import { type Host, runInNamespace } from "./namespace.ts";
import { anOwner, canGive, giveTo } from "./owner.ts";
import { removeTree } from "./remove-tree.ts";
import { openRoot } from "./root.ts";

/** Disposing it deletes all that is left in its folder. */
export interface OpenedHost extends AsyncDisposable {
  readonly host: Host;
  /** What holds commands to memory, processes and cores, in words. */
  readonly heldBy: string;
}

const BWRAP = ["/usr/bin/bwrap", "/bin/bwrap", "/usr/local/bin/bwrap"];
const PROBE_TIMEOUT_MS = 20_000;

/** Where bubblewrap is installed, or undefined. */
export function findBubblewrap(): string | undefined {
  return BWRAP.find((path) => existsSync(path));
}

/**
 * Makes it ready, with one command run in it.
 * @throws SetupError when bubblewrap is missing or this machine does not let it work, with the cure
 */
export async function openHost(limits: SandboxLimits): Promise<OpenedHost> {
  const bwrap = findBubblewrap() ?? missing();
  await using open = new AsyncDisposableStack();
  const { directory: root } = open.use(await openRoot());
  const cgroups = await openCgroups();
  open.defer(() => closeCgroups(cgroups));
  const common = { bwrap, root, limits, cgroups: cgroups.kind === "place" ? cgroups.directory : null, owner: null };
  await makeEtc(root).catch((error: unknown) => cannotWrite(root, error));
  const host = await workingHost(common);
  const opened = open.move();
  return { host, heldBy: heldBy(cgroups, host), [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

function missing(): never {
  throw new SetupError(
    "bubblewrap is not installed, so agents cannot be run safely. Install it (Linux: apt-get install bubblewrap), " +
      "or run them in containers with --sandbox docker or --sandbox podman",
  );
}

function cannotWrite(root: string, cause: unknown): never {
  if (!(cause instanceof Error && "syscall" in cause)) throw cause;
  throw new SetupError(`cannot make sandboxes in ${root}: ${messageOf(cause)}. Set TMPDIR to a folder with room`, {
    cause,
  });
}

/**
 * Root hands its commands to users of their own, where the kernel would hold root to no number of processes and lets
 * others than root make namespaces.
 * @throws SetupError when no command can be run
 */
async function workingHost(common: Host): Promise<Host> {
  if (process.geteuid?.() === 0 && (await canGive(common.root))) {
    await chmod(common.root, 0o711); // they find their folders, whose names they are not told, and no list of them
    const owned = { ...common, owner: anOwner() };
    if ((await problemOf(owned)) === null) return owned;
  }
  const problem = await problemOf(common);
  if (problem === null) return common;
  throw new SetupError(
    `bubblewrap is there but cannot make a sandbox on this machine: ${problem}\n` +
      "trace2skill doctor tells the cause and the cure (user namespaces barred, a container without privileges); " +
      "or run agents in containers: --sandbox docker or --sandbox podman.",
  );
}

async function problemOf(host: Host): Promise<string | null> {
  const said = await tryFresh(host, "echo alive");
  return said === "alive" ? null : said;
}

/** What a command says in a sandbox that nobody has used before, or what the sandbox failed of. */
export async function tryFresh(host: Host, command: string): Promise<string> {
  const directory = await mkdtemp(join(host.root, "probe-")).catch((error: unknown) => cannotWrite(host.root, error));
  try {
    const work = join(directory, "work");
    await mkdir(work).catch((error: unknown) => cannotWrite(host.root, error));
    if (host.owner !== null) {
      await chmod(directory, 0o711);
      await giveTo(host.owner, work);
    }
    const { output } = await runInNamespace(
      { ...host, limits: DEFAULT_LIMITS },
      [{ from: work, to: "/work", writable: true }],
      command,
      {
        timeoutMs: PROBE_TIMEOUT_MS,
        signal: new AbortController().signal,
        disk: diskMeter([work], DEFAULT_LIMITS.diskBytes),
      },
    );
    return output.trim();
  } catch (error) {
    if (error instanceof SandboxError) return error.message.trim();
    throw error;
  } finally {
    await removeTree(directory);
  }
}

function heldBy(cgroups: CgroupPlace, { owner, limits }: Host): string {
  if (cgroups.kind === "place") return "control groups, by the kernel";
  const isRoot = process.geteuid?.() === 0 && owner === null;
  const kernel = isRoot ? "; the number of processes by the watcher alone, for the tool runs as root" : "";
  return `ulimit and a watcher that looks every 50 ms (${cgroups.why}); ${coresHeld(limits.cpus)}${kernel}`;
}
