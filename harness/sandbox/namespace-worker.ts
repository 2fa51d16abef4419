/** The sandboxes' process: starts namespaces, looks at what they take, ends those that take too much, and all of them with its parent. */
import { closeSync, openSync } from "node:fs";
import { messageOf } from "../errors.ts";
import { type KnownProcess, kill, knownProcess, waitForEnd } from "./alive.ts";
import { type LimitName, OUTPUT_FACTOR, type SandboxLimits } from "./limits.ts";
import type { ProcessResult } from "./process.ts";
import { spawnProcess } from "./spawn.ts";
import { processesOf, socketBytes } from "./tree.ts";
import { type Watch, watchProcesses } from "./watch.ts";

export interface NamespaceSpec {
  /**
   * Program and arguments; tells on descriptor 3 the namespace's first process, and how the command ended if it ever began;
   * reads the filter from descriptor 4.
   */
  readonly line: readonly string[];
  readonly timeoutMs: number;
  readonly limits: SandboxLimits;
  /** Path of the seccomp filter, or null. */
  readonly filter: string | null;
  /** Whom it runs as; null for the user of this process. */
  readonly owner: number | null;
}

export type Order =
  | { readonly kind: "run"; readonly id: number; readonly spec: NamespaceSpec }
  | { readonly kind: "end"; readonly id: number };

export interface NamespaceEnd {
  readonly result: ProcessResult;
  /** What its processes or its output were ended for. */
  readonly struck: LimitName | null;
  /** Whether bubblewrap told the end of the command itself: not when it could not be set up, or bubblewrap was killed. */
  readonly hasRun: boolean;
}

export type Told =
  | { readonly kind: "started"; readonly id: number; readonly first: KnownProcess }
  | ({ readonly kind: "ended"; readonly id: number } & NamespaceEnd)
  /** Of the sandbox itself. */
  | { readonly kind: "failed"; readonly id: number; readonly problem: string };

interface Running {
  first: KnownProcess | null;
  watch: Watch | null;
  struck: LimitName | null;
  hasRun: boolean;
  readonly stop: AbortController;
}

const running = new Map<number, Running>();

process.on("message", async (order: Order) => {
  switch (order.kind) {
    case "run":
      tell(await run(order.id, order.spec));
      return;
    case "end":
      end(running.get(order.id), null);
      return;
    default:
      return order satisfies never;
  }
});

process.on("disconnect", () => {
  for (const one of running.values()) end(one, null);
});

function tell(told: Told): void {
  if (process.connected) process.send?.(told);
}

async function run(id: number, spec: NamespaceSpec): Promise<Told> {
  const one: Running = { first: null, watch: null, struck: null, hasRun: false, stop: new AbortController() };
  running.set(id, one);
  try {
    await inTurn();
    const result = await start(id, one, spec);
    await one.watch?.stop();
    if (one.first !== null) await waitForEnd(one.first);
    return { kind: "ended", id, result, struck: one.struck, hasRun: one.hasRun };
  } catch (error) {
    end(one, null);
    return { kind: "failed", id, problem: messageOf(error) };
  } finally {
    // A watch that nobody stops looks for ever, and this process would never end.
    await one.watch?.stop().catch(() => {}); // what a look threw is told above
    running.delete(id);
  }
}

async function start(id: number, one: Running, { line, timeoutMs, limits, filter, owner }: NamespaceSpec) {
  // A file for each command, for it is read from where it was left.
  const file = filter === null ? null : openSync(filter, "r");
  try {
    return await spawnProcess(line, {
      timeoutMs,
      signal: one.stop.signal,
      maxBytes: limits.outputBytes,
      flood: { bytes: OUTPUT_FACTOR * limits.outputBytes, onFlood: () => end(one, "output") },
      onInfo: (text) => hear(id, one, { said: text, limits }),
      file,
      owner,
      // A process can undo what ties its life to bubblewrap's, but not survive the first process of its namespace.
      onEnd: () => end(one, null),
    });
  } finally {
    if (file !== null) closeSync(file);
  }
}

function hear(id: number, one: Running, { said, limits }: { said: string; limits: SandboxLimits }): void {
  one.hasRun = said.includes('"exit-code"');
  const found = one.first === null ? /"child-pid": ?(\d+)/.exec(said)?.[1] : undefined;
  const first = found === undefined ? null : knownProcess(Number(found));
  if (first === null) return;
  one.first = first;
  if (one.stop.signal.aborted) {
    kill(first); // it was ended before it was known
    return;
  }
  one.watch = watchProcesses(
    () => processesOf(first.pid),
    limits,
    (limit) => end(one, limit),
    () => socketBytes(first.pid),
  );
  tell({ kind: "started", id, first });
}

/** Whatever its command does, the first process takes all of the namespace with it. */
function end(one: Running | undefined, struck: LimitName | null): void {
  if (one === undefined) return;
  one.struck ??= struck;
  if (one.first !== null) kill(one.first);
  one.stop.abort();
}

let last: Promise<void> = Promise.resolve();

/** Starting a program holds up the process: between two of them, those who look have their turn. */
function inTurn(): Promise<void> {
  last = last.then(() => new Promise((resolve) => setImmediate(resolve)));
  return last;
}
