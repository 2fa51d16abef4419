/** The account of a folder: what its work has paid for, what it may still spend, and at what prices. */
import { readFileSync } from "node:fs";
import { messageOf, SetupError } from "../errors.ts";
import type { BudgetLimits } from "../model/budget.ts";
import { type Prices, pricesOf, readPriceList } from "../prices/prices.ts";
import type { BudgetSettings } from "./budget-options.ts";
import type { ModelSettings } from "./options.ts";
import type { SessionOptions } from "./session.ts";

/** The account that is kept in a folder, with what may be spent of it. */
export function accountIn(
  directory: string,
  settings: BudgetSettings & Pick<ModelSettings, "offline">,
): Required<Omit<SessionOptions, "sandbox">> {
  const { maxCost = null, maxTokensTotal = null } = settings;
  const limits: BudgetLimits = { cost: maxCost, tokens: maxTokensTotal };
  return { spendingIn: directory, limits, prices: pricesIn(settings), offline: settings.offline };
}

/**
 * The built-in prices, after those of a file that was named.
 * @throws SetupError when it cannot be read
 */
export function pricesIn({ prices: path }: Pick<BudgetSettings, "prices">): Prices {
  if (path === undefined) return pricesOf(null);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new SetupError(`--prices: cannot read ${path}: ${messageOf(cause)}`, { cause });
  }
  return pricesOf(readPriceList(text, `--prices: ${path}`));
}
