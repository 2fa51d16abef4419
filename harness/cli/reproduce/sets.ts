/** The tasks that a table of the paper is measured on: real ones, or ours in their place, all of them or a share. */
import { resolve } from "node:path";
import { hasData, loadBenchmark } from "../../../benchmarks/index.ts";
import type { BenchmarkChoice } from "../../../reports/experiments/definition.ts";
import type { PaperTable, TaskSet } from "../../../reports/paper/paper-table.ts";
import { SetupError } from "../../errors.ts";
import type { Protocol } from "../../records.ts";
import { readTasks } from "../options.ts";
import { countUnits, spreadOverKinds } from "./scaled-tasks.ts";

export interface ChosenSet {
  /** As the table names it. */
  readonly name: string;
  readonly choice: BenchmarkChoice;
  readonly tasks: number;
  /** How many there are. */
  readonly of: number;
  /** How many the paper has. */
  readonly published: number;
  /** What of the paper's it is in place of; null where it is the same. */
  readonly standsFor: string | null;
}

export interface SetsAsked {
  /** Those of the table to judge on; all when left out. */
  readonly judge?: readonly string[] | undefined;
  /** Folders by name of a benchmark. */
  readonly data: ReadonlyMap<string, string>;
  readonly protocol: Protocol;
  readonly simulated: boolean;
  readonly cacheDirectory: string;
  /** How many tasks of a set to take, of so many; none above what there is. */
  readonly howMany: (name: string, of: number) => number;
}

/** Below this neither a spread nor a difference can be told. */
const FEWEST_TASKS = 2;

/** The sets that can be had: where models are simulated, those that a sample of ours stands for. @throws SetupError, UsageError */
export async function chooseSets(table: PaperTable, asked: SetsAsked): Promise<ChosenSet[]> {
  const names = ["evolve", ...table.judge.filter((name) => asked.judge?.includes(name) ?? true)];
  const chosen: ChosenSet[] = [];
  for (const name of names) {
    const set = table.sets[name];
    const choice = set === undefined ? null : choiceOf(set, asked);
    if (set === undefined || choice === null) continue;
    chosen.push(await chosenSet(name, choice, { set, asked }));
  }
  return chosen;
}

/**
 * In words, as in `Vrf: sample-spreadsheet/test, 8 of 39 tasks, in place of spreadsheetbench/test.`; data that is not whole, or of
 * which the paper took a part, is told by the paper's number.
 */
export function setText({ name, choice, tasks, of, published, standsFor }: ChosenSet): string {
  const place = standsFor === null ? "" : `, in place of ${standsFor}`;
  const other = standsFor === null && of !== published ? `; the paper has ${published}` : "";
  return `${name}: ${shownName(choice)}, ${tasks} of ${of} tasks${place}${other}.`;
}

/** Real data wherever it was named or models are real; else our sample, where there is one. */
function choiceOf({ real, sample }: TaskSet, { data, simulated, protocol }: SetsAsked): BenchmarkChoice | null {
  const folder = data.get(real.benchmark);
  const choice = folder === undefined && simulated ? sample : real;
  if (choice === null) return null;
  return {
    ...choice,
    ...(folder !== undefined && { data: resolve(folder) }),
    // What is the default is not written down, so that definitions that were made before stay equal.
    ...(protocol === "text" && { protocol }),
  };
}

async function chosenSet(
  name: string,
  choice: BenchmarkChoice,
  { set, asked }: { readonly set: TaskSet; readonly asked: SetsAsked },
): Promise<ChosenSet> {
  const { benchmark, split, data = null, tasks: selection } = choice;
  await refuseWithoutData(benchmark, data, asked.cacheDirectory);
  const { tasks } = await loadBenchmark(benchmark, {
    data,
    cacheDirectory: asked.cacheDirectory,
    tasks: selection === undefined ? { kind: "all" } : readTasks(selection),
    settings: split === undefined ? {} : { split },
  });
  const of = countUnits(tasks);
  const count = Math.min(of, Math.max(FEWEST_TASKS, asked.howMany(name, of)));
  return {
    name,
    choice: count === of ? choice : { ...choice, tasks: spreadOverKinds(tasks, count).join(",") },
    tasks: count,
    of,
    published: set.published,
    standsFor: benchmark === set.real.benchmark ? null : shownName(set.real),
  };
}

/** @throws SetupError in the words of this verb, whose --data names the set */
async function refuseWithoutData(benchmark: string, data: string | null, cacheDirectory: string): Promise<void> {
  if (await hasData(benchmark, { data, cacheDirectory })) return;
  throw new SetupError(
    `${benchmark} needs its data: give the folder with --data ${benchmark}=DIR, or fetch it first where it can be (trace2skill data list tells: trace2skill data fetch ${benchmark}); sets of other data are chosen with --judge`,
  );
}

function shownName({ benchmark, split }: BenchmarkChoice): string {
  return split === undefined ? benchmark : `${benchmark}/${split}`;
}
