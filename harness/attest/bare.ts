/** Proof that a sandbox without a skill is bare: looked for from inside, once for all trials, for they share one world. */
import { type Sandbox, SandboxError, type Sandboxes } from "../roles.ts";

/** Programs and libraries are the host's, and what is installed there may bring skills along. */
const BELOW = "\\( -path /proc -o -path /work -o -path /tmp \\) -prune -o -iname SKILL.md -print";
const CHILDREN = "-mindepth 1 -maxdepth 1 \\( -type d -o -iname SKILL.md \\) -print";
const LOOK_FOR_FOLDER = "ls -d /skill 2>/dev/null";
/** The last line of a look that was not cut off. */
const MARK = "looked to the end";
const TIMEOUT_MS = 120_000;
const MOST_NAMED = 5;

const looked = new WeakMap<Sandboxes, Promise<string[]>>();

/**
 * Paths of skills in sight of an agent that is given none; none, where all is well. Takes half a second of one core, two when
 * the disk is cold; the first trial does it in its own sandbox before its agent starts.
 * @throws SandboxError when the sandbox fails, or ends the look before its end
 */
export function skillsInBareWorld(sandboxes: Sandboxes, sandbox: Sandbox, signal: AbortSignal): Promise<string[]> {
  const known = looked.get(sandboxes);
  if (known !== undefined) return known;
  const found = look(sandboxes.identity, (command) => linesOf(sandbox, command, signal));
  looked.set(sandboxes, found);
  found.catch(() => looked.delete(sandboxes)); // whoever asked is told; the next one looks again
  return found;
}

/** The lines of a command that came to its end; null when its time, as the user limits it for agents, was too short. */
type Run = (command: string) => Promise<string[] | null>;

async function look(identity: string, run: Run): Promise<string[]> {
  const folder = (await run(`${LOOK_FOR_FOLDER}; echo '${MARK}'`)) ?? tooShort();
  // Without a sandbox, all of the host is in sight: looking through it would take long and prove nothing.
  const files = identity.startsWith("none/") ? [] : await skillsBelow("/", run);
  return [...folder, ...files].slice(0, MOST_NAMED);
}

/** Where the time of a command is too short for all of a folder, folders in it are looked through one by one. */
async function skillsBelow(folder: string, run: Run): Promise<string[]> {
  const whole = await run(find(folder, BELOW));
  if (whole !== null) return whole;
  const found: string[] = [];
  for (const path of (await run(find(folder, CHILDREN))) ?? tooShort())
    found.push(...(isSkill(path) ? [path] : await skillsBelow(path, run)));
  return found;
}

/** Marked when the folder was there and the program came to its end: with 1 where it was barred from something, as an agent is. */
function find(folder: string, tests: string): string {
  const quoted = `'${folder.replaceAll("'", "'\\''")}'`;
  return `[ -d ${quoted} ] && { find ${quoted} ${tests} 2>/dev/null; [ $? -le 1 ]; } && echo '${MARK}'`;
}

function isSkill(path: string): boolean {
  return /\/SKILL\.md$/i.test(path);
}

async function linesOf(sandbox: Sandbox, command: string, signal: AbortSignal): Promise<string[] | null> {
  const { output, exitCode, timedOut, killed } = await sandbox.run(command, { timeoutMs: TIMEOUT_MS, signal });
  if (timedOut && killed !== undefined) return null;
  const lines = output.split("\n").filter((line) => line !== "");
  if (!timedOut && killed === undefined && lines.at(-1) === MARK) return lines.slice(0, -1);
  const end = timedOut ? `${TIMEOUT_MS / 1000} s were not enough` : (killed ?? `exit code ${exitCode}`);
  throw new SandboxError(`looking for skills in a bare sandbox did not come to its end: ${end}`);
}

function tooShort(): never {
  throw new SandboxError(
    "a bare sandbox cannot be looked through for skills: give a command more time with --sandbox-limits command=10s",
  );
}
