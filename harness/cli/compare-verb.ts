/** What verb `compare` does. */
import { compareArms } from "../../reports/compare.ts";
import { metricsTable } from "../../reports/metrics-table.ts";
import { summarize } from "../../reports/summary.ts";
import { armsTable, differencesTable, taskLists } from "../../reports/terminal.ts";
import { SetupError } from "../errors.ts";
import { seededRandom } from "../random.ts";
import { readRun } from "../run/store.ts";
import type { CompareSettings } from "./compare.ts";
import type { Io } from "./io.ts";

/** Of the generator that samples permutations where there are too many to count: fixed, so that p repeats. */
export const COMPARE_SEED = 1;

export async function compareVerb(directories: readonly string[], settings: CompareSettings, io: Io): Promise<void> {
  const runs = await Promise.all(directories.map(readRun));
  const comparison = compareArms(runs, { random: seededRandom(COMPARE_SEED), forced: settings.force });
  if (comparison.kind === "refused")
    throw new SetupError(comparison.reason.replace("compare by force", "give --force"));
  const arms = runs.map(summarize);
  const { differences } = comparison;
  if (settings.json) return io.out(JSON.stringify({ arms, differences }, null, 1));
  io.out(
    [armsTable(arms), metricsTable(arms), differencesTable(differences), taskLists(differences)]
      .filter((table) => table !== "")
      .join("\n\n"),
  );
}
