/** Proof that a sandbox without a skill is bare: looked for from inside, once for all trials, for they share one world. */
import { type Sandbox, SandboxError, type Sandboxes } from "../roles.ts";

/** Programs and libraries are the host's, and what is installed there may bring skills along. */
const LOOK =
  "ls -d /skill 2>/dev/null; find / \\( -path /proc -o -path /work -o -path /tmp \\) -prune -o -iname SKILL.md -print 2>/dev/null; true";
/** There, all of the host is in sight: looking through it would take long and prove nothing. */
const LOOK_UNISOLATED = "ls -d /skill 2>/dev/null; true";
const TIMEOUT_MS = 120_000;
const MOST_NAMED = 5;

const looked = new WeakMap<Sandboxes, Promise<string[]>>();

/**
 * Paths of skills in sight of an agent that is given none; none, where all is well. Takes half a second of one core, two when
 * the disk is cold; the first trial does it in its own sandbox before its agent starts.
 * @throws SandboxError when the sandbox fails
 */
export function skillsInBareWorld(sandboxes: Sandboxes, sandbox: Sandbox, signal: AbortSignal): Promise<string[]> {
  const known = looked.get(sandboxes);
  if (known !== undefined) return known;
  const found = look(sandboxes.identity, sandbox, signal);
  looked.set(sandboxes, found);
  found.catch(() => looked.delete(sandboxes)); // whoever asked is told; the next one looks again
  return found;
}

async function look(identity: string, sandbox: Sandbox, signal: AbortSignal): Promise<string[]> {
  const command = identity.startsWith("none/") ? LOOK_UNISOLATED : LOOK;
  const { output, timedOut } = await sandbox.run(command, { timeoutMs: TIMEOUT_MS, signal });
  if (timedOut) throw new SandboxError(`looking for skills in a bare sandbox took more than ${TIMEOUT_MS / 1000} s`);
  return output
    .split("\n")
    .filter((line) => line !== "")
    .slice(0, MOST_NAMED);
}
