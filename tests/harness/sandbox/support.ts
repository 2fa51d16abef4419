/** What tests of sandboxes share. */
import { readdirSync, readFileSync } from "node:fs";
import type { OpenedSandboxes } from "../../../harness/sandbox/driver.ts";
import { DEFAULT_LIMITS, type SandboxLimits } from "../../../harness/sandbox/limits.ts";

export const MB = 1024 ** 2;
export const OPTIONS = { timeoutMs: 30_000, signal: new AbortController().signal };

/** Small enough that each can be struck at once. */
export const SMALL: SandboxLimits = {
  ...DEFAULT_LIMITS,
  memoryBytes: 256 * MB,
  processes: 64,
  fileBytes: 16 * MB,
  diskBytes: 48 * MB,
  outputBytes: 10_000,
};

/** One command in a sandbox of its own. */
export async function runIn(sandboxes: OpenedSandboxes, command: string, options: Partial<typeof OPTIONS> = {}) {
  await using sandbox = await sandboxes.open({ skill: null });
  return await sandbox.run(command, { ...OPTIONS, ...options }); // await: the sandbox lasts as long
}

/** The command lines of this machine's processes that hold a text; a process that has ended has none. */
export function linesOfProcesses(text: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      try {
        const line = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
        return line.includes(text) ? [line] : [];
      } catch {
        return []; // has ended meanwhile
      }
    });
}

/** A number of seconds to sleep that no other test sleeps: a mark to find the sleeper by. */
export function mark(): string {
  return `6${String(performance.timeOrigin + performance.now()).replace(".", "")}`;
}
