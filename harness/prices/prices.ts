/**
 * What model calls cost in money. Prices are data with a date and a source (`known.json` holds what is built in), and a user's
 * file goes before them. A price that nobody gave is unknown: it is told as such and never counted as 0.
 */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { messageOf, SetupError } from "../errors.ts";
import type { Usage } from "../records.ts";

const PerMillion = z.number().min(0);

/** Of one model, per million tokens, in the currency of its list. */
export const Price = z.strictObject({
  /** As it is asked for by `--model`. */
  model: z.string().min(1),
  /** Start of the endpoint's address, where a price holds for one provider alone; the longest that fits counts. */
  endpoint: z.string().min(1).optional(),
  input: PerMillion,
  /** Of input that the server read from its prompt cache; as `input` when left out. */
  cachedInput: PerMillion.optional(),
  /** Thinking is output. */
  output: PerMillion,
  /** Day on which it was looked up. */
  date: z.iso.date(),
  source: z.string().min(1),
});
export type Price = z.infer<typeof Price>;

export const PriceList = z.strictObject({
  version: z.literal(1),
  /** Such as USD; of all prices in the list. */
  currency: z.string().regex(/^[A-Z]{3}$/, { error: "expected three capital letters such as USD" }),
  note: z.string().optional(),
  prices: z.array(Price),
});
export type PriceList = z.infer<typeof PriceList>;

export interface Prices {
  readonly currency: string;
  /** Null where none is known. */
  priceOf(model: string, endpoint: string): Price | null;
}

/** Calls of one model. */
export interface Billed {
  readonly model: string;
  readonly endpoint: string;
  readonly usage: Usage;
}

export interface Money {
  readonly currency: string;
  /** Of the calls whose price and tokens are known. */
  readonly amount: number;
  /** Calls that are not in the amount: no price is known, or the server did not tell their tokens. */
  readonly unknownCalls: number;
}

/** The built-in prices, after those of a list that a user gave. */
export function pricesOf(given: PriceList | null): Prices {
  const known = readPriceList(readFileSync(new URL("./known.json", import.meta.url), "utf8"), "known.json");
  const all = [...(given?.prices ?? []), ...known.prices]; // what is built in costs nothing, in any currency
  const found = new Map<string, Price | null>();
  const find = (model: string, endpoint: string) => {
    const fitting = all.filter((price) => price.model === model && endpoint.startsWith(price.endpoint ?? ""));
    return fitting.toSorted((one, other) => (other.endpoint ?? "").length - (one.endpoint ?? "").length)[0] ?? null;
  };
  return {
    currency: given?.currency ?? known.currency,
    priceOf(model, endpoint) {
      const key = JSON.stringify([model, endpoint]);
      const price = found.get(key) ?? find(model, endpoint);
      found.set(key, price);
      return price;
    },
  };
}

/**
 * Reads a list of prices.
 * @param where the file, for the message
 * @throws SetupError when it is no list, or prices one model at one endpoint twice
 */
export function readPriceList(text: string, where: string): PriceList {
  const shape = `expected a list as in harness/prices/example.json`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SetupError(`${where}: ${shape}, found no JSON: ${messageOf(cause)}`, { cause });
  }
  const read = PriceList.safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new SetupError(`${where}: ${shape}; ${issue?.path.join(".") || "the document"}: ${issue?.message}`);
  }
  const keys = read.data.prices.map(({ model, endpoint }) => [model, ...(endpoint ? [endpoint] : [])].join(" at "));
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) throw new SetupError(`${where}: ${twice} has two prices; leave one`);
  return read.data;
}

/** Cost of calls, model by model. */
export function costOf(parts: Iterable<Billed>, { currency, priceOf }: Prices): Money {
  let amount = 0;
  let unknownCalls = 0;
  for (const { model, endpoint, usage } of parts) {
    const price = priceOf(model, endpoint);
    if (price === null) unknownCalls += usage.calls;
    else {
      amount += amountOf(usage, price);
      if (!isFree(price)) unknownCalls += usage.untold ?? 0;
    }
  }
  return { currency, amount, unknownCalls };
}

/** In the currency of the price; cached input is part of the input, and thinking of the output. */
export function amountOf(
  { inputTokens, cachedTokens, outputTokens }: Usage,
  price: Pick<Price, "input" | "cachedInput" | "output">,
): number {
  const { input, cachedInput = input, output } = price;
  return ((inputTokens - cachedTokens) * input + cachedTokens * cachedInput + outputTokens * output) / 1e6;
}

function isFree({ input, cachedInput = input, output }: Price): boolean {
  return input === 0 && cachedInput === 0 && output === 0;
}

/** `1.23 USD`, `unknown`, or `at least 1.23 USD (4 calls unknown)`. */
export function moneyText({ currency, amount, unknownCalls }: Money): string {
  if (unknownCalls === 0) return `${amountText(amount)} ${currency}`;
  if (amount === 0) return "unknown";
  return `at least ${amountText(amount)} ${currency} (${unknownCalls} calls unknown)`;
}

/** Two digits after the point, or two that count: `0.0012`. */
export function amountText(amount: number): string {
  return amount === 0 || amount >= 0.01 ? amount.toFixed(2) : amount.toPrecision(2);
}
