/** What verb `compare` does. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { type CompareOptions, compareArms } from "../../reports/compare.ts";
import { type JointVerdict, verdictOf, verdictOfAll } from "../../reports/compare-several.ts";
import { differenceDetails, differencesTable } from "../../reports/differences-text.ts";
import { EXPERIMENT_FILE } from "../../reports/experiments/stored.ts";
import { metricsTable } from "../../reports/metrics-table.ts";
import { clusteredSummary, type RunSummary } from "../../reports/summary.ts";
import { armsTable } from "../../reports/terminal.ts";
import { wrap } from "../../reports/text-table.ts";
import { UsageError } from "../errors.ts";
import { seededRandom } from "../random.ts";
import { type RunOutcomes, readOutcomes, runId } from "../run/store.ts";
import { printable } from "../text.ts";
import type { CompareSettings } from "./compare.ts";
import { clustersOf } from "./compare-clusters.ts";
import { refused } from "./compare-refused.ts";
import type { Io } from "./io.ts";

/** Of the generator that samples permutations where there are too many to count: fixed, so that p repeats. */
export const COMPARE_SEED = 1;

/** So that a script can gate a skill; 1 and 2 are taken by what went wrong. */
const VERDICT_EXIT: Record<JointVerdict, number> = { gain: 0, "not-worse": 0, none: 10, loss: 11 };

export async function compareVerb(directories: readonly string[], settings: CompareSettings, io: Io): Promise<void> {
  refuseTwice(directories);
  for (const directory of directories) refuseExperiment(directory);
  const runs = await Promise.all(directories.map(readOutcomes));
  refuseCopies(directories, runs);
  const { margin, clusters, metric } = settings;
  const options: CompareOptions = {
    random: () => seededRandom(COMPARE_SEED),
    forced: settings.force,
    bootstrap: settings.bootstrap,
    ...(margin !== undefined && { margin }),
    ...(metric !== undefined && { metric }),
    ...(clusters !== undefined && { clusterOf: await clustersOf(clusters, runs) }),
  };
  const comparison = compareArms(runs, options);
  if (comparison.kind === "refused") throw refused(comparison);
  const { differences } = comparison;
  const arms = runs.map((run) => clusteredSummary(run, options.clusterOf ?? null));
  const verdict = verdictOfAll(differences);
  io.exit(VERDICT_EXIT[verdict]);
  if (settings.json) {
    const judged = differences.map((difference) => ({ verdict: verdictOf(difference), ...difference }));
    return io.out(JSON.stringify({ verdict, exitCode: VERDICT_EXIT[verdict], arms, differences: judged }, null, 1));
  }
  io.out(
    [
      armsTable(arms),
      foldersText(directories, arms),
      metricsTable(arms),
      differencesTable(differences),
      differenceDetails(differences),
    ]
      .filter((part) => part !== "")
      .join("\n\n"),
  );
}

/** Which folder is which, where arms share a name, as two skills of one name do; empty where none do. */
function foldersText(directories: readonly string[], arms: readonly RunSummary[]): string {
  const names = arms.map(({ arm, model }) => `${arm}, ${model}`);
  if (new Set(names).size === names.length) return "";
  const lines = arms.map(({ fingerprint }, index) => `${fingerprint}: ${names[index]}, ${directories[index]}`);
  return [
    "Arms of one name are told apart by their fingerprints:",
    ...lines.map((line) => wrap(`  ${printable(line)}`, { indent: "    " })),
  ].join("\n");
}

function refuseExperiment(directory: string): void {
  if (!existsSync(join(directory, EXPERIMENT_FILE))) return;
  throw new UsageError(
    `${directory} is an experiment of many runs: see all its differences with: trace2skill report ${directory}; or name two of its run folders, which its ${EXPERIMENT_FILE} lists`,
  );
}

/** The same trials in two folders tie on every task, and would pass for an arm that does not hurt. */
function refuseCopies(directories: readonly string[], runs: readonly RunOutcomes[]): void {
  const ids = runs.map(({ manifest }) => runId(manifest));
  const copy = ids.findIndex((id, index) => ids.indexOf(id) !== index);
  if (copy === -1) return;
  throw new UsageError(
    `${directories[copy]} is a copy of ${directories[ids.indexOf(ids[copy] ?? "")]}: the same run. Name each run once; for what chance does to one arm, see: trace2skill power`,
  );
}

/** A run against itself shows no difference, and would be counted as a comparison. */
function refuseTwice(directories: readonly string[]): void {
  const places = directories.map((directory) => resolve(directory));
  const twice = directories.find((_, index) => places.indexOf(places[index] ?? "") !== index);
  if (twice !== undefined) throw new UsageError(`${twice} is given twice: name each run once, the baseline first`);
}
