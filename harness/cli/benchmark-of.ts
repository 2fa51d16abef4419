/** The benchmark that a stored run was made on, with the same tasks. */
import { homedir } from "node:os";
import { join } from "node:path";
import { loadBenchmark } from "../../benchmarks/index.ts";
import { SetupError } from "../errors.ts";
import type { BenchmarkSettings, Manifest } from "../manifest.ts";
import type { Benchmark } from "../roles.ts";
import type { Run } from "../run/store.ts";
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

/**
 * Tasks of the benchmark that all the runs were made on, whatever splits they had.
 * @throws SetupError without a run, for runs of several benchmarks, and for tasks that are not there
 */
export function benchmarkOfRuns(
  runs: readonly Run[],
  { taskIds, data, io }: { taskIds: readonly string[]; data: string | null; io: Io },
): Promise<Benchmark> {
  const [first] = runs;
  if (first === undefined) throw new SetupError("there is no run to take a benchmark from");
  const names = new Set(runs.map(({ manifest }) => manifest.benchmark.name));
  if (names.size > 1) {
    throw new SetupError(`the runs are of several benchmarks (${[...names].join(", ")}); give those of one at a time`);
  }
  const asked = { ...first.manifest.benchmark, taskIds: [...taskIds], settings: settingsOf(runs) };
  return benchmarkOf({ ...first.manifest, benchmark: asked }, data, io);
}

/** How the benchmark is loaded once for all runs: as they had it; with all tasks where they had several splits. */
function settingsOf(runs: readonly Run[]): Manifest["benchmark"]["settings"] {
  const [first, ...others] = runs.map(({ manifest }) => manifest.benchmark.settings);
  if (first === undefined || others.every((settings) => settings?.split === first.split)) return first;
  return { ...first, split: "all" };
}

/** Unpacked archives and generated workbooks are kept here between runs. */
export function cacheDirectoryOf(io: Io): string {
  return join(io.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "trace2skill");
}
