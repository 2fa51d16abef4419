/** The ground truths that a skill distilled from these runs must not hold: of all tasks of their benchmarks, both halves. */
import { entryOf, loadBenchmark } from "../../benchmarks/index.ts";
import { type TruthSource, truthSource } from "../../distill/truth-source.ts";
import type { Benchmark, Sandboxes } from "../roles.ts";
import type { Run } from "../run/store.ts";
import { cacheDirectoryOf } from "./benchmark-of.ts";
import type { Io } from "./io.ts";

export interface TruthsOptions {
  /** As the user gave it, or null. */
  readonly data: string | null;
  /** To look into tasks' inputs; null where there are none. */
  readonly sandboxes: Sandboxes | null;
  readonly io: Io;
}

/** Null, and told, where the data of a benchmark is not at hand: the skill cannot be scanned then. */
export async function truthsOf(runs: readonly Run[], options: TruthsOptions): Promise<TruthSource | null> {
  const { data, sandboxes, io } = options;
  const names = new Map(runs.map(({ manifest }) => [manifest.benchmark.name, manifest.benchmark] as const));
  const benchmarks: Benchmark[] = [];
  for (const [name, stored] of names) {
    const { needsData, splits } = entryOf(name);
    const folder = data ?? stored.data;
    if (needsData && folder === null) {
      io.err(
        `note: the finished skill is not scanned for answers: the data of ${name} is not at hand; --data DIR gives it`,
      );
      return null;
    }
    const chosen = splits.includes("all")
      ? ["all"]
      : [...new Set([stored.split, "test"])].filter((split) => splits.includes(split));
    for (const split of chosen) {
      const settings = { ...stored.settings, split };
      const asked = { data: folder, cacheDirectory: cacheDirectoryOf(io), tasks: { kind: "all" } as const };
      benchmarks.push(await loadBenchmark(name, { ...asked, settings }));
    }
  }
  return truthSource(benchmarks, { sandboxes, signal: io.signal });
}
