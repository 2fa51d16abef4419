/** Mends JSON that a model or a server broke: a bracket, a quote or a comma, never a word. The only importer of jsonrepair. */
import { jsonrepair } from "jsonrepair";
import { jsonProblem } from "./json.ts";

/** The mender's time grows with the square of some texts: seconds from here on. In characters. */
const LONGEST_MENDED = 100_000;

/** The value of broken JSON; undefined where it cannot be mended. Closes what was cut off: the caller says whether it may be. */
export function mendJson(text: string): unknown {
  const mended = mend(text);
  return mended === null ? undefined : parseJson(mended);
}

/**
 * The value of a broken JSON object, or null. Stricter than `mendJson`, because what it holds is run: one that was cut off
 * within a string stays broken, and so does one of which any letter or digit would be lost or moved.
 */
export function mendObject(text: string): Record<string, unknown> | null {
  const trimmed = text.trim();
  if (!trimmed.startsWith("{") || !/["}\]]$/.test(trimmed) || endsInString(trimmed)) return null;
  const mended = mend(trimmed);
  if (mended === null || wordsOf(mended) !== wordsOf(trimmed)) return null;
  const value = parseJson(mended);
  return jsonProblem(value) === null ? asObject(value) : null;
}

function mend(text: string): string | null {
  if (text.length > LONGEST_MENDED) return null;
  try {
    return jsonrepair(text);
  } catch {
    return null; // whatever it stumbled over: the text stays broken
  }
}

/** Without escapes, quotes, brackets and blanks. Python's True is JSON's true. */
function wordsOf(text: string): string {
  return text.replace(/\\u[0-9a-f]{4}|\\.|[^\p{L}\p{N}]/giu, "").toLowerCase();
}

export function asObject(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
}

function endsInString(text: string): boolean {
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    if (inString && text[at] === "\\") at += 1;
    else if (text[at] === '"') inString = !inString;
  }
  return inString;
}

/** The value of a JSON text; undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
