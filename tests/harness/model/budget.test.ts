import { expect, test } from "vitest";
import { BudgetReached } from "../../../harness/errors.ts";
import { type BudgetLimits, NO_LIMITS, openBudget, type Payee } from "../../../harness/model/budget.ts";
import { type PriceList, pricesOf } from "../../../harness/prices/prices.ts";
import { NO_USAGE } from "../../../harness/records.ts";
import { openSpending } from "../../../harness/run/spending.ts";

const PRICES: PriceList = {
  version: 1,
  currency: "EUR",
  prices: [{ model: "m", input: 1, output: 1, date: "2026-11-01", source: "a test" }],
};
const AGENT: Payee = { caller: "agent", model: "m", endpoint: "http://h" };
/** 1 EUR and a million tokens. */
const USAGE = { ...NO_USAGE, calls: 1, inputTokens: 900_000, outputTokens: 100_000 };
const never = new AbortController().signal;

function budgetOf(limits: Partial<BudgetLimits>) {
  const spending = openSpending(null);
  return { spending, budget: openBudget({ limits: { ...NO_LIMITS, ...limits }, prices: pricesOf(PRICES), spending }) };
}

test.each([
  ["cost", { cost: 3 }, /spent 3\.00 EUR of 3\.00 EUR.*--max-cost/],
  ["tokens", { tokens: 3_000_000 }, /spent 3000000 tokens of 3000000 tokens.*--max-tokens-total/],
] as const)("at the limit on %s no further call begins", async (_, limits, message) => {
  const { budget } = budgetOf(limits);
  for (let call = 0; call < 3; call += 1) (await budget.begin(AGENT, never)).paid(USAGE);

  await expect(budget.begin(AGENT, never)).rejects.toThrow(message);
  await expect(budget.begin(AGENT, never)).rejects.toBeInstanceOf(BudgetReached);
});

test("calls under way count as much as calls come to, so that many at once do not pass the limit", async () => {
  const { budget, spending } = budgetOf({ cost: 5 });
  (await budget.begin(AGENT, never)).paid(USAGE);

  const begun = await Promise.allSettled(Array.from({ length: 100 }, () => budget.begin(AGENT, never)));
  const payments = begun.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  for (const payment of payments) payment.paid(USAGE);

  expect(payments).toHaveLength(4);
  expect(spending.entries()[0]?.usage.calls).toBe(5);
});

test("the first call of a caller goes alone, for nothing is known of its cost; the others follow when it is paid", async () => {
  const { budget } = budgetOf({ cost: 2.5 });
  const first = await budget.begin(AGENT, never);
  const others = Promise.allSettled(Array.from({ length: 10 }, () => budget.begin(AGENT, never)));
  first.paid(USAGE);

  const begun = (await others).filter(({ status }) => status === "fulfilled");
  expect(begun).toHaveLength(1); // two and a half would fit
});

test("a first call that fails lets the next one go", async () => {
  const { budget } = budgetOf({ cost: 2 });
  const first = await budget.begin(AGENT, never);
  const second = budget.begin(AGENT, never);
  first.failed();

  (await second).paid(USAGE);
});

test("who waits for the first call can be called off", async () => {
  const { budget } = budgetOf({ cost: 2 });
  await budget.begin(AGENT, never);
  const off = new AbortController();
  const second = budget.begin(AGENT, off.signal);
  off.abort(new Error("called off"));

  await expect(second).rejects.toThrow("called off");
});

test("a limit on cost without a price, or without tokens told, is refused and not guessed", async () => {
  const { budget } = budgetOf({ cost: 2 });
  await expect(budget.begin({ ...AGENT, model: "unpriced" }, never)).rejects.toThrow(
    /no price of "unpriced".*--prices FILE/,
  );

  const untold = budgetOf({ tokens: 5 });
  const one = { ...NO_USAGE, calls: 1, untold: 1 };
  for (let call = 0; call < 3; call += 1) (await untold.budget.begin(AGENT, never)).paid(one);
  await expect(untold.budget.begin(AGENT, never)).rejects.toThrow(/told the tokens of none of 3 calls of m/);
});

test("a call whose tokens were not told among others counts as much as those, and the work goes on", async () => {
  const { budget } = budgetOf({ tokens: 4_000_000 });
  for (const usage of [USAGE, { ...NO_USAGE, calls: 1, untold: 1 }, USAGE, USAGE])
    (await budget.begin(AGENT, never)).paid(usage);

  await expect(budget.begin(AGENT, never)).rejects.toThrow(
    /spent 3000000 tokens of 4000000 tokens, about 1000000 tokens more/,
  );
});

test("without a limit nothing waits and nothing is refused", async () => {
  const { budget, spending } = budgetOf({});
  const payments = await Promise.all(Array.from({ length: 50 }, () => budget.begin({ ...AGENT, model: "x" }, never)));
  for (const payment of payments) payment.paid(USAGE);

  expect(spending.entries()[0]?.usage.calls).toBe(50);
});
