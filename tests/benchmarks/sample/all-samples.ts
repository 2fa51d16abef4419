/** All sample tasks over a cache of their own. */
import { sampleSpreadsheet, sampleTables } from "../../../benchmarks/sample/index.ts";
import type { Task } from "../../../harness/records.ts";
import type { Benchmark } from "../../../harness/roles.ts";

export interface Sample {
  readonly benchmark: Benchmark;
  readonly task: Task;
}

export async function allSamples(cacheDirectory: string): Promise<Sample[]> {
  const benchmarks = [
    await sampleSpreadsheet({ split: "all", cacheDirectory }),
    await sampleTables({ split: "test", cacheDirectory }),
  ];
  return benchmarks.flatMap((benchmark) => benchmark.tasks.map((task) => ({ benchmark, task })));
}
