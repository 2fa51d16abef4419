/**
 * Compares workbooks on a thread of their own: a file that hangs the reader, or takes all memory, ends that thread and not the
 * run. One thread serves all, one pair after the other; it is started when first needed, and does not keep the process alive.
 */
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { messageOf } from "../../harness/errors.ts";
import type { Rules } from "./answer-position.ts";
import { type Comparison, failed, goldenUnreadable } from "./compare-workbooks.ts";
import type { Pair, Progress } from "./scoring-worker.ts";

export interface ScorerLimits {
  /** For reading the golden, and again for reading and comparing the output. The limits of reading end it long before. */
  readonly deadlineMs: number;
  /** For the values of both workbooks and the text of their parts. */
  readonly heapMb: number;
}

type Scorer = (golden: string, output: string, answerPosition: string, rules: Rules) => Promise<Comparison>;

const LIMITS: ScorerLimits = { deadlineMs: 10_000, heapMb: 256 };
/** A thread takes a tenth of a second to start, and much longer where all cores are taken. */
const START_MS = 60_000;
const YOUNG_HEAP_MB = 16;
/** Sources, and compiled files in the packed tool: the build rewrites imports, but no URLs. */
const WORKER = new URL(`./scoring-worker${extname(import.meta.url)}`, import.meta.url);

/**
 * Compares two .xlsx files as `compareWorkbooks` does; never rejects.
 * An output that cannot be read within the limits fails; a golden that cannot is told apart.
 */
export const scoreWorkbooks: Scorer = workbookScorer(LIMITS);

/** A scorer with a thread of its own. */
export function workbookScorer(limits: ScorerLimits): Scorer {
  let worker: Worker | null = null;
  let last: Promise<unknown> = Promise.resolve();

  /** The thread, or a fresh one where it has ended. */
  function ready(): Worker {
    if (worker !== null) return worker;
    const started = startWorker(limits);
    started.once("exit", () => {
      if (worker === started) worker = null;
    });
    worker = started;
    return started;
  }

  async function score(pair: Pair): Promise<Comparison> {
    try {
      const running = ready();
      const answer = await ask(running, pair, limits);
      if (answer.kind === "done") return answer.comparison;
      await running.terminate();
      return answer.reading === "output"
        ? failed(`Error loading workbook: ${answer.problem}`)
        : unscorable(pair, answer);
    } catch (error) {
      return unscorable(pair, { reading: null, problem: messageOf(error) });
    }
  }

  return (golden, output, answerPosition, rules) => {
    const comparison = last.then(() => score({ golden, output, answerPosition, rules }));
    last = comparison;
    return comparison;
  };
}

interface Broken {
  readonly kind: "broken";
  /** The file that was being read; null before the thread has started. */
  readonly reading: "golden" | "output" | null;
  readonly problem: string;
}

function unscorable({ golden }: Pair, { reading, problem }: Omit<Broken, "kind">): Comparison {
  return goldenUnreadable(reading === null ? `the scoring thread does not start: ${problem}` : `${golden}: ${problem}`);
}

/** Without the caller's flags and environment: it needs neither. */
function startWorker({ heapMb }: ScorerLimits): Worker {
  const worker = new Worker(WORKER, {
    execArgv: [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: YOUNG_HEAP_MB },
  });
  // An error that no one hears would end the process; `exit` follows it.
  return worker.on("error", () => {});
}

/** Hands a pair to the thread and waits until it is done, dies, or is overdue. */
function ask(worker: Worker, pair: Pair, limits: ScorerLimits): Promise<Broken | Extract<Progress, { kind: "done" }>> {
  const { promise, resolve } = Promise.withResolvers<Broken | Extract<Progress, { kind: "done" }>>();
  const within = `could not be read within ${limits.deadlineMs / 1000} s and ${limits.heapMb} MB`;
  let reading: Broken["reading"] = null;
  const end = (problem: string) => resolve({ kind: "broken", reading, problem });
  const overdue = () => {
    const due = timer;
    // What the thread has said by now is heard first: this thread may have been the busy one.
    setImmediate(() => due === timer && end(reading === null ? "it takes too long" : within));
  };
  let timer = setTimeout(overdue, START_MS);

  const hear = (progress: Progress) => {
    clearTimeout(timer);
    if (progress.kind === "done") return resolve(progress);
    reading = progress.file;
    timer = setTimeout(overdue, limits.deadlineMs);
  };
  const die = (error: unknown) => end(isOutOfMemory(error) ? within : `could not be read: ${messageOf(error)}`);
  const exit = () => end("could not be read: the scoring thread ended");
  worker.on("message", hear).once("error", die).once("exit", exit);
  worker.ref();
  worker.postMessage(pair);

  return promise.finally(() => {
    clearTimeout(timer);
    worker.off("message", hear).off("error", die).off("exit", exit);
    worker.unref();
  });
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}
