/** Writes of one moment in one transaction: of a tick, or of some milliseconds where many calls are under way. What a promise of here tells as done, a killed process has. */
import type { DatabaseSync } from "node:sqlite";
import { explain } from "./failure.ts";

export interface Batches {
  /** Runs with others in one transaction, in the order given. @throws SetupError when it could not be written: then none of them was */
  write<T>(action: () => T): Promise<T>;
  /** As `write`, for what nobody waits for: a failure is told by the next `write`. */
  later(action: () => unknown): void;
  /** Writes now what waits. */
  flush(): void;
}

interface Waiting {
  readonly isAwaited: boolean;
  readonly action: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export interface BatchOptions {
  /** Told when a transaction was undone: ids of rows that it made count no more. */
  readonly onRollback: () => void;
  readonly onCommit: () => void;
  /** Asked when a write begins to wait: true where it may wait for others, since many are to be expected. */
  readonly mayWait: () => boolean;
}

/** Little beside what a call takes; with a thousand under way, some ten writes come in that time. */
const GATHER_MS = 5;
/**
 * In one transaction, those that nobody waits for not counted: whoever waited goes on at once, and a thousand would hold up the
 * event loop for some tenths of a second.
 */
const MOST_AWAITED = 64;

export function openBatches(
  database: DatabaseSync,
  path: string,
  { onRollback, onCommit, mayWait }: BatchOptions,
): Batches {
  let waiting: Waiting[] = [];
  let scheduled: Disposable | null = null;
  let failure: { readonly error: unknown } | null = null;

  function enqueue<T>(action: () => T, isAwaited: boolean): Promise<T> {
    if (failure !== null) return Promise.reject(failure.error);
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    waiting.push({ action, isAwaited, resolve: (value) => resolve(value as T), reject });
    scheduled ??= mayWait() ? setTimeout(writeSome, GATHER_MS) : setImmediate(writeSome);
    return promise;
  }

  function writeSome(): void {
    scheduled?.[Symbol.dispose]();
    const size = sizeOf(waiting);
    const batch = waiting.slice(0, size);
    waiting = waiting.slice(size);
    scheduled = waiting.length > 0 ? setImmediate(writeSome) : null;
    if (batch.length === 0) return;
    const outcome = commit(batch);
    if ("error" in outcome) for (const { reject } of batch) reject(outcome.error);
    else batch.forEach(({ resolve }, index) => void resolve(outcome.values[index]));
  }

  function flush(): void {
    do writeSome();
    while (waiting.length > 0);
  }

  function commit(batch: readonly Waiting[]): { values: unknown[] } | { error: unknown } {
    try {
      database.exec("BEGIN IMMEDIATE");
      const values = batch.map(({ action }) => action());
      database.exec("COMMIT");
      onCommit();
      return { values };
    } catch (cause) {
      if (database.isOpen && database.isTransaction) database.exec("ROLLBACK");
      onRollback();
      return { error: explain(path, cause) };
    }
  }

  return {
    write: (action) => enqueue(action, true),
    later: (action) => {
      enqueue(action, false).catch((error: unknown) => {
        failure ??= { error };
      });
    },
    flush,
  };
}

/** How many are written together. */
function sizeOf(waiting: readonly Waiting[]): number {
  let awaited = 0;
  const rest = waiting.findIndex(({ isAwaited }) => isAwaited && ++awaited > MOST_AWAITED);
  return rest === -1 ? waiting.length : rest;
}
