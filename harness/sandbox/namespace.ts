/** One command in one bubblewrap namespace, and the certain death of all that it started. */
import { randomUUID } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hasCode } from "../errors.ts";
import type { Sandbox } from "../roles.ts";
import { bubblewrapArguments, limitArguments, type Mount, type SandboxLimits } from "./frame.ts";
import { type ProcessResult, runProcess } from "./process.ts";

export type RunOptions = Parameters<Sandbox["run"]>[1];

/** What all namespaces of a process share. */
export interface Host {
  readonly bwrap: string;
  readonly root: string;
  readonly limits: SandboxLimits;
}

/** The kernel takes no single argument over 128 KiB; longer commands go in as a file. */
const MAX_ARGUMENT_BYTES = 100_000;
const SCRIPT = "/run/command";
const INFO = 3;

/** Runs a bash command; when this returns, no process of its namespace is left. */
export async function runInNamespace(
  host: Host,
  mounts: readonly Mount[],
  command: string,
  options: RunOptions,
): Promise<ProcessResult> {
  if (Buffer.byteLength(command) <= MAX_ARGUMENT_BYTES) return runBash(host, mounts, ["-c", command], options);
  const script = join(host.root, `command-${randomUUID()}`);
  await writeFile(script, command);
  try {
    return await runBash(host, [...mounts, { from: script, to: SCRIPT, writable: false }], [SCRIPT], options);
  } finally {
    await rm(script);
  }
}

async function runBash(
  { bwrap, root, limits }: Host,
  mounts: readonly Mount[],
  bash: readonly string[],
  options: RunOptions,
): Promise<ProcessResult> {
  let first: number | null = null;
  const frame = [...bubblewrapArguments(root, mounts, limits), "--info-fd", String(INFO)];
  const result = await runProcess(bwrap, [...frame, "--", ...limitArguments(limits), "/bin/bash", ...bash], {
    ...options,
    maxBytes: limits.outputBytes,
    onInfo: (text) => {
      first ??= firstProcess(text);
    },
    // A process can undo what ties its life to bubblewrap's, but not survive the first process of its namespace.
    onEnd: () => kill(first),
  });
  await gone(first);
  return result;
}

/** The namespace's first process, as the host numbers it. */
function firstProcess(info: string): number | null {
  const found = /"child-pid": ?(\d+)/.exec(info)?.[1];
  return found === undefined ? null : Number(found);
}

function kill(pid: number | null): void {
  if (pid === null) return;
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!hasCode(error, "ESRCH")) throw error; // it has ended by itself, as it mostly has
  }
}

/** Waits until the kernel has ended a process that was killed: nothing can stop its end, so it is a matter of moments. */
async function gone(pid: number | null): Promise<void> {
  for (let waited = 0; pid !== null && waited < 2_000 && (await isAlive(pid)); waited += 2) await sleep(2);
}

/** A zombie is dead, though nobody may have asked for its exit code. */
async function isAlive(pid: number): Promise<boolean> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ESRCH")) return false;
    throw error;
  }
}
