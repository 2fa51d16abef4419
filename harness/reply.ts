/** Reads the JSON that a model was asked for out of its text, with a stated result. The only importer of jsonrepair. */
import { jsonrepair } from "jsonrepair";
import { z } from "zod";

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
    const value = mend(candidate);
    const read = value === undefined ? null : check(value, schema, problems);
    if (read !== null) return { kind: "repaired", value: read.value };
  }
  return { kind: "failed", problem: problems[0] ?? "the reply holds no JSON" };
}

/**
 * A fence closes only at the start of a line, because code blocks inside JSON strings keep their line ends escaped.
 * A reply that was cut off has no closing fence; raw line ends in strings end a block too early: hence the second pattern.
 */
function candidatesIn(text: string): string[] {
  const fenced = [...text.matchAll(/^[ \t]*```(?:json)?[ \t]*\r?\n([\s\S]*?)\r?\n[ \t]*```[ \t]*$/gim)].map(
    ([, body = ""]) => body,
  );
  const [, open] = /^[ \t]*```json[ \t]*\r?\n([\s\S]*)$/im.exec(text) ?? [];
  const start = text.search(/[[{]/);
  const bare = start === -1 ? [] : [text.slice(start, lastBracket(text)), text.slice(start)];
  const longest = open === undefined ? [] : [open.replace(/\r?\n[ \t]*```\s*[^`]*$/, "")];
  return [...new Set([...fenced.reverse(), ...longest, ...bare])].filter((candidate) => /[[{]/.test(candidate));
}

function lastBracket(text: string): number {
  return Math.max(text.lastIndexOf("}"), text.lastIndexOf("]")) + 1;
}

function parse(text: string, problems: string[]): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    problems.push(`the JSON cannot be parsed: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function mend(text: string): unknown {
  try {
    return JSON.parse(jsonrepair(text));
  } catch {
    return undefined;
  }
}

function check<T>(value: unknown, schema: z.ZodType<T>, problems: string[]): { value: T } | null {
  const read = schema.safeParse(value);
  if (read.success) return { value: read.data };
  // What breaks the schema says more than what breaks the syntax of some other candidate.
  problems.unshift(`the JSON is not of the shape asked for: ${z.prettifyError(read.error)}`);
  return null;
}
