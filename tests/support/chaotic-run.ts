/** The same trials on a calm server and on one whose answers fail by seed in every way that passes, by the real command line. */
import { join } from "node:path";
import { loadBenchmark } from "../../benchmarks/index.ts";
import type { Protocol, Trial } from "../../harness/records.ts";
import { readRun } from "../../harness/run/store.ts";
import { FAULTS, type Faults } from "../../harness/simulator/faults.ts";
import { type RequestCounts, startSimulator } from "../../harness/simulator/server.ts";
import { trace2skill } from "./command-line.ts";

export interface ChaosOptions {
  /** An empty one. */
  readonly folder: string;
  readonly benchmark: string;
  readonly protocol: Protocol;
  /** As `--tasks` and `--seeds` take them. */
  readonly tasks: string;
  readonly seeds: string;
  /** Share of tries that fail, all faults alike; none for a calm server. */
  readonly rate: number;
}

export interface Played {
  readonly code: number | null;
  readonly err: string;
  readonly trials: readonly Trial[];
  /** Answers that this command paid for, as it says itself. */
  readonly made: number;
  readonly server: RequestCounts;
}

/** Runs the trials, then the same command again. The server is gone when this returns. */
export async function playTwice(options: ChaosOptions): Promise<{ first: Played; again: Played }> {
  const { folder, benchmark, protocol, tasks, seeds, rate } = options;
  const cacheDirectory = join(folder, "cache");
  const asked = { settings: {}, data: null, cacheDirectory, tasks: { kind: "all" } } as const;
  const loaded = await loadBenchmark(benchmark, asked);
  const server = await startSimulator({ key: await loaded.answerKey(loaded.tasks), faults: faultsAt(rate) });
  const out = join(folder, "run");
  const where = ["--base-url", server.url, "--model", "sim/small", "--out", out, "--json"];
  const what = ["run", benchmark, "--protocol", protocol, "--tasks", tasks, "--seeds", seeds];
  const play = async (): Promise<Played> => {
    const {
      code,
      out: text,
      err,
    } = await trace2skill([...what, ...where], { env: { XDG_CACHE_HOME: cacheDirectory } });
    const { trials } = await readRun(out);
    return { code, err, trials, made: JSON.parse(text).calls.made, server: server.requests() };
  };
  try {
    return { first: await play(), again: await play() };
  } finally {
    await server.close();
  }
}

function faultsAt(rate: number): Faults {
  if (rate === 0) return { kind: "none" };
  const rates = Object.fromEntries(FAULTS.map((fault) => [fault, rate / FAULTS.length]));
  return { kind: "rates", seed: 7, rates, retryAfterSeconds: 0, slowMs: 5 };
}

/** Answers that reached the client whole and as completions: those that were paid and are to be kept. */
export function delivered({ answered, faults }: RequestCounts): number {
  return answered - (faults.truncated ?? 0) - (faults["error-in-200"] ?? 0);
}

export function scoresOf(trials: readonly Trial[]): Record<string, unknown> {
  return Object.fromEntries(trials.map(({ task, seed, score }) => [`${task.id}.${seed}`, score]));
}
