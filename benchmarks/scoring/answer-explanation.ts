/** What was wanted and what was found, for scores of answers that are lists of items. */
import { shortened } from "./compare-workbooks.ts";

/** An item of the truth, and what else it may be written as. */
export interface WantedItem {
  readonly text: string;
  readonly reading: string | null;
}

/** An agent's cells may hold anything, and explanations are stored, shown and put into prompts. */
const MAX_VALUE = 200;
const MAX_SHOWN = 30;

/**
 * A line for each item. Each quoted truth follows the word `wanted`, by which lessons that would give it away are known.
 * @param found the items, or why there are none
 */
export function itemsExplanation(
  right: boolean,
  wanted: readonly WantedItem[],
  found: readonly string[] | string,
): string {
  if (right) return wanted.length === 1 ? "the answer agrees" : "all items of the answer agree";
  const truth = wanted.map(({ text, reading }) => {
    return `wanted ${quoted(text)}${reading === null ? "" : `; or as wanted ${quoted(reading)}`}`;
  });
  return [...truth, ...(typeof found === "string" ? [`found no answer: ${found}`] : foundLines(found))].join("\n");
}

function foundLines(found: readonly string[]): string[] {
  if (found.length === 0) return ["found nothing: A1 of the sheet Answer is blank"];
  const more = found.length > MAX_SHOWN ? [`and ${found.length - MAX_SHOWN} more`] : [];
  return [...found.slice(0, MAX_SHOWN).map((text) => `found ${quoted(text)}`), ...more];
}

function quoted(text: string): string {
  return JSON.stringify(shortened(text, MAX_VALUE));
}
