/** `run --dry-run`: the trials that would be made, and what they may be expected to take. Pays nothing and writes nothing. */
import { costOf, type Money, moneyText, type Prices } from "../prices/prices.ts";
import type { Trial, Usage } from "../records.ts";
import type { AgentLimits } from "../roles.ts";
import { mean, standardDeviation } from "../statistics/interval.ts";
import { sumUsage } from "../usage.ts";

/** What a trial is taken to need where no trial tells: a guess, and told as one. */
export const ASSUMED: Usage = {
  calls: 12,
  inputTokens: 90_000,
  cachedTokens: 0,
  outputTokens: 5_000,
  reasoningTokens: 0,
  simulatedMs: 0,
};

/** A sum over the trials left, with the 95 % range in which it falls if they are like those measured; null of a guess. */
export interface Expectation {
  readonly expected: number;
  readonly range: { readonly low: number; readonly high: number } | null;
}

export interface RunPlan {
  readonly dryRun: true;
  readonly trials: { readonly total: number; readonly done: number; readonly left: number };
  /** What the numbers below come from: the mean of so many trials, or an assumption. */
  readonly basis: { readonly kind: "measured"; readonly trials: number } | { readonly kind: "assumed" };
  /** Of one trial. */
  readonly perTrial: Usage;
  readonly calls: Expectation;
  readonly inputTokens: Expectation;
  readonly cachedTokens: Expectation;
  readonly outputTokens: Expectation;
  readonly cost: Expectation & { readonly currency: string; readonly known: boolean };
  /** Bounds by the limits of a trial; the last call may pass the one on tokens. */
  readonly atMost: { readonly calls: number; readonly tokens: number };
}

export interface Planned {
  readonly total: number;
  readonly done: number;
  /** Trials that tell what one takes. */
  readonly like: readonly Trial[];
  readonly limits: AgentLimits;
  readonly model: { readonly name: string; readonly endpoint: string };
  readonly prices: Prices;
}

/** Trials whose agent never began, and those whose tokens nobody told, tell nothing. */
export function planRun({ total, done, like, limits, model, prices }: Planned): RunPlan {
  const left = total - done;
  const measured = like.flatMap(({ trajectory, usage }) => (trajectory === null || usage.untold ? [] : [usage]));
  const usages = measured.length === 0 ? [ASSUMED] : measured;
  const costs = usages.map((usage) => costOf([{ model: model.name, endpoint: model.endpoint, usage }], prices));
  const expect = (of: (usage: Usage) => number) => expectation(usages.map(of), left, measured.length > 0);
  return {
    dryRun: true,
    trials: { total, done, left },
    basis: measured.length === 0 ? { kind: "assumed" } : { kind: "measured", trials: measured.length },
    perTrial: perTrial(usages),
    calls: expect(({ calls }) => calls),
    inputTokens: expect(({ inputTokens }) => inputTokens),
    cachedTokens: expect(({ cachedTokens }) => cachedTokens),
    outputTokens: expect(({ outputTokens }) => outputTokens),
    cost: {
      ...expectation(
        costs.map(({ amount }) => amount),
        left,
        measured.length > 0,
      ),
      currency: prices.currency,
      known: costs.every(({ unknownCalls }) => unknownCalls === 0),
    },
    atMost: { calls: left * limits.turns, tokens: left * limits.tokens },
  };
}

function perTrial(usages: readonly Usage[]): Usage {
  const entries = Object.entries(sumUsage(usages)).map(([field, sum]) => [field, (sum ?? 0) / usages.length] as const);
  return { ...ASSUMED, ...Object.fromEntries(entries) };
}

/** The spread of the sum is that of the trials to come and that of the mean they are judged by. */
function expectation(values: readonly number[], left: number, measured: boolean): Expectation {
  const expected = mean(values) * left;
  if (!measured || values.length < 2) return { expected, range: null };
  const spread = 1.96 * standardDeviation(values) * Math.sqrt(left + left ** 2 / values.length);
  return { expected, range: { low: Math.max(0, expected - spread), high: expected + spread } };
}

/** For people. */
export function runPlanText(plan: RunPlan): string {
  const { trials, basis, calls, inputTokens, cachedTokens, outputTokens, cost, atMost } = plan;
  const source =
    basis.kind === "measured"
      ? `from the mean of ${basis.trials} trials (95 % range in brackets)`
      : `ASSUMED, not measured: ${ASSUMED.calls} calls, ${counted(ASSUMED.inputTokens)} tokens in and ${counted(ASSUMED.outputTokens)} out a trial; --estimate-from RUN takes them from trials`;
  return [
    `${trials.total} trials: ${trials.done} done, ${trials.left} left`,
    `expected, ${source}:`,
    `  calls       ${rangeText(calls, counted)}`,
    `  tokens in   ${rangeText(inputTokens, counted)}, of them cached ${counted(cachedTokens.expected)}`,
    `  tokens out  ${rangeText(outputTokens, counted)}`,
    `  cost        ${cost.known ? rangeText(cost, (amount) => moneyText(moneyOf(amount, cost.currency))) : "unknown: no price (give --prices FILE)"}`,
    `at most ${counted(atMost.calls)} calls and ${counted(atMost.tokens)} tokens, by the limits of a trial; what the journal holds already costs nothing again`,
  ].join("\n");
}

function rangeText({ expected, range }: Expectation, show: (value: number) => string): string {
  return range === null ? show(expected) : `${show(expected)} [${show(range.low)} to ${show(range.high)}]`;
}

function counted(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

function moneyOf(amount: number, currency: string): Money {
  return { amount, currency, unknownCalls: 0 };
}
