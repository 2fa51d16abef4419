/**
 * No sandbox: commands run as the user who started the tool, on the host, and can read and write what that user can.
 * For machines that are a sandbox themselves; must be asked for. Limits are held as far as they can be without one.
 */
import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { hasCode, SetupError } from "../errors.ts";
import { endAll, type KnownProcess, kill, knownProcess } from "./alive.ts";
import { type CommandEnd, commandEnd, type RunOptions, timeOf } from "./command-end.ts";
import { type Driver, type OpenedSandboxes, type Shared, sandboxesOf, type TrialFolders } from "./driver.ts";
import { BACKSTOP, ENVIRONMENT, MODEL_SOCKET, SOCKET_NAME } from "./frame.ts";
import { OUTPUT_FACTOR, type SandboxLimits } from "./limits.ts";
import { type ProcessResult, runProcess } from "./process.ts";
import { openRoot, type Root } from "./root.ts";
import { deletedFiles } from "./tree.ts";
import { strikerFor, type Watch, watchDisk, watchProcesses } from "./watch.ts";

export interface UnisolatedOptions extends Shared {
  readonly limits: SandboxLimits;
  /** Where programs are looked for. */
  readonly path: string;
}

/** Names, in the environment of a command and of all that it starts, the command. */
const MARK = "TRACE2SKILL_COMMAND";
/** In blocks of 512 bytes, and in KB. The kernel holds no sum; a watcher does, where there is a /proc. */
const LIMITED = 'ulimit -c 0; ulimit -f "$1"; ulimit -d "$2" 2>/dev/null; shift 2; exec "$@"';

export async function openUnisolated({ limits, path, ...shared }: UnisolatedOptions): Promise<OpenedSandboxes> {
  const driver: Driver = {
    identity: "none/1",
    limits,
    heldBy: existsSync("/proc/self/environ")
      ? "a watcher, as far as it finds them, and ulimit; cores by nothing"
      : "ulimit alone, for there is no /proc; processes and cores by nothing",
    run: (folders, command, options) => runOnHost(folders, command, options, { limits, path }),
  };
  return sandboxesOf(driver, await rootToBeNamed(), shared);
}

/** Paths in it stand in commands, quoted by nobody. */
async function rootToBeNamed(): Promise<Root> {
  const root = await openRoot();
  if (/^[\w./+,@%:=-]+$/.test(root.directory)) return root;
  await root[Symbol.asyncDispose]();
  throw new SetupError(
    `--sandbox none needs a folder for temporary files whose path a shell reads as one word, found ${root.directory}. ` +
      "Set TMPDIR to one without blanks and quotes",
  );
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
  const { signal: ending, strike, struck } = strikerFor(signal);
  await disk.begin();
  const processes = () => marked(mark);
  const watches = [watchProcesses(processes, limits, strike), watchDisk(disk, () => deletedFiles(processes()), strike)];
  const sizes = [limits.fileBytes / 512, (limits.memoryBytes + BACKSTOP.memoryBytes) / 1024]
    .map(Math.floor)
    .map(String);
  const run = runProcess("/bin/sh", ["-c", LIMITED, "sh", ...sizes, "/bin/bash", script], {
    timeoutMs: timeOf({ timeoutMs, limits }),
    signal: ending,
    env: { ...ENVIRONMENT, PATH: path, HOME: tmp, TMPDIR: tmp, ...named, [MARK]: mark },
    directory: work,
    maxBytes: limits.outputBytes,
    flood: { bytes: OUTPUT_FACTOR * limits.outputBytes, onFlood: () => strike("output") },
    onEnd: () => knownOf(processes()).forEach(kill),
  });
  const result = await endedWith(run, watches, processes);
  const end = await commandEnd(result, struck(), { timeoutMs, limits, disk });
  return { ...end, output: inside(end.output, folders) };
}

/** Nothing of a command is left, also where a watch could not look. */
async function endedWith(run: Promise<ProcessResult>, watches: readonly Watch[], processes: () => string[]) {
  try {
    const result = await run;
    await Promise.all(watches.map((watching) => watching.stop()));
    return result;
  } finally {
    await Promise.allSettled(watches.map((watching) => watching.stop()));
    await endAll(() => knownOf(processes()));
  }
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

function knownOf(folders: readonly string[]): KnownProcess[] {
  return folders.flatMap((folder) => knownProcess(Number(folder.slice("/proc/".length))) ?? []);
}
