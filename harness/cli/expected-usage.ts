/** What callers of a distillation may be expected to take, from what trials took and a few stated guesses. */
import { costOf, type Money, moneyText, type Prices } from "../prices/prices.ts";
import { NO_USAGE, type Usage } from "../records.ts";
import type { Caller } from "../roles.ts";
import type { Run } from "../run/store.ts";
import { sumUsage } from "../usage.ts";

/** How often each caller is expected to be at work: loops as long as a trial, and single calls. */
export interface ExpectedWork {
  /** Trials of agents. */
  readonly agent: number;
  /** Analyses in a sandbox, of error analysts. */
  readonly loops: number;
  /** Analyses in one call. */
  readonly errorCalls: number;
  readonly successCalls: number;
  readonly proposals: number;
  readonly merges: number;
  readonly fanIn: number;
}

/** Nobody has measured these of the user's model; in tokens. */
const GUESSED = { instructions: 3_000, lessons: 1_500, patch: 1_500, merged: 6_000 } as const;

export const ASSUMPTIONS = [
  "agents, and analysts in a sandbox, take as much as the trials given did on average",
  `an analysis in one call reads as much as a trial's last prompt and ${GUESSED.instructions} tokens, and writes ${GUESSED.lessons} (guessed)`,
  `a proposer reads ${GUESSED.instructions + GUESSED.lessons} tokens and writes ${GUESSED.patch}; a merger reads ${GUESSED.patch} for each patch and ${GUESSED.instructions}, and writes ${GUESSED.merged} (guessed)`,
  "repairs, tries after a fault, the draft of mode create and what the journal already holds are not counted",
];

export interface CallerUsage {
  readonly caller: Caller;
  readonly usage: Usage;
}

/** Expected calls and tokens by caller; callers with nothing to do are left out. */
export function expectedUsage(runs: readonly Run[], work: ExpectedWork): CallerUsage[] {
  return usageFrom(measured(runs), work);
}

/** As `expectedUsage`, from the mean usage of a trial and the tokens in its last prompt. */
export function usageFrom({ trial, prompt }: { trial: Usage; prompt: number }, work: ExpectedWork): CallerUsage[] {
  const { instructions, lessons, patch, merged } = GUESSED;
  const calls = (count: number, inputTokens: number, outputTokens: number): Usage => ({
    ...NO_USAGE,
    calls: count,
    inputTokens: count * inputTokens,
    outputTokens: count * outputTokens,
  });
  const all: CallerUsage[] = [
    { caller: "agent", usage: times(trial, work.agent) },
    {
      caller: "error-analyst",
      usage: sumUsage([times(trial, work.loops), calls(work.errorCalls, prompt + instructions, lessons)]),
    },
    { caller: "success-analyst", usage: calls(work.successCalls, prompt + instructions, lessons) },
    { caller: "proposer", usage: calls(work.proposals, instructions + lessons, patch) },
    { caller: "merger", usage: calls(work.merges, instructions + patch * work.fanIn, merged) },
  ];
  return all.filter(({ usage }) => usage.calls > 0).map(({ caller, usage }) => ({ caller, usage: rounded(usage) }));
}

/** Mean of a trial, and of the tokens in its last prompt. */
function measured(runs: readonly Run[]): { trial: Usage; prompt: number } {
  const trials = runs.flatMap((run) => run.trials).filter(({ trajectory }) => trajectory !== null);
  const count = Math.max(1, trials.length);
  const last = sumUsage(trials.map(({ trajectory }) => trajectory?.steps.at(-1)?.usage ?? NO_USAGE));
  return {
    trial: times(sumUsage(trials.map(({ usage }) => usage)), 1 / count),
    prompt: (last.inputTokens + last.outputTokens) / count,
  };
}

export function times(usage: Usage, factor: number): Usage {
  return mapped(usage, (value) => value * factor);
}

export function rounded(usage: Usage): Usage {
  return mapped(usage, Math.round);
}

function mapped({ untold: _, ...usage }: Usage, change: (value: number) => number): Usage {
  const entries = Object.entries(usage).map(([field, value]) => [field, change(value)] as const);
  return { ...NO_USAGE, ...Object.fromEntries(entries) };
}

/** @param answerer who is asked by a caller: model and endpoint */
export function expectedMoney(
  usages: readonly CallerUsage[],
  answerer: (caller: Caller) => { readonly model: string; readonly endpoint: string },
  prices: Prices,
): Money {
  return costOf(
    usages.map(({ caller, usage }) => ({ ...answerer(caller), usage })),
    prices,
  );
}

/** For people. */
export function expectedUsageLines(usages: readonly CallerUsage[], money: Money): string[] {
  const count = (value: number) => value.toLocaleString("en-US");
  const all = usages.length === 0 ? NO_USAGE : sumUsage(usages.map(({ usage }) => usage));
  return [
    `expected tokens: ${count(all.inputTokens)} in, ${count(all.outputTokens)} out; cost ${moneyText(money)}`,
    ...usages.map(
      ({ caller, usage }) =>
        `  ${caller}: ${count(usage.calls)} calls, ${count(usage.inputTokens)} in, ${count(usage.outputTokens)} out`,
    ),
    ...ASSUMPTIONS.map((assumption) => `  assumed: ${assumption}`),
  ];
}
