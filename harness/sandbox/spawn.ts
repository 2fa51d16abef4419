/**
 * Starts one program for one command, and collects what it says. Does less than `process.ts`, at half of its cost (the
 * sandbox bench): what the program started is ended with its namespace, by the caller.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { Readable } from "node:stream";
import { hasCode } from "../errors.ts";
import { capped } from "./capped.ts";
import { yieldTo } from "./priority.ts";
import type { ProcessOptions, ProcessResult } from "./process.ts";

export type SpawnOptions = Required<Pick<ProcessOptions, "timeoutMs" | "signal" | "maxBytes" | "flood" | "onEnd">> & {
  /** File descriptor 3 of the program: told what has been written there so far. */
  readonly onInfo: (text: string) => void;
  /** An open file that the program has as file descriptor 4. */
  readonly file: number | null;
  /** Whom the program runs as; null for the user of this process. */
  readonly owner: number | null;
};

/**
 * Runs a program to its end, its time limit or an abort, when it is killed. Never throws for what it does.
 * @throws what the system says when the program cannot be started
 */
export async function spawnProcess(
  [file = "", ...args]: readonly string[],
  options: SpawnOptions,
): Promise<ProcessResult> {
  const started = performance.now();
  const child = spawn(file, args, {
    stdio: ["ignore", "pipe", "pipe", "pipe", options.file ?? "ignore"],
    env: {},
    detached: true, // a process group of its own
    ...(options.owner === null ? {} : { uid: options.owner, gid: options.owner }),
  });
  yieldTo(child.pid);
  let timedOut = false;
  const kill = () => killGroup(child);
  const timer = setTimeout(() => {
    timedOut = true;
    kill();
  }, options.timeoutMs);
  options.signal.addEventListener("abort", kill);
  if (options.signal.aborted) kill();
  child.once("exit", options.onEnd);
  readInfo(child.stdio[3], options.onInfo);
  const { take, kept } = capped(options);
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", take);
  try {
    const { exitCode, failure } = await endOf(child);
    return { ...kept(), exitCode, timedOut, failure, durationMs: performance.now() - started };
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener("abort", kill);
  }
}

/**
 * With the program, what it has just started ends: bubblewrap's first process is in its group until it has tied its life to
 * bubblewrap's, and would wait for its word for ever.
 */
function killGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if (!hasCode(error, "ESRCH")) throw error;
  }
}

/** When all that had its output has closed it, too. */
function endOf(child: ChildProcess): Promise<Pick<ProcessResult, "exitCode" | "failure">> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode, signal) =>
      resolve({ exitCode, failure: signal === null ? null : `was ended by ${signal}` }),
    );
  });
}

function readInfo(stream: unknown, onInfo: SpawnOptions["onInfo"]): void {
  if (!(stream instanceof Readable)) return;
  let text = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    text += chunk;
    onInfo(text);
  });
}
