/** The benchmarks by name: a new one is a new file and an entry here. */
import { SetupError, UsageError } from "../harness/errors.ts";
import { hashJson } from "../harness/hash.ts";
import type { BenchmarkSettings } from "../harness/manifest.ts";
import type { Benchmark } from "../harness/roles.ts";
import type { LoadOptions, TaskSelection } from "./load-options.ts";

/** A choice about a benchmark that not every one knows. */
export type Choice = "errata" | "recalculate" | "withEvolve";

export interface Entry {
  /** One line for lists. */
  readonly about: string;
  /** The first is taken when none is named. */
  readonly splits: readonly [string, ...string[]];
  /** False for what the tool makes itself. */
  readonly needsData: boolean;
  readonly takes: readonly Choice[];
  readonly load: (options: LoadOptions) => Promise<Benchmark>;
}

const HALVES = ["all", "evolve", "test"] as const;

export const BENCHMARKS: Readonly<Record<string, Entry>> = {
  "sample-spreadsheet": {
    about: "our own spreadsheet work: 78 generated tasks of 13 kinds",
    splits: HALVES,
    needsData: false,
    takes: [],
    load: async (options) => (await import("./sample/index.ts")).sampleSpreadsheet(options),
  },
  "sample-tables": {
    about: "our own questions on tables, out of distribution: 24 generated tasks of 6 kinds",
    splits: ["test", "all"],
    needsData: false,
    takes: [],
    load: async (options) => (await import("./sample/index.ts")).sampleTables(options),
  },
  "sample-mathematics": {
    about: "our own problems of mathematics: 60 generated, of 10 kinds, with integer answers",
    splits: HALVES,
    needsData: false,
    takes: [],
    load: async (options) => (await import("./sample/mathematics.ts")).sampleMathematics(options),
  },
  "sample-documents": {
    about: "our own document pages: 72 questions about 24 drawn forms, tables, receipts and charts; ANLS and accuracy",
    splits: HALVES,
    needsData: false,
    takes: [],
    load: async (options) => (await import("./sample/documents.ts")).sampleDocuments(options),
  },
  spreadsheetbench: {
    about: "SpreadsheetBench-Verified: 400 requests about real workbooks",
    splits: [...HALVES, "stratified", "stratified-test"],
    needsData: true,
    takes: ["errata", "recalculate"],
    load: async (options) => (await import("./spreadsheetbench.ts")).spreadsheetBench(options),
  },
  "spreadsheetbench-912": {
    about: "SpreadsheetBench v0.1: 912 requests with up to three workbooks each, for Soft and Hard",
    splits: ["test", "stratified-test"],
    needsData: true,
    takes: ["errata", "recalculate", "withEvolve"],
    load: async (options) => (await import("./spreadsheetbench-912.ts")).spreadsheetBench912(options),
  },
  wikitq: {
    about: "WikiTableQuestions: questions on Wikipedia tables, 400 out of distribution; all 4,344 of the test set; dev",
    splits: ["ood", "test", "dev"],
    needsData: true,
    takes: ["recalculate"],
    load: async (options) => (await import("./wikitq.ts")).wikiTableQuestions(options),
  },
  hitab: {
    about: "HiTab: questions on hierarchical tables of statistics and Wikipedia, 1,584 in the test set",
    splits: ["test", "test-checked", "dev", "train"],
    needsData: true,
    takes: ["recalculate"],
    load: async (options) => (await import("./hitab.ts")).hitab(options),
  },
  "dapo-math": {
    about: "DAPO-Math: 400 problems with integer answers to distill from, 100 to judge on",
    splits: HALVES,
    needsData: true,
    takes: [],
    load: async (options) => (await import("./dapo-math.ts")).dapoMath(options),
  },
  "aime-2024": aimeEntry(2024),
  "aime-2025": aimeEntry(2025),
  "aime-2026": aimeEntry(2026),
  "math-500": {
    about: "MATH-500: 500 problems with free-form answers, judged by equivalence",
    splits: ["test"],
    needsData: true,
    takes: [],
    load: async (options) => (await import("./math-500.ts")).math500(options),
  },
  docvqa: {
    about: "DocVQA validation: 5,349 questions about scanned pages; ANLS and accuracy",
    splits: [...HALVES, "documents-evolve", "documents-test"],
    needsData: true,
    takes: ["errata"],
    load: async (options) => (await import("./docvqa.ts")).docVqa(options),
  },
  receipts: {
    about: "key fields of real scanned receipts, where DocVQA's pages cannot be had; ANLS and accuracy",
    splits: HALVES,
    needsData: true,
    takes: [],
    load: async (options) => (await import("./receipts.ts")).receipts(options),
  },
  folder: {
    about: "a benchmark of your own: --data names a folder with benchmark.json (benchmarks/README.md tells the format)",
    splits: HALVES,
    needsData: true,
    takes: [],
    load: async (options) => (await import("./folder.ts")).folderBenchmark(options),
  },
};

function aimeEntry(year: 2024 | 2025 | 2026): Entry {
  return {
    about: `AIME ${year}: 30 problems with answers from 0 to 999; avg@k over --seeds`,
    splits: ["test"],
    needsData: true,
    takes: [],
    load: async (options) => (await import("./aime.ts")).aime(year, options),
  };
}

export const BENCHMARK_NAMES: readonly string[] = Object.keys(BENCHMARKS);

/** What a user asked for; what is left out is taken as the benchmark has it. */
export interface Asked {
  readonly data: string | null;
  readonly cacheDirectory: string;
  readonly tasks: TaskSelection;
  readonly settings: Partial<BenchmarkSettings>;
}

/**
 * Loads the chosen tasks of a benchmark.
 * @throws UsageError for a name, split or choice that is not there; SetupError for data that cannot be used, or a choice without tasks
 */
export async function loadBenchmark(name: string, { settings, ...asked }: Asked): Promise<Benchmark> {
  const entry = entryOf(name);
  if (asked.data !== null && !entry.needsData) {
    throw new UsageError(`${name} is made by the tool itself and reads no data: leave --data out`);
  }
  const chosen = settled(name, entry, settings);
  const data = asked.data ?? (entry.needsData ? await fetchedData(name, asked.cacheDirectory) : null);
  return narrowed(await entry.load({ ...asked, data, settings: chosen }));
}

/** Whether the data of a benchmark can be read: made by the tool, named, or fetched before. */
export async function hasData(
  name: string,
  { data, cacheDirectory }: Pick<Asked, "data" | "cacheDirectory">,
): Promise<boolean> {
  if (data !== null || !entryOf(name).needsData) return true;
  const { findFetched } = await import("./data/fetched.ts");
  return (await findFetched(cacheDirectory, name)) !== null;
}

/** Where `data fetch` put a data set. */
async function fetchedData(name: string, cacheDirectory: string): Promise<string> {
  const [{ findFetched }, { sourceOf }] = await Promise.all([import("./data/fetched.ts"), import("./data/sources.ts")]);
  const directory = await findFetched(cacheDirectory, name);
  if (directory !== null) return directory;
  const fetching = sourceOf(name) === undefined ? "" : `, or fetch it first: trace2skill data fetch ${name}`;
  throw new SetupError(`${name} needs its data: give the folder with --data DIR${fetching}`);
}

/**
 * What is behind a name; `folder/mine`, as runs of a user's own benchmark are stored, is `folder`.
 * @throws UsageError for a name that is not there
 */
export function entryOf(name: string): Entry {
  const entry = isKnown(name) ? BENCHMARKS[keyOf(name)] : undefined;
  if (entry !== undefined) return entry;
  throw new UsageError(`unknown benchmark ${JSON.stringify(name)}; there are: ${BENCHMARK_NAMES.join(", ")}`);
}

export function isKnown(name: string): boolean {
  return Object.hasOwn(BENCHMARKS, keyOf(name));
}

function keyOf(name: string): string {
  return name.startsWith("folder/") ? "folder" : name;
}

const OPTION: Readonly<Record<Choice, string>> = {
  errata: "--errata",
  recalculate: "--recalculate",
  withEvolve: "--with-evolve",
};
const UNTOLD = { errata: "keep", recalculate: "none", withEvolve: false } as const;

function settled(name: string, { splits, takes }: Entry, asked: Partial<BenchmarkSettings>): BenchmarkSettings {
  const { split = splits[0] } = asked;
  if (!splits.includes(split)) {
    throw new UsageError(`${name} has no split ${JSON.stringify(split)}; there are: ${splits.join(", ")}`);
  }
  const settings = { ...UNTOLD, ...asked, split };
  for (const choice of Object.keys(OPTION) as Choice[]) {
    if (settings[choice] !== UNTOLD[choice] && !takes.includes(choice)) {
      throw new UsageError(`${name} knows no ${OPTION[choice]}: leave it out`);
    }
  }
  return settings;
}

/** Tasks of one half alone are of that half, however they were asked for. */
function narrowed(benchmark: Benchmark): Benchmark {
  const { tasks } = benchmark;
  if (tasks.length === 0) throw new SetupError(`${benchmark.name}: no task is chosen`);
  refuseTwice(benchmark);
  const halves = [...new Set(tasks.map((task) => benchmark.splitOf(task)))];
  const split = benchmark.split === "all" && halves.length === 1 ? (halves[0] ?? "all") : benchmark.split;
  return { ...benchmark, split, dataHash: hashJson([benchmark.dataHash, tasks.map(({ id }) => id)]) };
}

/** Two tasks of one id would share trials and answers. */
function refuseTwice({ name, tasks, data }: Benchmark): void {
  const ids = tasks.map(({ id }) => id);
  if (new Set(ids).size === ids.length) return;
  const twice = ids.find((id, index) => ids.indexOf(id) < index);
  throw new SetupError(`${name}: ${data}: the id ${JSON.stringify(twice)} stands there twice`);
}
