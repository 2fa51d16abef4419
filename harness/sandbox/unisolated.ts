/**
 * No sandbox: commands run as the user who started the tool, on the host, and can read and write what that user can.
 * For machines that are a sandbox themselves; must be asked for. Limits are held as far as they can be without one.
 */
import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hasCode } from "../errors.ts";
import { SandboxError } from "../roles.ts";
import { type KnownProcess, kill, knownProcess } from "./alive.ts";
import { type CommandEnd, commandEnd, type RunOptions, timeOf } from "./command-end.ts";
import { type Driver, type OpenedSandboxes, type Shared, sandboxesOf, type TrialFolders } from "./driver.ts";
import { ENVIRONMENT, MODEL_SOCKET, SOCKET_NAME } from "./frame.ts";
import { type LimitName, OUTPUT_FACTOR, type SandboxLimits } from "./limits.ts";
import { runProcess } from "./process.ts";
import { openRoot } from "./root.ts";
import { deletedFiles } from "./tree.ts";
import { watchDisk, watchProcesses } from "./watch.ts";

export interface UnisolatedOptions extends Shared {
  readonly limits: SandboxLimits;
  /** Where programs are looked for. */
  readonly path: string;
}

/** Names, in the environment of a command and of all that it starts, the command. */
const MARK = "TRACE2SKILL_COMMAND";
/** In blocks of 512 bytes, and in KB. The kernel holds no sum; a watcher does, where there is a /proc. */
const LIMITED = 'ulimit -c 0; ulimit -f "$1"; ulimit -d "$2" 2>/dev/null; shift 2; exec "$@"';
/** Beyond what the watcher ends a command for. */
const BACKSTOP_BYTES = 1024 ** 3;
const LONGEST_END_MS = 10_000;

export async function openUnisolated({ limits, path, ...shared }: UnisolatedOptions): Promise<OpenedSandboxes> {
  const driver: Driver = {
    identity: "none/1",
    limits,
    heldBy: existsSync("/proc/self/environ")
      ? "a watcher, as far as it finds them, and ulimit"
      : "ulimit alone: there is no /proc",
    close: async () => {},
    run: (folders, command, options) => runOnHost(folders, command, options, { limits, path }),
  };
  return sandboxesOf(driver, await openRoot(), shared);
}

async function runOnHost(
  folders: TrialFolders,
  command: string,
  { timeoutMs, signal }: RunOptions,
  { limits, path }: Pick<UnisolatedOptions, "limits" | "path">,
): Promise<CommandEnd> {
  const { work, tmp, model, disk } = folders;
  const named = model === null ? {} : { [MODEL_SOCKET]: join(model, SOCKET_NAME) };
  const mark = randomUUID();
  const script = join(dirname(work), "command");
  await writeFile(script, outside(command, folders));
  const stop = new AbortController();
  let struck: LimitName | null = null;
  const strike = (limit: LimitName) => {
    struck ??= limit;
    stop.abort();
  };
  await disk.begin();
  const processes = () => marked(mark);
  const watches = [watchProcesses(processes, limits, strike), watchDisk(disk, () => deletedFiles(processes()), strike)];
  const sizes = [Math.floor(limits.fileBytes / 512), Math.floor((limits.memoryBytes + BACKSTOP_BYTES) / 1024)].map(
    String,
  );
  const result = await runProcess("/bin/sh", ["-c", LIMITED, "sh", ...sizes, "/bin/bash", script], {
    timeoutMs: timeOf({ timeoutMs, limits }),
    signal: AbortSignal.any([signal, stop.signal]),
    env: { ...ENVIRONMENT, PATH: path, HOME: tmp, TMPDIR: tmp, ...named, [MARK]: mark },
    directory: work,
    maxBytes: limits.outputBytes,
    flood: { bytes: OUTPUT_FACTOR * limits.outputBytes, onFlood: () => strike("output") },
    onEnd: () => killAll(mark),
  });
  await Promise.all(watches.map((watching) => watching.stop()));
  await endAll(mark);
  const end = await commandEnd(result, struck, { timeoutMs, limits, disk });
  return { ...end, output: inside(end.output, folders) };
}

/** Agents know their folders as `/work` and `/skill`: with nothing to mount them, the names are replaced in what they write. */
function outside(command: string, { work, skill }: TrialFolders): string {
  const real: Record<string, string> = { work, ...(skill === null ? {} : { skill }) };
  return command.replace(/(?<![\w./-])\/(work|skill)(?![\w.-])/g, (whole, name: string) => real[name] ?? whole);
}

/** And in what they read. */
function inside(output: string, { work, skill }: TrialFolders): string {
  const named = output.replaceAll(work, "/work");
  return skill === null ? named : named.replaceAll(skill, "/skill");
}

/** Folders below `/proc` of the processes of a command; none where there is no `/proc`, and without those that hid their environment. */
function marked(mark: string): string[] {
  if (!existsSync("/proc/self/environ")) return [];
  return readdirSync("/proc").flatMap((name) =>
    /^\d+$/.test(name) && environmentOf(name).includes(mark) ? [`/proc/${name}`] : [],
  );
}

function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1");
  } catch (error) {
    if (["ENOENT", "ESRCH", "EACCES", "EPERM"].some((code) => hasCode(error, code))) return "";
    throw error;
  }
}

function killAll(mark: string): KnownProcess[] {
  const known = marked(mark).flatMap((folder) => knownProcess(Number(folder.slice("/proc/".length))) ?? []);
  for (const one of known) kill(one);
  return known;
}

/** Looks until there is none left. */
async function endAll(mark: string): Promise<void> {
  const deadline = performance.now() + LONGEST_END_MS;
  while (killAll(mark).length > 0) {
    if (performance.now() > deadline) throw new SandboxError("processes of a command did not end after being killed");
    await sleep(5);
  }
}
