/** Benchmarks of runs with all their tasks, of both halves: what runs only claim is asked there, and skills are scanned for their answers. */
import { entryOf, hasData, isKnown, loadBenchmark } from "../../benchmarks/index.ts";
import { FOREIGN_BENCHMARK } from "../import/atif-foreign.ts";
import type { Manifest } from "../manifest.ts";
import type { Benchmark } from "../roles.ts";
import type { Run } from "../run/store.ts";
import { cacheDirectoryOf } from "./benchmark-of.ts";
import type { Io } from "./io.ts";

/** What a run says of its benchmark. */
export type StoredBenchmark = Manifest["benchmark"];

export interface WholeBenchmarks {
  /** Whether its data can be read: made by the tool, named by user or run, or fetched before. Never so for one of another harness. */
  isAtHand(stored: StoredBenchmark): Promise<boolean>;
  /** All tasks of a split; each is loaded once. */
  load(stored: StoredBenchmark, split: string): Promise<Benchmark>;
}

/** @param data as the user gave it, or null: then that which a run names, or which was fetched */
export function wholeBenchmarks(
  runs: readonly Run[],
  { data, io }: { readonly data: string | null; readonly io: Io },
): WholeBenchmarks {
  const loaded = new Map<string, Promise<Benchmark>>();
  const cacheDirectory = cacheDirectoryOf(io);
  const needsData = ({ name }: StoredBenchmark) => isKnown(name) && entryOf(name).needsData;
  const isForAnother = runs.some(({ manifest }) => needsData(manifest.benchmark));
  const folderOf = (stored: StoredBenchmark) =>
    needsData(stored) ? (data ?? stored.data) : isForAnother ? null : data;
  return {
    async isAtHand(stored) {
      return !isForeign(stored.name) && hasData(stored.name, { data: folderOf(stored), cacheDirectory });
    },
    load(stored, split) {
      const { name, settings } = stored;
      const key = JSON.stringify([name, folderOf(stored), settings, split]);
      const asked = { data: folderOf(stored), cacheDirectory, tasks: { kind: "all" } as const };
      const whole = loaded.get(key) ?? loadBenchmark(name, { ...asked, settings: { ...settings, split } });
      loaded.set(key, whole);
      return whole;
    },
  };
}

/** Of tasks of other harnesses nothing but the trajectories is at hand. */
export function isForeign(benchmark: string): boolean {
  return benchmark === FOREIGN_BENCHMARK;
}
