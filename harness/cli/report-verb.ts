/** What verb `report` does. */
import { basename, resolve } from "node:path";
import { readDistillation } from "../../distill/store.ts";
import { compareArms } from "../../reports/compare.ts";
import { distillationCosts } from "../../reports/distilled.ts";
import { agentCost, experimentReport, priced } from "../../reports/experiment.ts";
import { writeReport } from "../../reports/page.ts";
import { summarize } from "../../reports/summary.ts";
import { SetupError } from "../errors.ts";
import { seededRandom } from "../random.ts";
import { type Run, readRun } from "../run/store.ts";
import { pricesIn } from "./account.ts";
import { COMPARE_SEED } from "./compare-verb.ts";
import { shownDistillation } from "./distillation-shown.ts";
import type { Io } from "./io.ts";
import type { ReportSettings } from "./report.ts";

export async function reportVerb(folders: readonly string[], settings: ReportSettings, io: Io): Promise<void> {
  const prices = settings.prices === undefined ? null : pricesIn(settings);
  const runs = await Promise.all(folders.map((folder) => readRun(resolve(folder))));
  const distilled = await Promise.all(
    settings.distillation.map(async (folder) => ({
      folder: resolve(folder),
      document: await readDistillation(resolve(folder)),
    })),
  );
  const report = experimentReport({
    name: settings.name,
    runs,
    differences: groupsOf(runs).flatMap((group) => differencesIn(group, settings.force)),
    costs: [
      ...runs.map((run) => priced(agentCost(summarize(run), null), run.manifest.fingerprint.endpoint, prices)),
      ...distilled.flatMap(({ folder, document }) =>
        distillationCosts(document, `distill ${basename(folder)}`, prices),
      ),
    ],
    distillations: await Promise.all(
      distilled.map(({ folder, document }) => shownDistillation(folder, document, basename(folder))),
    ),
  });
  const path = resolve(settings.out);
  await writeReport(path, report);
  io.out(settings.json ? JSON.stringify({ report, paths: { page: path } }, null, 1) : `page ${settings.out}`);
}

/** Runs of the same model on the same split, in the order given: the first is the baseline. */
export function groupsOf(runs: readonly Run[]): Run[][] {
  const key = ({ manifest: { model, benchmark } }: Run) =>
    JSON.stringify([model.name, benchmark.name, benchmark.split]);
  return [...Map.groupBy(runs, key).values()];
}

/** Differences of the arms from the first, where there are any. */
export function differencesIn(group: readonly Run[], forced: boolean) {
  if (group.length < 2) return [];
  const comparison = compareArms(group, { random: seededRandom(COMPARE_SEED), forced });
  if (comparison.kind === "refused") throw new SetupError(comparison.reason);
  return comparison.differences;
}
