/** What was paid for, by whom and for how much: told by verbs that call a model. */
import { costOf, type Money, moneyText } from "../prices/prices.ts";
import { NO_USAGE, type Usage } from "../records.ts";
import type { Paid } from "../run/spending.ts";
import { sumUsage } from "../usage.ts";
import type { Session } from "./session.ts";

export interface SpendingReport {
  /** Over all commands that worked in the folder: what was read back from the journal is in it once. */
  readonly callers: readonly (Paid & { readonly cost: Money })[];
  readonly total: { readonly usage: Usage; readonly cost: Money };
}

export function spendingReport({ spending, prices }: Pick<Session, "spending" | "prices">): SpendingReport {
  const entries = spending.entries();
  return {
    callers: entries.map((paid) => ({ ...paid, cost: costOf([paid], prices) })),
    total: {
      usage: entries.length === 0 ? NO_USAGE : sumUsage(entries.map(({ usage }) => usage)),
      cost: costOf(entries, prices),
    },
  };
}

/** One line, and one for each caller where there are several; none where nothing was paid. */
export function spendingLines({ callers, total }: SpendingReport): string[] {
  if (callers.length === 0) return [];
  const each = callers.map(({ caller, model, usage, cost }) => `  ${caller}, ${model}: ${spentText(usage, cost)}`);
  return [
    `paid for in this folder so far: ${spentText(total.usage, total.cost)}`,
    ...(callers.length > 1 ? each : [`  by ${callers[0]?.caller}, ${callers[0]?.model}`]),
  ];
}

function spentText(usage: Usage, cost: Money): string {
  const { calls, inputTokens, cachedTokens, outputTokens, reasoningTokens, untold = 0 } = usage;
  const count = (value: number) => value.toLocaleString("en-US");
  const cached = cachedTokens > 0 ? ` (${count(cachedTokens)} cached)` : "";
  const thinking = reasoningTokens > 0 ? ` (${count(reasoningTokens)} thinking)` : "";
  const told = untold > 0 ? `, tokens of ${count(untold)} calls not told` : "";
  return `${count(calls)} calls, tokens ${count(inputTokens)} in${cached}, ${count(outputTokens)} out${thinking}${told}, cost ${moneyText(cost)}`;
}
