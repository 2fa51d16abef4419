/** Options that limit what a whole command, with all that was done before in its folder, may spend. */
import type { Command } from "commander";
import { type BudgetReached, UsageError } from "../errors.ts";
import { filled, integer } from "./parsers.ts";

/** Exit code of work that stopped at a limit of its budget. */
export const LIMIT_EXIT = 4;

export interface BudgetSettings {
  readonly maxCost?: number;
  readonly maxTokensTotal?: number;
  readonly prices?: string;
}

export function addBudgetOptions(command: Command): Command {
  return addPricesOption(command)
    .option(
      "--max-cost <amount>",
      `stop before a call that by the mean so far would bring the cost of all callers, earlier commands in the same folder included, past this (exit code ${LIMIT_EXIT}); needs prices`,
      amount("--max-cost"),
    )
    .option(
      "--max-tokens-total <n>",
      `the same for tokens, input and output (exit code ${LIMIT_EXIT})`,
      integer("--max-tokens-total", 1, Number.MAX_SAFE_INTEGER),
    );
}

export function addPricesOption(command: Command): Command {
  return command.option(
    "--prices <file>",
    "prices per million tokens, as in harness/prices/example.json; a price that is not there is unknown, never 0",
    filled("--prices"),
  );
}

/** What is told when work stops at a limit. */
export function limitText({ message }: BudgetReached): string {
  return `Stopped at the limit: ${message}. Calls under way were finished and kept; the same command with a higher limit goes on from here.`;
}

/** Money in the currency of the prices, above 0. */
export function amount(option: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isFinite(value) || value <= 0)
      throw new UsageError(
        `${option} must be an amount above 0, in the currency of the prices, found ${JSON.stringify(text)}`,
      );
    return value;
  };
}
