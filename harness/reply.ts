/** Reads the JSON that a model was asked for out of its text, with a stated result. */
import { z } from "zod";
import { jsonProblem } from "./json.ts";
import { mendJson } from "./mend-json.ts";
import { cutMiddle } from "./truncate.ts";

export type Read<T> =
  | { readonly kind: "parsed"; readonly value: T }
  /** The JSON was broken and was mended by program: a bracket, a quote or a comma, never a word. */
  | { readonly kind: "repaired"; readonly value: T }
  | { readonly kind: "failed"; readonly problem: string };

/**
 * Finds JSON that keeps the schema: in fenced blocks, the last one first, then in the text from its first bracket on.
 * Text before `</think>` does not count.
 */
export function readReply<T>(text: string, schema: z.ZodType<T>): Read<T> {
  const candidates = candidatesIn(text.split("</think>").at(-1) ?? "");
  if (candidates.length === 0) return { kind: "failed", problem: "the reply holds no JSON" };
  const problems: string[] = [];
  for (const candidate of candidates) {
    const value = parse(candidate, problems);
    const read = value === undefined ? null : check(value, schema, problems);
    if (read !== null) return { kind: "parsed", value: read.value };
  }
  for (const candidate of candidates) {
    const value = mend(candidate, problems);
    const read = value === undefined ? null : check(value, schema, problems);
    if (read !== null) return { kind: "repaired", value: read.value };
  }
  return { kind: "failed", problem: problems[0] ?? "the reply holds no JSON" };
}

/** The last ones count first; more are the work of a model that repeats itself. */
const MOST_BLOCKS = 20;
const FENCE = /^[ \t]*```(.*)$/;

/**
 * A fence closes only at the start of a line, because code blocks inside JSON strings keep their line ends escaped.
 * A reply that was cut off has no closing fence, and raw line ends in strings end a block too early: hence the text from
 * the first JSON fence to the last fence as well. Read line by line: patterns over the whole text take quadratic time.
 */
function candidatesIn(text: string): string[] {
  const lines = text.split(/\r?\n/);
  const fences = lines.flatMap((line, index) => {
    const [, info] = FENCE.exec(line) ?? [];
    return info === undefined ? [] : [{ index, info: info.trim().toLowerCase() }];
  });
  const between = (from: number, to: number) => lines.slice(from + 1, to).join("\n");
  const fenced = blocksIn(fences).slice(-MOST_BLOCKS);
  const open = fences.find(({ info }) => info === "json")?.index;
  const last = fences.at(-1)?.index ?? 0;
  const longest = open === undefined ? [] : [between(open, last > open ? last : lines.length)];
  const start = text.search(/[[{]/);
  const bare = start === -1 ? [] : [text.slice(start, lastBracket(text)), text.slice(start)];
  const blocks = fenced.map(([from, to]) => between(from, to)).reverse();
  return [...new Set([...blocks, ...longest, ...bare])].filter((candidate) => /[[{]/.test(candidate));
}

/** First and last line of the closed blocks that may hold JSON; a JSON fence within a block begins anew. */
function blocksIn(fences: readonly { readonly index: number; readonly info: string }[]): [number, number][] {
  const blocks: [number, number][] = [];
  let open: (typeof fences)[number] | null = null;
  for (const fence of fences) {
    if (open === null || fence.info === "json") open = fence;
    else if (fence.info === "") {
      if (open.info === "json" || open.info === "") blocks.push([open.index, fence.index]);
      open = null;
    }
  }
  return blocks;
}

function lastBracket(text: string): number {
  return Math.max(text.lastIndexOf("}"), text.lastIndexOf("]")) + 1;
}

function parse(text: string, problems: string[]): unknown {
  try {
    return sound(JSON.parse(text), problems);
  } catch (error) {
    problems.push(`the JSON cannot be parsed: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function mend(text: string, problems: string[]): unknown {
  const value = mendJson(text);
  return value === undefined ? undefined : sound(value, problems);
}

/** Undefined for what could not be stored. */
function sound(value: unknown, problems: string[]): unknown {
  const problem = jsonProblem(value);
  if (problem === null) return value;
  problems.unshift(`the JSON cannot be used: ${problem}`);
  return undefined;
}

/** A list of a thousand faults helps nobody. */
const PROBLEM_LIMITS = { head: 1_500, tail: 500 };

function check<T>(value: unknown, schema: z.ZodType<T>, problems: string[]): { value: T } | null {
  const read = schema.safeParse(value);
  if (read.success) return { value: read.data };
  // What breaks the schema says more than what breaks the syntax of some other candidate.
  problems.unshift(`the JSON is not of the shape asked for: ${cutMiddle(z.prettifyError(read.error), PROBLEM_LIMITS)}`);
  return null;
}
