/** A program of ours that opens a file which an agent made: in a namespace of its own, with one folder and nothing else. */
import { rmSync } from "node:fs";
import { chmod, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { SetupError } from "../../harness/errors.ts";
import { diskMeter } from "../../harness/sandbox/disk.ts";
import { asSandboxError } from "../../harness/sandbox/fault.ts";
import { findBubblewrap, openHost } from "../../harness/sandbox/host.ts";
import { DEFAULT_LIMITS, type SandboxLimits } from "../../harness/sandbox/limits.ts";
import { type Host, runInNamespace } from "../../harness/sandbox/namespace.ts";
import { giveTo } from "../../harness/sandbox/owner.ts";
import type { ProcessResult } from "../../harness/sandbox/process.ts";
import { removeTree } from "../../harness/sandbox/remove-tree.ts";

let shared: Promise<Host> | null = null;
/** A file takes a minute at most, and its process dies with ours. */
const NEVER = new AbortController().signal;
/** Bytes; a workbook may unfold to much more than it is. */
const LIMITS: SandboxLimits = { ...DEFAULT_LIMITS, memoryBytes: 3 * 1024 ** 3 };

/**
 * Runs a bash command as an agent's commands are run: no network, an empty root that cannot be written, no environment,
 * the same limits on memory, processes and disk. When this returns, whatever it started is dead and its folder gone.
 * @param use lays out the folder that the command sees as `/work`, runs it, and takes what it needs from there
 * @throws SetupError without bubblewrap, with the cure; SandboxError when the sandbox itself fails
 */
export async function isolated<Result>(use: (world: IsolatedWorld) => Promise<Result>): Promise<Result> {
  if (findBubblewrap() === undefined) missing();
  shared ??= openShared().catch((error: unknown) => {
    shared = null; // what was amiss may be mended meanwhile
    throw error;
  });
  const host = await shared;
  const directory = await mkdtemp(join(host.root, "work-")).catch(asSandboxError);
  const mounts = [{ from: directory, to: "/work", writable: true }];
  const disk = diskMeter([directory], LIMITS.diskBytes);
  const run = async (command: string, timeoutMs: number) => {
    if (host.owner !== null) await giveTo(host.owner, directory);
    await chmod(directory, 0o700); // a command before may have barred it
    return runInNamespace(host, mounts, command, { timeoutMs, signal: NEVER, disk });
  };
  try {
    return await use({ directory, run }).catch(asSandboxError);
  } finally {
    await removeTree(directory);
  }
}

export interface IsolatedWorld {
  /** On the host; `/work` inside. */
  readonly directory: string;
  readonly run: (command: string, timeoutMs: number) => Promise<ProcessResult>;
}

/** Making the `/etc` that all share takes longer than many a file, and a benchmark has no end at which to delete it. */
async function openShared(): Promise<Host> {
  const { host } = await openHost(LIMITS);
  // Its empty control group goes with the next start.
  process.once("exit", () => rmSync(host.root, { recursive: true, force: true }));
  return host;
}

function missing(): never {
  throw new SetupError(
    "bubblewrap is not installed, so workbooks that agents made cannot be opened safely. Install it: apt-get install bubblewrap",
  );
}
