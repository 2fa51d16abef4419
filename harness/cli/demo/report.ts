/** The report of the demo's experiment, read from its folder as `report` reads any experiment's. */
import { distillationCosts } from "../../../reports/distilled.ts";
import { addUpCosts, agentCost, type ExperimentReport, experimentReport } from "../../../reports/experiment.ts";
import { summarize } from "../../../reports/summary.ts";
import { seededRandom } from "../../random.ts";
import type { RunOutcomes } from "../../run/store.ts";
import { COMPARE_SEED } from "../compare-verb.ts";
import { shownDistillation } from "../distillation-shown.ts";
import { readSource } from "../report-source.ts";

/** @throws SetupError for what cannot be read */
export async function demoReport(
  directory: string,
): Promise<{ report: ExperimentReport; runs: readonly RunOutcomes[] }> {
  const { runs, paid, differences, distilled } = await readSource([directory], [], {
    random: () => seededRandom(COMPARE_SEED),
  });
  const report = experimentReport({
    name: "Demonstration: the main table in small, on the sample benchmarks",
    runs,
    differences,
    costs: addUpCosts([
      ...paid.map((run) => agentCost(summarize(run), null)),
      ...distilled.flatMap(({ document, name }) => distillationCosts(document, `distill ${name}`)),
    ]),
    distillations: await Promise.all(
      distilled.map(({ folder, document, name }) => shownDistillation(folder, document, name)),
    ),
  });
  // All that was paid for: lessons lead to the trials that they were drawn from.
  return { report, runs: paid };
}
