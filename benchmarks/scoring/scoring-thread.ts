/**
 * A thread of its own for reading workbooks: a file that hangs the reader, or takes all memory, ends that thread and not the
 * run. It serves one request after the other, is started when first needed, and does not keep the process alive.
 */
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { messageOf } from "../../harness/errors.ts";
import type { Answer, Progress, Request } from "./scoring-worker.ts";

export interface ThreadLimits {
  /** For reading the golden, and again for reading and comparing the output. The limits of reading end it long before. */
  readonly deadlineMs: number;
  /** For the values of both workbooks and the text of their parts. */
  readonly heapMb: number;
}

/** The request was not answered: the file at hand is to blame, or the thread itself did not start. */
export interface Broken {
  readonly kind: "broken";
  /** The file that was being read; null before the thread has started. */
  readonly reading: "golden" | "output" | null;
  readonly problem: string;
}

/** Never rejects. */
export type Thread = (request: Request) => Promise<Answer | Broken>;

const LIMITS: ThreadLimits = { deadlineMs: 8000, heapMb: 160 };
/** A thread takes a tenth of a second to start, and much longer where all cores are taken. */
const START_MS = 60_000;
const YOUNG_HEAP_MB = 8;
/** Sources, and compiled files in the packed tool: the build rewrites imports, but no URLs. */
const WORKER = new URL(`./scoring-worker${extname(import.meta.url)}`, import.meta.url);

/** The one that all scorers share. */
export const sharedThread: Thread = scoringThread(LIMITS);

/** A thread that serves what it is asked in the order of asking; one that dies is followed by a fresh one. */
export function scoringThread(limits: ThreadLimits): Thread {
  let worker: Worker | null = null;
  let last: Promise<unknown> = Promise.resolve();

  function ready(): Worker {
    if (worker !== null) return worker;
    const started = startWorker(limits);
    started.once("exit", () => {
      if (worker === started) worker = null;
    });
    worker = started;
    return started;
  }

  async function serve(request: Request): Promise<Answer | Broken> {
    try {
      const running = ready();
      const answer = await ask(running, request, limits);
      if (answer.kind === "broken") await running.terminate();
      return answer;
    } catch (error) {
      return { kind: "broken", reading: null, problem: messageOf(error) };
    }
  }

  return (request) => {
    const answer = last.then(() => serve(request));
    last = answer;
    return answer;
  };
}

/** Without the caller's flags and environment: it needs neither. */
function startWorker({ heapMb }: ThreadLimits): Worker {
  const worker = new Worker(WORKER, {
    execArgv: [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: YOUNG_HEAP_MB },
  });
  // An error that no one hears would end the process; `exit` follows it.
  return worker.on("error", () => {});
}

/** Hands a request to the thread and waits until it is done, dies, or is overdue. */
function ask(worker: Worker, request: Request, limits: ThreadLimits): Promise<Answer | Broken> {
  const { promise, resolve } = Promise.withResolvers<Answer | Broken>();
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
    if (progress.kind !== "reads") return resolve(progress);
    reading = progress.file;
    timer = setTimeout(overdue, limits.deadlineMs);
  };
  const die = (error: unknown) => end(isOutOfMemory(error) ? within : `could not be read: ${messageOf(error)}`);
  const exit = () => end("could not be read: the scoring thread ended");
  worker.on("message", hear).once("error", die).once("exit", exit);
  worker.ref();
  worker.postMessage(request);

  return promise.finally(() => {
    clearTimeout(timer);
    worker.off("message", hear).off("error", die).off("exit", exit);
    worker.unref();
  });
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}
