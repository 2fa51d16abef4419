/** The benchmarks by name: a new one is a new file and a line here. */

import { SetupError, UsageError } from "../harness/errors.ts";
import { hashJson } from "../harness/hash.ts";
import type { Task } from "../harness/records.ts";
import type { Benchmark } from "../harness/roles.ts";

export interface LoadOptions {
  readonly split: "all" | "evolve" | "test";
  /** Folder of the data set; null for our own samples. */
  readonly data: string | null;
  /** Where unpacked archives and generated workbooks are kept between runs. */
  readonly cacheDirectory: string;
  readonly tasks: TaskSelection;
}

/** Which tasks of the split: all, rows (the end excluded), or ids. */
export type TaskSelection =
  | { readonly kind: "all" }
  | { readonly kind: "rows"; readonly from: number; readonly to: number }
  | { readonly kind: "ids"; readonly ids: readonly string[] };

type Loader = (options: LoadOptions) => Promise<Benchmark>;

const LOADERS: Readonly<Record<string, Loader>> = {
  "sample-spreadsheet": async (options) => (await import("./sample/index.ts")).sampleSpreadsheet(options),
  "sample-tables": async (options) => (await import("./sample/index.ts")).sampleTables(options),
  spreadsheetbench: async ({ data, tasks, ...options }) => {
    const { spreadsheetBench } = await import("./spreadsheetbench.ts");
    const folder =
      data ?? fail("spreadsheetbench", "needs its data: give the folder that holds dataset.json with --data DIR");
    // It selects while it loads, so as to read only the workbooks asked for.
    return spreadsheetBench({ ...options, data: folder, ...(tasks.kind === "all" ? {} : { tasks }) });
  },
};

export const BENCHMARK_NAMES: readonly string[] = Object.keys(LOADERS);

/**
 * Loads the chosen tasks of a benchmark.
 * @throws UsageError for a name that is not there; SetupError for data that cannot be used, or a choice without tasks
 */
export async function loadBenchmark(name: string, options: LoadOptions): Promise<Benchmark> {
  const loader = LOADERS[name];
  if (loader === undefined) {
    throw new UsageError(`unknown benchmark ${JSON.stringify(name)}; there are: ${BENCHMARK_NAMES.join(", ")}`);
  }
  if (options.data !== null && name.startsWith("sample-")) {
    throw new UsageError(`${name} is made by the tool itself and reads no data: leave --data out`);
  }
  return select(await loader(options), options);
}

function select(benchmark: Benchmark, { tasks: selection }: LoadOptions): Benchmark {
  const tasks = benchmark.name === "spreadsheetbench" ? benchmark.tasks : chosen(benchmark, selection);
  if (tasks.length === 0) {
    throw new SetupError(
      `${benchmark.name}: no task is chosen; the split "${benchmark.split}" has ${benchmark.tasks.length} tasks`,
    );
  }
  const halves = [...new Set(tasks.map((task) => benchmark.splitOf(task)))];
  const split = halves.length === 1 ? (halves[0] ?? benchmark.split) : "all";
  return { ...benchmark, split, tasks, dataHash: hashJson([benchmark.dataHash, tasks.map(({ id }) => id)]) };
}

function chosen({ name, tasks }: Benchmark, selection: TaskSelection): readonly Task[] {
  switch (selection.kind) {
    case "all":
      return tasks;
    case "rows":
      return tasks.slice(selection.from, selection.to);
    case "ids": {
      const byId = new Map(tasks.map((task) => [task.id, task]));
      return selection.ids.map((id) => byId.get(id) ?? fail(name, `has no task ${JSON.stringify(id)} in this split`));
    }
    default:
      return selection satisfies never;
  }
}

function fail(name: string, problem: string): never {
  throw new SetupError(`${name} ${problem}`);
}
