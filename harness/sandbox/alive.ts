/** Whether processes live, and the certainty that one does no more. */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { hasCode } from "../errors.ts";
import { SandboxError } from "../roles.ts";

/** True for a process of whoever's, also one that has ended but not been asked for its exit code. */
export function isProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, "ESRCH"); // EPERM: alive, and somebody else's
  }
}

/** A process by its number and its start, for another may have the number later. */
export interface KnownProcess {
  readonly pid: number;
  /** In ticks since the machine started. */
  readonly start: string;
}

/** Null for a process that has ended; a zombie is dead, though nobody may have asked for its exit code. */
export function knownProcess(pid: number): KnownProcess | null {
  const fields = statOf(pid);
  return fields === null ? null : { pid, start: fields[19] ?? "" };
}

/** What `/proc/PID/stat` tells of a process that lives, from its state on: field 3 of proc(5) comes first. Null for a dead one. */
export function statOf(pid: number): readonly string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return /^[ZX]/.test(fields[0] ?? "X") ? null : fields;
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ESRCH")) return null;
    throw error;
  }
}

export function isAlive({ pid, start }: KnownProcess): boolean {
  return knownProcess(pid)?.start === start;
}

/** Kills a process unless it has ended by itself, as it mostly has. */
export function kill(known: KnownProcess): void {
  if (!isAlive(known)) return;
  try {
    process.kill(known.pid, "SIGKILL");
  } catch (error) {
    if (!hasCode(error, "ESRCH")) throw error;
  }
}

/**
 * Kills processes, and those that they have started meanwhile, until there is none left.
 * @throws SandboxError when they do not end, or start others faster than they are killed
 */
export async function endAll(find: () => readonly KnownProcess[] | Promise<readonly KnownProcess[]>): Promise<void> {
  const deadline = performance.now() + LONGEST_END_MS;
  for (let left = await find(); left.length > 0; left = await find()) {
    for (const one of left) kill(one);
    if (performance.now() > deadline) throw doNotEnd();
    await Promise.all(left.map(waitForEnd));
  }
}

const LOOK_EVERY_MS = 2;
const LONGEST_END_MS = 10_000;

/**
 * Waits until a killed process has ended, by looking. The kernel ends the first process of a namespace only after all
 * others in it, so that none of them is left when this returns.
 * @throws SandboxError when it does not end: it hangs in the kernel, and its folder cannot be trusted
 */
export async function waitForEnd(known: KnownProcess): Promise<void> {
  const deadline = performance.now() + LONGEST_END_MS;
  while (isAlive(known)) {
    if (performance.now() > deadline) throw doNotEnd();
    await sleep(LOOK_EVERY_MS);
  }
}

function doNotEnd(): SandboxError {
  return new SandboxError(`processes of a command did not end within ${LONGEST_END_MS / 1000} s of being killed`);
}
