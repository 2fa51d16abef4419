/**
 * What a folder's work has paid for, over all commands that worked there: `spending.jsonl`, a line a call, put together when
 * it is opened again. Calls that were read back from the journal are in it once: when they were paid.
 */
import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { hasCode, messageOf, SetupError } from "../errors.ts";
import { NO_USAGE, Usage } from "../records.ts";
import { Caller, sumUsage } from "../usage.ts";

export const SPENDING_FILE = "spending.jsonl";

/** Calls that one caller made of one model at one endpoint. */
export const Paid = z.strictObject({
  caller: Caller,
  model: z.string(),
  endpoint: z.string(),
  usage: Usage,
});
export type Paid = z.infer<typeof Paid>;

export interface Spending {
  /** Counts paid calls; when this returns, a killed process has them. */
  add(paid: Paid): void;
  /** One entry for each caller, model and endpoint, in order of first appearance. */
  entries(): readonly Paid[];
}

/**
 * Opens the account of a folder that is there; null keeps it in memory alone.
 * A line that a kill cut short counts for nothing: its call is in the journal, and at most those under way are missing here.
 * @throws SetupError when the file cannot be read or written
 */
export function openSpending(directory: string | null): Spending {
  const path = directory === null ? null : join(directory, SPENDING_FILE);
  const sums = new Map<string, Paid>();
  const count = (paid: Paid) => {
    const key = JSON.stringify([paid.caller, paid.model, paid.endpoint]);
    const before = sums.get(key)?.usage ?? NO_USAGE;
    sums.set(key, { ...paid, usage: sumUsage([before, paid.usage]) });
  };
  if (path !== null) {
    const lines = readSpending(path);
    for (const paid of lines) count(paid);
    if (lines.length > sums.size || isCutShort(path)) rewrite(path, [...sums.values()]);
  }
  return {
    entries: () => [...sums.values()],
    add(paid) {
      count(paid);
      if (path !== null) writable(path, () => appendFileSync(path, lineOf(paid)));
    },
  };
}

/**
 * What a folder's work has paid for so far; nothing where none was kept.
 * @throws SetupError for a whole line that cannot be read: a limit would be kept by a sum that is too small
 */
export function readSpending(path: string): Paid[] {
  const lines = textOf(path).split("\n");
  return lines.flatMap((line, index) => {
    const read = Paid.safeParse(parse(line));
    if (read.success) return [read.data];
    // What follows the last line feed was cut short by a kill.
    if (line.trim() === "" || index === lines.length - 1) return [];
    throw new SetupError(
      `${path}:${index + 1}: expected what calls came to, found ${JSON.stringify(line.slice(0, 60))}. ` +
        "Take the line out to go on: what it told is then missing in sums, and does not count for --max-cost and --max-tokens-total",
    );
  });
}

/** What is written next must begin on a line of its own. */
function isCutShort(path: string): boolean {
  const text = textOf(path);
  return text !== "" && !text.endsWith("\n");
}

function rewrite(path: string, entries: readonly Paid[]): void {
  writable(path, () => {
    writeFileSync(`${path}.tmp`, entries.map(lineOf).join(""));
    renameSync(`${path}.tmp`, path);
  });
}

function lineOf(paid: Paid): string {
  return `${JSON.stringify(paid)}\n`;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (hasCode(cause, "ENOENT")) return "";
    throw new SetupError(`cannot read ${path}: ${messageOf(cause)}`, { cause });
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // told by whoever reads the line
  }
}

function writable(path: string, write: () => void): void {
  try {
    write();
  } catch (cause) {
    throw new SetupError(`cannot write ${path}: ${messageOf(cause)}. What was paid is kept in the journal`, { cause });
  }
}
