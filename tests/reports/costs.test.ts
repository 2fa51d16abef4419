import { expect, test } from "vitest";
import { type PriceList, pricesOf } from "../../harness/prices/prices.ts";
import { NO_USAGE } from "../../harness/records.ts";
import { authorsText } from "../../reports/authors.ts";
import { type Cost, priced, totalCost } from "../../reports/experiment.ts";
import { tableText } from "../../reports/formats/terminal.ts";
import { costsAsTable } from "../../reports/tables/costs.ts";

const LIST: PriceList = {
  version: 1,
  currency: "EUR",
  prices: [{ model: "m", input: 1, output: 1, date: "2026-11-01", source: "a test" }],
};
const cost = (parts: Partial<Cost> = {}): Cost => ({
  part: "no-skill",
  caller: "agent",
  model: "m",
  simulated: false,
  usage: { ...NO_USAGE, calls: 4, inputTokens: 1_000_000, outputTokens: 500_000, reasoningTokens: 200_000 },
  fromJournal: null,
  ...parts,
});

const shown = (costs: readonly Cost[]) => tableText(costsAsTable(costs));

test("the table tells thinking and cost where there are any, and no simulated seconds of real models", () => {
  const table = shown([priced(cost(), "http://h", pricesOf(LIST))]);

  expect(table).toMatch(/thinking/);
  expect(table).toMatch(/EUR/);
  expect(table).toMatch(/agent .*1,000,000 .*200,000 .*1\.50/);
  expect(table).not.toMatch(/simulated/);
  expect(table.split("\n").every((line) => line.length <= 100)).toBe(true);
});

test("a sum with an unknown price says so, and a table without prices has no column for them", () => {
  const prices = pricesOf(LIST);
  const both = [cost(), cost({ caller: "merger", model: "x" })].map((one) => priced(one, "http://h", prices));

  expect(totalCost(both).money).toEqual({ currency: "EUR", amount: 1.5, unknownCalls: 4 });
  expect(shown(both)).toMatch(/merger .*unknown/);
  expect(shown(both)).toMatch(/all .*≥ 1\.50/);
  expect(shown([cost()])).not.toMatch(/cost,/i);
});

test("whose work a distillation is: the model, and those of single roles where they differ", () => {
  const role = (model: string) => ({ model, endpoint: "http://h", simulated: false, sampling: {} });

  expect(authorsText({ model: "a" })).toBe("a");
  expect(authorsText({ model: "a", roles: { merger: role("b"), proposer: role("b"), parametric: role("a") } })).toBe(
    "a; merger, proposer: b",
  );
});
