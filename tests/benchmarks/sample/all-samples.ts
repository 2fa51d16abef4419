/** All sample tasks over a cache of their own. */
import { sampleSpreadsheet, sampleTables } from "../../../benchmarks/sample/index.ts";
import type { Task } from "../../../harness/records.ts";
import type { Benchmark } from "../../../harness/roles.ts";
import { asked } from "../../support/load-options.ts";

export interface Sample {
  readonly benchmark: Benchmark;
  readonly task: Task;
}

export async function allSamples(cacheDirectory: string): Promise<Sample[]> {
  const benchmarks = [
    await sampleSpreadsheet(asked({ split: "all", cacheDirectory })),
    await sampleTables(asked({ split: "test", cacheDirectory })),
  ];
  return benchmarks.flatMap((benchmark) => benchmark.tasks.map((task) => ({ benchmark, task })));
}
