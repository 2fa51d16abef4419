/** Which tasks of a run belong to the test half (invariant 9). */
import { SetupError } from "../errors.ts";
import type { Manifest } from "../manifest.ts";
import type { Task } from "../records.ts";
import type { Benchmark } from "../roles.ts";

/** A run that does not name them is sealed as a whole, but for one of the evolve split. */
export function sealedTasks({ benchmark: { split, taskIds, sealed } }: Manifest): ReadonlySet<string> {
  return new Set(sealed ?? (split === "evolve" ? [] : taskIds));
}

/** Asks the benchmark itself, whatever a manifest claims. @throws SetupError for tasks of the test half */
export function refuseTestTasks(benchmark: Benchmark, tasks: readonly Task[]): void {
  const known = new Set(benchmark.tasks.map(({ id }) => id));
  const ofTest = tasks.filter((task) => known.has(task.id) && benchmark.splitOf(task) === "test");
  refuseSealed(benchmark.name, [...new Set(ofTest.map(({ id }) => id))]);
}

/** @throws SetupError when there is any */
export function refuseSealed(benchmark: string, ids: readonly string[]): void {
  if (ids.length === 0) return;
  throw new SetupError(
    `${ids.length} of the tasks are of the test half of ${benchmark}, such as ${ids[0]}; a skill is distilled and chosen by evolve tasks only, ` +
      "so that test scores stay out of it. Give runs of the evolve split: trace2skill run … --split evolve",
  );
}
