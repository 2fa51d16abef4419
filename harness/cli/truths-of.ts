/** The ground truths that a skill distilled from these runs must not hold: of all tasks of their benchmarks, both halves. */
import { entryOf } from "../../benchmarks/index.ts";
import { type TruthSource, truthSource } from "../../distill/truth-source.ts";
import type { Benchmark, Sandboxes } from "../roles.ts";
import type { Run } from "../run/store.ts";
import type { Io } from "./io.ts";
import { isForeign, type WholeBenchmarks } from "./whole-benchmarks.ts";

export interface TruthsOptions {
  readonly whole: WholeBenchmarks;
  /** To look into tasks' inputs; null where there are none. */
  readonly sandboxes: Sandboxes | null;
  readonly io: Io;
}

const NOT_SCANNED = "note: the finished skill is not scanned for answers:";

/** Null, and told, where the data of a benchmark is not at hand: the skill cannot be scanned then. */
export async function truthsOf(runs: readonly Run[], options: TruthsOptions): Promise<TruthSource | null> {
  const { whole, sandboxes, io } = options;
  const names = new Map(runs.map(({ manifest }) => [manifest.benchmark.name, manifest.benchmark] as const));
  const benchmarks: Benchmark[] = [];
  for (const [name, stored] of names) {
    if (!(await whole.isAtHand(stored))) {
      const why = isForeign(name)
        ? "those of tasks of other harnesses are nowhere at hand"
        : `the data of ${name} is not at hand; --data DIR gives it`;
      io.err(`${NOT_SCANNED} ${why}`);
      return null;
    }
    const { splits } = entryOf(name);
    const chosen = splits.includes("all")
      ? ["all"]
      : [...new Set([stored.split, "test"])].filter((split) => splits.includes(split));
    for (const split of chosen) benchmarks.push(await whole.load(stored, split));
  }
  if (benchmarks.length > 0) return truthSource(benchmarks, { sandboxes, signal: io.signal });
  io.err(`${NOT_SCANNED} recorded lessons alone name no benchmark; runs of theirs, given beside them, do`);
  return null;
}
