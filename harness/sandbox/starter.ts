/**
 * Commands started from a small process of its own. To start a program Linux copies the page tables of the process that asks
 * for it: measured, 1 ms of processor time from 50 MB, 9 to 12 ms from 150 to 300 MB, in which nothing else can be done there.
 */
import { type ChildProcess, fork } from "node:child_process";
import { extname } from "node:path";
import { SandboxError } from "../roles.ts";
import type { Mount } from "./frame.ts";
import type { Host, RunOptions } from "./namespace.ts";
import type { ProcessResult } from "./process.ts";

/** One command, as `runInNamespace` takes it. */
export interface Start {
  readonly host: Host;
  readonly mounts: readonly Mount[];
  readonly command: string;
  readonly timeoutMs: number;
}

export type ToStarter = { readonly id: number; readonly start: Start } | { readonly id: number; readonly cancel: true };

export type FromStarter =
  | { readonly id: number; readonly result: ProcessResult }
  | { readonly id: number; readonly problem: string }
  | { readonly ready: true };

export interface Starter extends AsyncDisposable {
  /** False until it has come up, and after it ended: commands are then started from here. */
  isReady(): boolean;
  /**
   * Runs a command to its end; aborting kills all of it, and then what was left of it is returned.
   * @throws SandboxError when the process ends before
   */
  run(start: Start, signal: RunOptions["signal"]): Promise<ProcessResult>;
}

interface Waiting {
  readonly resolve: (result: ProcessResult) => void;
  readonly reject: (error: Error) => void;
}

/** The compiled file beside a compiled one. */
const PROGRAM = new URL(`starter-process${extname(new URL(import.meta.url).pathname)}`, import.meta.url);

/** Starts the process; it ends with this one, however this one ends, and kills what it started before. */
export function openStarter(): Starter {
  const waiting = new Map<number, Waiting>();
  let last = 0;
  let ready = false;
  // In a session of its own, so that Ctrl-C reaches it through us alone: commands end when their trials are cancelled.
  const child = fork(PROGRAM, [], {
    execArgv: [],
    env: {},
    detached: true,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  hold(child, false);

  child.on("message", (message: FromStarter) => {
    if ("ready" in message) {
      ready = true;
      return;
    }
    const asker = waiting.get(message.id);
    forget(message.id);
    if ("result" in message) asker?.resolve(message.result);
    else asker?.reject(new Error(`a command could not be run: ${message.problem}`));
  });
  // It could not be started, or could not be told something: it is done without, or its end tells whom it concerns.
  child.on("error", () => {
    if (child.pid === undefined) end();
  });
  child.once("exit", (code, signal) => {
    ready = false;
    end();
    for (const { reject } of waiting.values()) {
      reject(new SandboxError(`the process that starts commands has ended (${signal ?? code})`));
    }
    waiting.clear();
  });

  return {
    isReady: () => ready && child.connected,
    run(start, signal) {
      last += 1;
      const id = last;
      const { promise, resolve, reject } = Promise.withResolvers<ProcessResult>();
      waiting.set(id, { resolve, reject });
      hold(child, true);
      const cancel = () => send({ id, cancel: true });
      send({ id, start });
      signal.addEventListener("abort", cancel, { once: true });
      if (signal.aborted) cancel();
      return promise.finally(() => signal.removeEventListener("abort", cancel));
    },
    async [Symbol.asyncDispose]() {
      child.ref(); // its end is waited for
      if (child.connected) child.disconnect();
      await ended;
    },
  };

  function send(message: ToStarter): void {
    if (child.connected) child.send(message);
  }

  function forget(id: number): void {
    waiting.delete(id);
    if (waiting.size === 0) hold(child, false);
  }
}

/** Whether it keeps this process from ending. */
function hold(child: ChildProcess, held: boolean): void {
  if (held) {
    child.ref();
    child.channel?.ref();
  } else {
    child.unref();
    child.channel?.unref();
  }
}
