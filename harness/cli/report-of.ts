/** The report of what was read from an experiment or from runs. */
import { distillationCosts } from "../../reports/distilled.ts";
import { agentCost, type ExperimentReport, experimentReport, priced } from "../../reports/experiment.ts";
import { summarize } from "../../reports/summary.ts";
import type { Prices } from "../prices/prices.ts";
import { shownDistillation } from "./distillation-shown.ts";
import type { ReportSource } from "./report-source.ts";

/** @throws SetupError for a skill that has changed since it was distilled */
export async function reportOf(
  source: ReportSource,
  { name = source.name, prices = null }: { readonly name?: string; readonly prices?: Prices | null } = {},
): Promise<ExperimentReport> {
  return experimentReport({
    name,
    runs: source.runs,
    differences: source.differences,
    costs: [
      ...source.paid.map((run) => priced(agentCost(summarize(run), null), run.manifest.fingerprint.endpoint, prices)),
      ...source.costs.map(({ cost, endpoint }) => priced(cost, endpoint, prices)),
      ...source.distilled.flatMap(({ name: of, document }) => distillationCosts(document, `distill ${of}`, prices)),
    ],
    distillations: await Promise.all(
      source.distilled.map(({ folder, document, name: of }) => shownDistillation(folder, document, of)),
    ),
  });
}
