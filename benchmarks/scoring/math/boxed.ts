/** What stands in `\boxed{…}`: all of a formula's boxes, or the last ones of a text. */

/** Between boxes of one answer: next to each other, or with a separator in a short text. */
const NEAR = 10;
const NOT_FAR = 70;
const SEPARATOR = /\b(?:and|or)\b|,|;/;
const COMMANDS = ["\\boxed", "\\fbox"];
const MOST_BOXES = 50;

/**
 * The contents of boxes, joined by commas; the text itself when it has none.
 * @param mode `last` takes the last box, and those before it as long as they stand beside it as parts of one answer
 */
export function boxedContent(text: string, mode: "all" | "last"): string {
  const found: string[] = [];
  let end = text.length;
  let nextStart: number | null = null;
  while (found.length < MOST_BOXES) {
    const start = Math.max(...COMMANDS.map((command) => (end === 0 ? -1 : text.lastIndexOf(command, end - 1))));
    if (start < 0) break;
    const brace = skipSpaces(text, start + (text.startsWith("\\boxed", start) ? 6 : 5), end);
    if (brace >= end) break;
    const close = text[brace] === "{" ? closingBrace(text, brace, end) : -1;
    if (close < 0) {
      // Without an end, all the rest belongs to it, unless there are whole boxes behind.
      if (found.length === 0) found.push(text.slice(brace));
      break;
    }
    const content = text.slice(brace + 1, close).trim();
    if (mode === "last" && nextStart !== null && !belongs(text.slice(close + 1, nextStart), content !== found.at(-1)))
      break;
    if (found.at(-1) !== content) found.push(content);
    nextStart = start;
    end = start;
  }
  return found.length === 0 ? text : found.reverse().join(",");
}

function belongs(between: string, differs: boolean): boolean {
  return between.length < NEAR || (differs && between.length < NOT_FAR && SEPARATOR.test(between));
}

function skipSpaces(text: string, from: number, end: number): number {
  let position = from;
  while (position < end && /\s/.test(text[position] ?? "")) position += 1;
  return position;
}

/** Where the brace that opens at `open` closes, before `end`; -1 where it does not. */
export function closingBrace(text: string, open: number, end: number): number {
  let depth = 0;
  for (let position = open; position < end; position += 1) {
    if (text[position] === "{") depth += 1;
    if (text[position] === "}") depth -= 1;
    if (depth === 0) return position;
  }
  return -1;
}
