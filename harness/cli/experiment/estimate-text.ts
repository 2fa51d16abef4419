/** What an experiment may be expected to take, as text. */
import { moneyText } from "../../prices/prices.ts";
import type { Counts, ExperimentEstimate } from "./estimate.ts";

/** For people. */
export function estimateText(estimate: ExperimentEstimate): string {
  const { name, units, trials, distillations, expected, total, hours, cost, measuredTrials, assumptions } = estimate;
  const count = (value: number) => value.toLocaleString("en-US");
  const of = (what: string, { total: all, done, left }: Counts) =>
    `${count(all)} ${what}: ${count(done)} done, ${count(left)} left`;
  const basis = measuredTrials > 0 ? `from the means of ${count(measuredTrials)} trials` : "GUESSED, no trial tells";
  return [
    `experiment ${name}`,
    of("units", units),
    of("trials", trials),
    of("distillations", distillations),
    `expected of what is left, ${basis}:`,
    `  calls       ${count(total.calls)}`,
    `  tokens in   ${count(total.inputTokens)}`,
    `  tokens out  ${count(total.outputTokens)}`,
    `  hours       ${hours < 0.1 ? hours.toPrecision(1) : hours.toFixed(1)}`,
    `  cost        ${moneyText(cost)}`,
    ...expected.map(
      ({ model, caller, usage, simulated }) =>
        `    ${model}${simulated ? " (simulated)" : ""}, ${caller}: ${count(usage.calls)} calls, ${count(usage.inputTokens)} in, ${count(usage.outputTokens)} out`,
    ),
    ...assumptions.map((assumption) => `  assumed: ${assumption}`),
  ].join("\n");
}
