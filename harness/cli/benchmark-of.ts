/** The benchmark that a stored run was made on, with the same tasks. */
import { homedir } from "node:os";
import { join } from "node:path";
import { loadBenchmark } from "../../benchmarks/index.ts";
import type { BenchmarkSettings, Manifest } from "../records.ts";
import type { Benchmark } from "../roles.ts";
import type { Io } from "./io.ts";

/**
 * @param data the folder to read instead of the one that the run names
 * @param changed how it is judged now, where that is not as the run had it
 */
export function benchmarkOf(
  { benchmark }: Manifest,
  data: string | null,
  io: Io,
  changed: Partial<BenchmarkSettings> = {},
): Promise<Benchmark> {
  return loadBenchmark(benchmark.name, {
    data: data ?? benchmark.data,
    settings: { split: "all", ...benchmark.settings, ...changed },
    cacheDirectory: cacheDirectoryOf(io),
    tasks: { kind: "ids", ids: benchmark.taskIds },
  });
}

/** Unpacked archives and generated workbooks are kept here between runs. */
export function cacheDirectoryOf(io: Io): string {
  return join(io.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "trace2skill");
}
