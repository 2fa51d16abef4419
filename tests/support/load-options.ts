/** Options of loaders, with everything filled in that does not matter to a test. */
import type { LoadOptions } from "../../benchmarks/load-options.ts";
import type { BenchmarkSettings } from "../../harness/manifest.ts";

/** All tasks of a split, of a benchmark that reads no data unless some is given. */
export function asked({
  data = null,
  cacheDirectory = "not-written",
  tasks = { kind: "all" },
  ...settings
}: Partial<Omit<LoadOptions, "settings"> & BenchmarkSettings> = {}): LoadOptions {
  return {
    data,
    cacheDirectory,
    tasks,
    settings: { split: "all", errata: "keep", recalculate: "none", withEvolve: false, ...settings },
  };
}
