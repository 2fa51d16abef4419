/** Commands do not keep the harness from its work, however many they are: it goes first where both want a core. */
import { setPriority } from "node:os";
import { hasCode } from "../errors.ts";

/**
 * Half of what others get where cores are short, and no less: on a machine that others share, commands that waited for all
 * of them would meet their time limit.
 */
const NICE = 3;

/** To be called before the program starts others, which inherit it. */
export function yieldTo(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, NICE);
  } catch (error) {
    // It may have ended already, or be held to less; nothing depends on it but speed.
    if (!hasCode(error, "ERR_SYSTEM_ERROR")) throw error;
  }
}
