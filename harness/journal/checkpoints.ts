/**
 * Carries what was committed over from the write-ahead log into the journal's file, in a thread of its own: whoever does it waits
 * for the disk, a tenth of a second at a time on a usual one, and on the thread of the calls none of them would go on meanwhile.
 * When an answer counts as stored does not change: that is when it stands in the log.
 */
import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { isMainThread, Worker, workerData } from "node:worker_threads";

export interface Checkpoints {
  /** Called after each commit. */
  committed(): void;
  /** Ends the thread, so that closing the database carries over what is left, as it does for whoever has it open last. */
  end(): void;
}

/** A log shorter than this is left to whoever closes the journal, and no thread is started for it. */
const LEAST_BYTES = 8 * 1024 ** 2;
/** Commits between two looks at its length. */
const LOOK_EVERY = 32;
/** Wait of the thread between two times. */
const EVERY_MS = 2_000;
/** In pages. While the thread is at work the writer does it only where the thread does not keep up: four times what it is alone. */
const BESIDE_THREAD = 16_000;
const ALONE = 4_000;
/** As long as a writer waits for another process. */
const LONGEST_MS = 30_000;

/** Cells of what both threads see. */
const PHASE = 0;
const STOP = 1;
const [STARTING, OPEN, ENDED] = [0, 1, 2];

/** What the thread is started with; no other thread has that name in its data. */
interface Given {
  readonly checkpointsOf: string;
  readonly cells: Int32Array<SharedArrayBuffer>;
}

/** @param isBusy asked before the thread is started: it takes 20 to 40 MB, which few calls at once are not worth */
export function openCheckpoints(database: DatabaseSync, path: string, isBusy: () => boolean): Checkpoints {
  const cells = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  let commits = 0;
  let isStarted = false;
  const start = () => {
    isStarted = true;
    const given: Given = { checkpointsOf: path, cells };
    const thread = new Worker(new URL(import.meta.url), { workerData: given });
    thread.unref();
    // What it cannot do, such as write to a full disk, the writer does and tells.
    thread.on("error", () => database.isOpen && setAutomatic(database, ALONE));
    setAutomatic(database, BESIDE_THREAD);
  };
  return {
    committed() {
      commits += 1;
      if (!isStarted && commits % LOOK_EVERY === 0 && isBusy() && lengthOfLog(path) >= LEAST_BYTES) start();
    },
    end() {
      Atomics.store(cells, STOP, 1);
      Atomics.notify(cells, STOP);
      if (Atomics.compareExchange(cells, PHASE, STARTING, ENDED) === OPEN) Atomics.wait(cells, PHASE, OPEN, LONGEST_MS);
    },
  };
}

function setAutomatic(database: DatabaseSync, pages: number): void {
  database.exec(`PRAGMA wal_autocheckpoint = ${pages}`);
}

function lengthOfLog(path: string): number {
  return statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}

/** The thread. `PASSIVE`: writers go on meanwhile, and what they write then waits for the next time. */
function carryOver({ checkpointsOf, cells }: Given): void {
  if (Atomics.compareExchange(cells, PHASE, STARTING, OPEN) !== STARTING) return; // ended before it began
  try {
    using database = new DatabaseSync(checkpointsOf, { timeout: LONGEST_MS });
    database.exec("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0");
    while (Atomics.wait(cells, STOP, 0, EVERY_MS) === "timed-out") database.exec("PRAGMA wal_checkpoint(PASSIVE)");
  } finally {
    Atomics.store(cells, PHASE, ENDED);
    Atomics.notify(cells, PHASE);
  }
}

if (!isMainThread && isGiven(workerData)) carryOver(workerData);

function isGiven(value: unknown): value is Given {
  return typeof value === "object" && value !== null && "checkpointsOf" in value;
}
