/** Invariant 9 by the benchmarks' own word: nothing is learned from test tasks, whatever manifests and records claim. */
import { BENCHMARK_NAMES, entryOf, isKnown } from "../../benchmarks/index.ts";
import type { Analysis } from "../../distill/documents.ts";
import { SetupError } from "../errors.ts";
import type { Run } from "../run/store.ts";
import { openTrials } from "./perform-distill.ts";
import { refuseTestTasks } from "./sealed-tasks.ts";
import { isForeign, type StoredBenchmark, type WholeBenchmarks } from "./whole-benchmarks.ts";

export interface AskedHalves {
  /** Recorded lessons without those of test tasks. */
  readonly given: readonly Analysis[];
  /** What was left out, and what nobody could be asked: for the user, and for the document. */
  readonly notices: readonly string[];
}

/**
 * Asks every benchmark of the runs about their trials and about recorded lessons, whichever analyst is to read them.
 * @throws SetupError for trials of test tasks that their run does not name as such
 */
export async function askHalves(
  { runs, given }: { readonly runs: readonly Run[]; readonly given: readonly Analysis[] },
  whole: WholeBenchmarks,
): Promise<AskedHalves> {
  const notices: string[] = [];
  const halves = new Map<string, "evolve" | "test">();
  for (const [name, own] of Map.groupBy(runs, ({ manifest }) => manifest.benchmark.name)) {
    const ids = new Set(own.flatMap(openTrials).map(({ task }) => task.id));
    const unasked = await asked(own, halves, whole);
    if (unasked > 0) notices.push(isForeign(name) ? unnamed(unasked) : unknown(unasked, ids.size, name));
  }
  return { ...withoutTest(given, halves, notices), notices };
}

/** Adds the half of every task that the runs' benchmark knows; returns how many of theirs it does not know. */
async function asked(
  runs: readonly Run[],
  halves: Map<string, "evolve" | "test">,
  whole: WholeBenchmarks,
): Promise<number> {
  const known = new Set<string>();
  for (const { directory, manifest } of runs) {
    refuseUnknown(manifest.benchmark.name, directory);
    if (!(await whole.isAtHand(manifest.benchmark))) continue;
    const benchmark = await whole.load(manifest.benchmark, askedSplit(manifest.benchmark));
    refuseTestTasks(
      benchmark,
      runs.flatMap(openTrials).map(({ task }) => task),
    );
    for (const task of benchmark.tasks) {
      known.add(task.id);
      // A task that two ways to halve the set put into different halves is a test task.
      if (halves.get(task.id) !== "test") halves.set(task.id, benchmark.splitOf(task));
    }
  }
  return new Set(runs.flatMap(openTrials).flatMap(({ task }) => (known.has(task.id) ? [] : [task.id]))).size;
}

/** @throws SetupError for a benchmark that is not known here: it is a folder that cannot be used, and no wrong use. */
function refuseUnknown(name: string, directory: string): void {
  if (isForeign(name) || isKnown(name)) return;
  throw new SetupError(
    `${directory}: its manifest names the benchmark ${JSON.stringify(name)}, which is not known here; there are: ${BENCHMARK_NAMES.join(", ")}. Give another run`,
  );
}

/** Both halves where the run claims one of them; a way to halve the set of its own stays, for it decides what a half is. */
function askedSplit({ name, split, settings }: StoredBenchmark): string {
  const claimed = settings?.split ?? split;
  const isHalf = claimed === "evolve" || claimed === "test";
  return isHalf && entryOf(name).splits.includes("all") ? "all" : claimed;
}

function withoutTest(
  given: readonly Analysis[],
  halves: ReadonlyMap<string, "evolve" | "test">,
  notices: string[],
): Pick<AskedHalves, "given"> {
  const left = given.filter(({ task }) => halves.get(task) !== "test");
  const unasked = left.filter(({ task }) => !halves.has(task)).length;
  if (left.length < given.length)
    notices.push(
      `recorded lessons of ${given.length - left.length} of ${given.length} trials are of test tasks and left out`,
    );
  if (unasked > 0)
    notices.push(
      `no benchmark of the runs knows the tasks of ${unasked} of ${left.length} trials with recorded lessons: nobody could be asked whether they are of a test half`,
    );
  return { given: left };
}

function unnamed(count: number): string {
  return `${count} tasks are of no benchmark that is known here: nobody could be asked whether they are of a test half`;
}

function unknown(count: number, of: number, name: string): string {
  return `${count} of ${of} tasks are not in the data of ${name} that is at hand: that they are of its evolve half is the word of the runs alone; --data DIR has it asked`;
}
