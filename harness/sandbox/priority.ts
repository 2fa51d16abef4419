/** Commands do not keep the harness from its work, however many they are: it goes first where both want a core. */
import { writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import { hasCode } from "../errors.ts";

/**
 * Half of what others get where cores are short, and no less: on a machine that others share, commands that waited for all
 * of them would meet their time limit.
 */
const NICE = 3;
/** Bubblewrap has begun the command's session by then. */
const SESSION_AFTER_MS = 15;
const SYSTEM_ERRORS = ["ERR_SYSTEM_ERROR", "ENOENT", "ESRCH", "EACCES", "EPERM", "EAGAIN", "EINVAL"];

/** To be called before the program starts others, which inherit it. */
export function yieldTo(pid: number | undefined): void {
  if (pid !== undefined) tryTo(() => setPriority(pid, NICE));
}

/** Where the kernel shares cores among sessions, what their processes are worth counts within each of them only. */
export function yieldSession(first: number): void {
  setTimeout(() => tryTo(() => writeFileSync(`/proc/${first}/autogroup`, String(NICE))), SESSION_AFTER_MS).unref();
}

/** It may have ended already, or be held to less; nothing depends on it but speed. */
function tryTo(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!SYSTEM_ERRORS.some((code) => hasCode(error, code))) throw error;
  }
}
