/**
 * Tool calls that a server's parser left in `content`: JSON in `<tool_call>`, as Hermes and Qwen write them; `<function=NAME>`
 * with `<parameter=NAME>`, as Qwen3-Coder does; a JSON object in a fence or by itself. Only calls of tools that were offered
 * count, and text that is cut off is never made into one. What a model merely quotes, of a document perhaps, is none either.
 */
import { asObject, mendObject, parseJson } from "../mend-json.ts";
import type { Tool } from "../roles.ts";
import { readArguments } from "./repair-arguments.ts";
import { markedFunctions } from "./repair-functions.ts";

export interface CallInText {
  readonly name: string;
  /** JSON of an object. */
  readonly arguments: string;
  /** Whether program had to mend it. */
  readonly mended: boolean;
}

export interface CallsInText {
  /** One or more. */
  readonly calls: readonly CallInText[];
  /** What stands before the first. */
  readonly before: string;
}

export interface ReadCalls {
  readonly calls: readonly CallInText[];
  /** What stands after them, without blanks. */
  readonly rest: string;
}

export interface Offered {
  readonly tools: readonly Tool[];
  /** Whether the reply was cut at the token limit. */
  readonly isCut: boolean;
}

const MARKUP = /<tool_call>|<function=/;

/** Whether a text holds the marks of a tool call, of one that can be read or not. */
export function showsCall(text: string): boolean {
  return MARKUP.test(text);
}

/** The calls in a text without thinking; null where it holds none that can be read. */
export function callsIn(text: string, offered: Offered): CallsInText | null {
  if (offered.tools.length === 0) return null;
  const start = text.search(MARKUP);
  if (start === -1) return bareCalls(text.trimEnd(), offered);
  if (isQuoted(text.slice(0, start))) return null;
  const calls = markedCalls(text.slice(start), offered);
  return calls.length === 0 ? null : { calls, before: text.slice(0, start) };
}

/** Whether what stands behind that text is in a fence, in backticks, or in a line of a quotation. */
function isQuoted(before: string): boolean {
  const lines = before.split("\n");
  const line = lines.at(-1) ?? "";
  const fences = lines.filter((one) => /^\s*(```|~~~)/.test(one)).length;
  return fences % 2 === 1 || /^\s*>/.test(line) || line.split("`").length % 2 === 0;
}

/** A model that calls waits for the answer. One that goes on in marks makes it up; one that goes on in words spoke of a call. */
const MADE_UP = /^[<{[]/;

/** What follows the first that is no call was made up: a tool's answer perhaps, and all that it led to. None where words follow. */
function markedCalls(text: string, offered: Offered): CallInText[] {
  const bodies = text.split(/<\/?tool_call>/).map((part) => part.trim());
  const calls: CallInText[] = [];
  for (const body of bodies.filter((part) => part !== "")) {
    const read = body.startsWith("<function=") ? markedFunctions(body, offered) : markedJson(body, offered);
    calls.push(...read.calls);
    if (read.rest !== "") return MADE_UP.test(read.rest) ? calls : [];
  }
  return calls;
}

function markedJson(body: string, offered: Offered): ReadCalls {
  const calls = jsonCalls(body, offered);
  return calls === null ? { calls: [], rest: body } : { calls, rest: "" };
}

/** A call without marks ends the text, or it is an example. */
function bareCalls(text: string, offered: Offered): CallsInText | null {
  for (const { start, body } of endings(text)) {
    const calls = jsonCalls(body, offered);
    if (calls !== null) return { calls, before: text.slice(0, start) };
  }
  return null;
}

const FENCE = "```";
/** The first line that begins as JSON does; Llama and Mistral put a mark of theirs before it. */
const BARE = /^[ \t]*(?:<\|python_tag\|>|\[TOOL_CALLS\])?[ \t]*(?=[[{])/m;

/** Where JSON that ends the text may begin: in its last fence, in its first one of JSON, or by itself. */
function endings(text: string): { start: number; body: string }[] {
  if (text.endsWith(FENCE)) {
    const inner = text.slice(0, -FENCE.length);
    const starts = new Set([inner.lastIndexOf(FENCE), inner.indexOf(`${FENCE}json`)]);
    return [...starts]
      .filter((start) => start !== -1)
      .map((start) => ({ start, body: inner.slice(start).replace(/^```\w*\s*/, "") }));
  }
  const bare = BARE.exec(text);
  return bare === null ? [] : [{ start: bare.index, body: text.slice(bare.index + bare[0].length) }];
}

/** One call, or a list of them; null when any of it is no call of an offered tool. */
function jsonCalls(text: string, offered: Offered): CallInText[] | null {
  const parsed = parseJson(text);
  const mended = parsed === undefined;
  const value = mended && !offered.isCut ? mendObject(text) : parsed;
  const calls = (Array.isArray(value) ? value : [value]).map((one) => callOf(one, offered));
  const sound = calls.filter((call) => call !== null);
  return sound.length === 0 || sound.length < calls.length
    ? null
    : sound.map((call) => ({ ...call, mended: mended || call.mended }));
}

/** `{"name", "arguments"}`, as some write it with `parameters`, or within `function`. */
function callOf(value: unknown, { tools, isCut }: Offered): CallInText | null {
  const outer = asObject(value);
  const call = asObject(outer?.function) ?? outer;
  const name = call?.name;
  if (typeof name !== "string" || !tools.some((tool) => tool.name === name)) return null;
  const given = call?.arguments ?? call?.parameters ?? {};
  const read = readArguments(typeof given === "string" ? given : JSON.stringify(given), isCut);
  return asObject(parseJson(read.text)) === null ? null : { name, arguments: read.text, mended: read.mended };
}
