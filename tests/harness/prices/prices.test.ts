import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  amountOf,
  costOf,
  moneyText,
  type PriceList,
  pricesOf,
  readPriceList,
} from "../../../harness/prices/prices.ts";
import { NO_USAGE, type Usage } from "../../../harness/records.ts";

const LIST: PriceList = {
  version: 1,
  currency: "EUR",
  prices: [
    { model: "m", input: 2, cachedInput: 0.5, output: 8, date: "2026-11-01", source: "a test" },
    { model: "m", endpoint: "http://cheap/", input: 1, output: 1, date: "2026-11-01", source: "a test" },
  ],
};
const used = (parts: Partial<Usage>): Usage => ({ ...NO_USAGE, calls: 1, ...parts });

test("cached input is part of the input and priced by itself; thinking is part of the output", () => {
  const usage = used({
    inputTokens: 1_000_000,
    cachedTokens: 400_000,
    outputTokens: 500_000,
    reasoningTokens: 300_000,
  });
  const [price] = LIST.prices;

  expect(amountOf(usage, price!)).toBeCloseTo(0.6 * 2 + 0.4 * 0.5 + 0.5 * 8, 10);
  expect(amountOf(usage, { input: 2, output: 8 })).toBeCloseTo(2 + 4, 10);
});

test("the price of the endpoint goes before the price of the model anywhere", () => {
  const prices = pricesOf(LIST);

  expect(prices.priceOf("m", "http://cheap/v1")?.input).toBe(1);
  expect(prices.priceOf("m", "http://dear/v1")?.input).toBe(2);
  expect(prices.priceOf("other", "http://cheap/v1")).toBeNull();
});

test("an unknown price is unknown, also beside a known one, and never 0", () => {
  const prices = pricesOf(LIST);
  const known = { model: "m", endpoint: "http://h", usage: used({ inputTokens: 1_000_000 }) };
  const unknown = { model: "x", endpoint: "http://h", usage: used({ calls: 3, inputTokens: 9 }) };

  expect(moneyText(costOf([unknown], prices))).toBe("unknown");
  expect(moneyText(costOf([known], prices))).toBe("2.00 EUR");
  expect(moneyText(costOf([known, unknown], prices))).toBe("at least 2.00 EUR (3 calls unknown)");
});

test("tokens that the server did not tell make a cost unknown, unless the model costs nothing", () => {
  const prices = pricesOf(LIST);
  const of = (model: string) => costOf([{ model, endpoint: "http://h", usage: used({ calls: 2, untold: 2 }) }], prices);

  expect(moneyText(of("m"))).toBe("unknown");
  expect(moneyText(of("sim/large"))).toBe("0.00 EUR");
});

test("an amount below a cent is shown by its first digits, not as 0.00", () => {
  expect(moneyText({ currency: "USD", amount: 0.00123, unknownCalls: 0 })).toBe("0.0012 USD");
});

test.each([
  ["no JSON", "prices: []", /expected a list as in harness\/prices\/example\.json, found no JSON/],
  [
    "a currency that is none",
    '{"version":1,"currency":"dollars","prices":[]}',
    /currency: expected three capital letters/,
  ],
  ["a price below 0", JSON.stringify({ ...LIST, prices: [{ ...LIST.prices[0], input: -1 }] }), /prices\.0\.input/],
  ["no source", JSON.stringify({ ...LIST, prices: [{ ...LIST.prices[0], source: "" }] }), /prices\.0\.source/],
  [
    "two prices of one model",
    JSON.stringify({ ...LIST, prices: [LIST.prices[0], LIST.prices[0]] }),
    /m has two prices/,
  ],
])("%s is refused with the place", (_, text, message) => {
  expect(() => readPriceList(text, "p.json")).toThrow(message);
});

test("the sample file beside the built-in prices is a list that can be read", () => {
  const text = readFileSync(new URL("../../../harness/prices/example.json", import.meta.url), "utf8");

  expect(readPriceList(text, "example.json").prices.length).toBeGreaterThan(0);
});
