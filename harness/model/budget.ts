/**
 * What may be spent: asked before every call that would be paid, told what it came to. At a limit no further call is sent; those
 * under way are waited for by whoever made them, for they are paid, and their answers are kept.
 */
import { BudgetReached, SetupError } from "../errors.ts";
import { amountText, costOf, type Prices } from "../prices/prices.ts";
import type { Usage } from "../records.ts";
import type { Caller } from "../roles.ts";
import type { Spending } from "../run/spending.ts";

export interface BudgetLimits {
  /** In the currency of the prices; null for none. */
  readonly cost: number | null;
  /** Input and output tokens of all callers; null for none. */
  readonly tokens: number | null;
}

/** After so many calls without tokens a server is taken to tell none ever. */
const FEW = 3;

export const NO_LIMITS: BudgetLimits = { cost: null, tokens: null };

/** Who is asked for what. */
export interface Payee {
  readonly caller: Caller;
  readonly model: string;
  readonly endpoint: string;
}

/** A call under way; one of its functions is called once. */
export interface Payment {
  paid(usage: Usage): void;
  /** It came to nothing. */
  failed(): void;
}

export interface Budget {
  /**
   * Begins a call that will be paid. Under a limit, the first call of a caller goes alone: its cost tells how many fit.
   * @throws BudgetReached when it would not fit any more; SetupError when a limit cannot be kept, for something is unknown
   */
  begin(payee: Payee, signal: AbortSignal): Promise<Payment>;
}

export interface BudgetOptions {
  readonly limits: BudgetLimits;
  readonly prices: Prices;
  /** What was spent before counts. */
  readonly spending: Spending;
}

interface Amounts {
  cost: number;
  tokens: number;
}

/**
 * A budget for all calls of a process. A call under way, the next one, and one whose tokens the server did not tell count as
 * much as their caller's calls have come to on average, so that the sum ends near the limit: it can pass it only by what the
 * last calls cost more than that.
 */
export function openBudget({ limits, prices, spending }: BudgetOptions): Budget {
  const underWay = new Map<string, number>();
  const first = new Map<string, Promise<void>>();
  const limited = limits.cost !== null || limits.tokens !== null;
  return {
    async begin(payee, signal) {
      const key = keyOf(payee);
      const { promise, resolve } = Promise.withResolvers<void>();
      while (limited && !isKnown(key) && first.has(key)) await settled(first.get(key), signal);
      if (limited) refuse(payee, key);
      if (limited && !isKnown(key)) first.set(key, promise);
      let ended = false;
      const end = (): void => {
        if (ended) return;
        ended = true;
        underWay.set(key, (underWay.get(key) ?? 0) - 1);
        if (first.get(key) === promise) first.delete(key);
        resolve();
      };
      underWay.set(key, (underWay.get(key) ?? 0) + 1);
      return {
        failed: end,
        paid(usage) {
          try {
            spending.add({ ...payee, usage });
          } finally {
            end();
          }
        },
      };
    },
  };

  function isKnown(key: string): boolean {
    return spending.entries().some((paid) => keyOf(paid) === key);
  }

  function refuse({ model, endpoint }: Payee, key: string): void {
    if (limits.cost !== null && prices.priceOf(model, endpoint) === null) throw noPrice(model, endpoint);
    const { spent, expected, next } = amounts(key);
    for (const kind of ["cost", "tokens"] as const) {
      const limit = limits[kind];
      if (limit === null) continue;
      const [used, more] = [spent[kind], expected[kind]];
      if (used + more >= limit || used + more + next[kind] > limit)
        throw new BudgetReached(reachedText(kind, { limit, used, more }));
    }
  }

  /** What was spent, what the calls under way or not told will have come to, and what one more of that payee will. */
  function amounts(key: string): { spent: Amounts; expected: Amounts; next: Amounts } {
    const [spent, expected, next] = [
      { cost: 0, tokens: 0 },
      { cost: 0, tokens: 0 },
      { cost: 0, tokens: 0 },
    ];
    for (const paid of spending.entries()) {
      const { calls, inputTokens, outputTokens, untold = 0 } = paid.usage;
      if (untold === calls && calls >= FEW) refuseUntold(paid.model, untold, limits);
      const sum = { cost: costOf([paid], prices).amount, tokens: inputTokens + outputTokens };
      const unseen = (underWay.get(keyOf(paid)) ?? 0) + untold;
      for (const kind of ["cost", "tokens"] as const) {
        const mean = sum[kind] / Math.max(1, calls - untold);
        spent[kind] += sum[kind];
        expected[kind] += mean * unseen;
        if (keyOf(paid) === key) next[kind] = mean;
      }
    }
    return { spent, expected, next };
  }

  function reachedText(kind: "cost" | "tokens", { limit, used, more }: { limit: number; used: number; more: number }) {
    const inUnit = (value: number) =>
      kind === "cost" ? `${amountText(value)} ${prices.currency}` : `${Math.round(value)} tokens`;
    const option = kind === "cost" ? "--max-cost" : "--max-tokens-total";
    const expected = more > 0 ? `, about ${inUnit(more)} more by calls under way or not told` : "";
    return `spent ${inUnit(used)} of ${inUnit(limit)}${expected}; the next call would pass it (${option})`;
  }
}

/** What must be known before the first call: one that is refused later has spent already. */
export function assertPriced(
  { model, endpoint }: Omit<Payee, "caller">,
  { limits, prices }: Pick<BudgetOptions, "limits" | "prices">,
): void {
  if (limits.cost !== null && prices.priceOf(model, endpoint) === null) throw noPrice(model, endpoint);
}

function noPrice(model: string, endpoint: string): SetupError {
  return new SetupError(
    `--max-cost cannot be kept: no price of ${JSON.stringify(model)} at ${endpoint} is known. Give one with --prices FILE, or limit tokens with --max-tokens-total`,
  );
}

function refuseUntold(model: string, calls: number, { cost }: BudgetLimits): never {
  throw new SetupError(
    `${cost === null ? "--max-tokens-total" : "--max-cost"} cannot be kept: the server told the tokens of none of ${calls} calls of ${model}. ` +
      "Have it tell them (usage), or run without that limit",
  );
}

/** @throws the reason of the signal, as soon as it is aborted */
async function settled(promise: Promise<void> | undefined, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  await Promise.race([promise, aborted]).finally(() => signal.removeEventListener("abort", stop));
}

function keyOf({ caller, model, endpoint }: Payee): string {
  return JSON.stringify([caller, model, endpoint]);
}
