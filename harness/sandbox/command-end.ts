/** How a command in a sandbox ended, and the limit that it was ended for. */
import type { Sandbox } from "../roles.ts";
import type { DiskMeter } from "./disk.ts";
import type { LimitName, SandboxLimits } from "./limits.ts";
import type { ProcessResult } from "./process.ts";

export type RunOptions = Parameters<Sandbox["run"]>[1];

export interface CommandEnd extends ProcessResult {
  /** With it there is no exit code. */
  readonly struck: LimitName | null;
}

export interface Held {
  /** What the caller gave the command. */
  readonly timeoutMs: number;
  readonly limits: SandboxLimits;
  readonly disk: DiskMeter;
}

/** Node's timers take no more milliseconds, and end at once for more; it is 24 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The time that a command has: the caller's, or that of the sandbox where it is shorter. */
export function timeOf({ timeoutMs, limits }: Pick<Held, "timeoutMs" | "limits">): number {
  return Math.min(timeoutMs, limits.commandMs ?? timeoutMs, LONGEST_TIMER_MS);
}

/** @param struck what a watcher or the kernel ended it for; what a command broke that was over before it was looked at is found here */
export async function commandEnd(result: ProcessResult, struck: LimitName | null, held: Held): Promise<CommandEnd> {
  const found = struck ?? ((await held.disk.isOverAtEnd()) ? "disk" : null) ?? ownLimit(result, held);
  return { ...result, struck: found, ...(found === null ? {} : { exitCode: null }) };
}

/** How shells and bubblewrap tell that a program was ended for writing too large a file (SIGXFSZ). */
const FILE_TOO_LARGE = 128 + 25;

function ownLimit({ exitCode, timedOut }: ProcessResult, { timeoutMs, limits }: Held): LimitName | null {
  if (exitCode === FILE_TOO_LARGE) return "file";
  return timedOut && limits.commandMs !== null && limits.commandMs < timeoutMs ? "command" : null;
}
