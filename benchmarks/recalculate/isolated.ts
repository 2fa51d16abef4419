/** A program of ours that opens a file which an agent made: in a namespace of its own, with one folder and nothing else. */
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { SetupError } from "../../harness/errors.ts";
import { findBubblewrap } from "../../harness/sandbox/bubblewrap.ts";
import { makeEtc } from "../../harness/sandbox/etc.ts";
import { DEFAULT_LIMITS, type SandboxLimits } from "../../harness/sandbox/limits.ts";
import { runInNamespace } from "../../harness/sandbox/namespace.ts";
import type { ProcessResult } from "../../harness/sandbox/process.ts";
import { removeTree } from "../../harness/sandbox/remove-tree.ts";
import { openRoot } from "../../harness/sandbox/root.ts";

let shared: Promise<string> | null = null;
/** A file takes a minute at most, and its process dies with ours. */
const NEVER = new AbortController().signal;
/** Bytes; a workbook may unfold to much more than it is. */
const LIMITS: SandboxLimits = { ...DEFAULT_LIMITS, memoryBytes: 3 * 1024 ** 3 };

/**
 * Runs a bash command as an agent's commands are run: no network, an empty root that cannot be written, no environment,
 * limits on memory, processes and files. When this returns, whatever it started is dead and its folder gone.
 * @param use lays out the folder that the command sees as `/work`, runs it, and takes what it needs from there
 * @throws SetupError without bubblewrap, with the cure
 */
export async function isolated<Result>(use: (world: IsolatedWorld) => Promise<Result>): Promise<Result> {
  const bwrap = findBubblewrap() ?? missing();
  shared ??= openShared().catch((error: unknown) => {
    shared = null; // what was amiss may be mended meanwhile
    throw error;
  });
  const root = await shared;
  const directory = await mkdtemp(join(root, "work-"));
  const mounts = [{ from: directory, to: "/work", writable: true }];
  const run = (command: string, timeoutMs: number) =>
    runInNamespace({ bwrap, root, limits: LIMITS }, mounts, command, { timeoutMs, signal: NEVER });
  try {
    return await use({ directory, run });
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
async function openShared(): Promise<string> {
  const { directory } = await openRoot();
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
  await makeEtc(directory);
  return directory;
}

function missing(): never {
  throw new SetupError(
    "bubblewrap is not installed, so workbooks that agents made cannot be opened safely. Install it: apt-get install bubblewrap",
  );
}
