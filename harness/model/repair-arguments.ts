/** Arguments of a tool call as servers hand them on: JSON, JSON that is broken, or JSON within a JSON string. */
import { jsonProblem } from "../json.ts";
import { asObject, mendObject, parseJson } from "../mend-json.ts";

export interface ReadArguments {
  /** JSON of an object where that could be had; else the text as it came. */
  readonly text: string;
  readonly mended: boolean;
}

/** @param isCut the reply was cut at the token limit: what looks whole may be half of it, so nothing is mended */
export function readArguments(text: string, isCut: boolean): ReadArguments {
  const asItCame = { text, mended: false };
  const parsed = parseJson(text);
  if (text.trim() === "" || asObject(parsed) !== null) return asItCame;
  const object = typeof parsed === "string" ? asObject(parseJson(parsed)) : isCut ? null : mendObject(text);
  if (object === null || jsonProblem(object) !== null) return asItCame;
  return { text: JSON.stringify(object).toWellFormed(), mended: true };
}
