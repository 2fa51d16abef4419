/** Which process has the journal open, and whether one that began a call is still there to end it. */
import { readFileSync, readlinkSync } from "node:fs";
import { hasCode } from "../errors.ts";

/** A process as the others can tell it from any later one with its number. */
export interface Holder {
  readonly pid: number;
  /** When it was started, as the kernel counts; null where that cannot be told. */
  readonly started: string | null;
  /** Boot and namespace in which the number means anything; null where that cannot be told. */
  readonly space: string | null;
}

/** How often a holder shows that it is there, and how long after the last time one counts as gone that cannot be looked at. */
export const BEAT_MS = 5_000;
const LEASE_MS = 60_000;

export function thisProcess(): Holder {
  return { pid: process.pid, started: startOf(process.pid), space: spaceOf() };
}

/** @param beat when it was last heard of, in ms since 1970 */
export function isThere(holder: Holder, beat: number, now: number): boolean {
  if (holder.space === null || holder.space !== spaceOf()) return now - beat < LEASE_MS;
  return isAlive(holder.pid) && startOf(holder.pid) === holder.started;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, "EPERM");
  }
}

/** Field 22 of its `stat`; the name before it may hold spaces and brackets. A process that ended and was not fetched counts as gone. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? null : (fields[19] ?? null);
  } catch {
    return null; // another system, or gone
  }
}

function spaceOf(): string | null {
  try {
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return process.platform === "linux" ? null : "this machine";
  }
}
