/**
 * The sandboxes' process, one for all of this process. To start a program Linux copies the page tables of the one that asks for
 * it: measured, 1 ms of processor time from 50 MB, 9 to 12 ms from 150 to 300 MB, in which nothing else can be done there.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf } from "../errors.ts";
import { SandboxError } from "../roles.ts";
import { endAll, type KnownProcess } from "./alive.ts";
import type { NamespaceEnd, NamespaceSpec, Order, Told } from "./namespace-worker.ts";
import { straysWith } from "./strays.ts";

interface Waiting extends PromiseWithResolvers<NamespaceEnd> {
  readonly onFirst: (first: KnownProcess) => void;
}

/** The compiled file beside a compiled one. */
const PROGRAM = fileURLToPath(new URL(`./namespace-worker${extname(import.meta.url)}`, import.meta.url));
/**
 * Whatever started this process may have left files and folders open in it: programs inherit them, from Node and through
 * bubblewrap, and a folder leads out of any sandbox. All but the first three and the one to speak to us (3) are closed.
 */
const WITH_NOTHING_OPEN = `for open in /proc/self/fd/*; do n=\${open##*/}; (( n > 3 )) && eval "exec $n>&-"; done; exec "$@"`;

interface Starter {
  readonly child: ChildProcess;
  /** Its own alone: the late news of one that has ended are no end of what another has begun. */
  readonly waiting: Map<number, Waiting>;
}

let starter: Starter | null = null;
let count = 0;

/**
 * Runs a namespace to its end; an abort ends it.
 * @param onFirst told the first process of the namespace
 * @throws SandboxError when the process that starts it ends before, or what was killed does not end
 */
export async function runByStarter(
  spec: NamespaceSpec,
  signal: AbortSignal,
  onFirst: Waiting["onFirst"],
): Promise<NamespaceEnd> {
  starter ??= openStarter();
  const { child, waiting } = starter;
  const id = count++;
  const end = { ...Promise.withResolvers<NamespaceEnd>(), onFirst };
  waiting.set(id, end);
  hold(child, true);
  const post = (order: Order) => child.connected && child.send(order);
  post({ kind: "run", id, spec });
  const stop = () => post({ kind: "end", id });
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop);
  try {
    return await end.promise;
  } finally {
    signal.removeEventListener("abort", stop);
    waiting.delete(id);
    if (waiting.size === 0) hold(child, false);
  }
}

/** It ends with this process, however this one ends, and ends all that it started before. */
function openStarter(): Starter {
  // In a session of its own, so that Ctrl-C reaches it through us alone: commands end when their trials are cancelled.
  const own = randomUUID();
  const child = spawn("/bin/bash", ["-c", WITH_NOTHING_OPEN, "bash", process.execPath, PROGRAM, own], {
    env: {},
    detached: true,
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const waiting: Starter["waiting"] = new Map();
  const fail = async (problem: string) => {
    if (starter?.child === child) starter = null; // another is started for the next command
    // What it had begun to start has its arguments still, until it has got its program.
    const error = await endAll(() => straysWith({ args: [PROGRAM, own] })).then(
      () => new SandboxError(`sandboxes failed: ${problem}`),
      (cause: unknown) => cause,
    );
    for (const { reject } of waiting.values()) reject(error);
  };
  child.on("message", (message) => hear(waiting, message));
  child.on("error", (error) => void fail(messageOf(error)));
  child.once("exit", (code, signal) => void fail(`the process that starts commands has ended (${signal ?? code})`));
  return { child, waiting };
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

function hear(waiting: Starter["waiting"], message: unknown): void {
  const told = message as Told; // by our own program
  const end = waiting.get(told.id);
  switch (told.kind) {
    case "started":
      end?.onFirst(told.first);
      return;
    case "ended":
      end?.resolve(told);
      return;
    case "failed":
      end?.reject(new SandboxError(told.problem));
      return;
    default:
      told satisfies never;
  }
}
