/** Tool calls as Qwen3-Coder and Qwen3.5 write them: `<function=NAME>`, in it `<parameter=NAME>` with a value each. */
import { asObject, mendJson, parseJson } from "../mend-json.ts";
import type { Tool } from "../roles.ts";
import type { CallInText, Offered, ReadCalls } from "./repair-calls.ts";

const FUNCTION = "<function=";
const FUNCTION_END = "</function>";
const PARAMETER = "<parameter=";
const PARAMETER_END = "</parameter>";

/** The calls that a text begins with; none when any of them is cut off, or is of no offered tool. */
export function markedFunctions(text: string, offered: Offered): ReadCalls {
  const calls: CallInText[] = [];
  let at = 0;
  while (text.startsWith(FUNCTION, at)) {
    const read = functionAt(text, at, offered);
    if (read === null) return { calls: [], rest: text };
    calls.push(read.call);
    at = afterBlanks(text, read.end);
  }
  return { calls, rest: text.slice(at).trim() };
}

interface ReadFunction {
  readonly call: CallInText;
  readonly end: number;
}

function functionAt(text: string, start: number, offered: Offered): ReadFunction | null {
  const head = textUntil(text, start + FUNCTION.length, ">");
  const tool = offered.tools.find(({ name }) => name === head?.text.trim());
  if (head === null || tool === undefined) return null;
  const inJson = jsonFunction(text, head.end, tool);
  if (inJson !== null) return inJson;
  const args: [string, unknown][] = [];
  let mended = false;
  let at = afterBlanks(text, head.end);
  while (text.startsWith(PARAMETER, at)) {
    const parameter = parameterAt(text, at, tool);
    if (parameter === null) return null;
    args.push([parameter.name, parameter.value]);
    mended ||= parameter.mended;
    at = afterBlanks(text, parameter.end);
  }
  const closed = text.startsWith(FUNCTION_END, at);
  // The model may have stopped at the end mark itself; words of another kind are no part of a call.
  if (!closed && (at < text.length || offered.isCut)) return null;
  return {
    call: { name: tool.name, arguments: JSON.stringify(Object.fromEntries(args)), mended: mended || !closed },
    end: closed ? at + FUNCTION_END.length : at,
  };
}

/** Llama writes a JSON object between the marks. */
function jsonFunction(text: string, start: number, { name }: Tool): ReadFunction | null {
  if (text[afterBlanks(text, start)] !== "{") return null;
  const body = textUntil(text, start, FUNCTION_END);
  if (body === null || asObject(parseJson(body.text)) === null) return null;
  return { call: { name, arguments: body.text.trim(), mended: false }, end: body.end };
}

interface Parameter {
  readonly name: string;
  readonly value: unknown;
  readonly mended: boolean;
  readonly end: number;
}

/** The end mark of a parameter is forgotten at times, never that of the function as well. */
function parameterAt(text: string, start: number, tool: Tool): Parameter | null {
  const head = textUntil(text, start + PARAMETER.length, ">");
  if (head === null) return null;
  const whole = textUntil(text, head.end, PARAMETER_END);
  const open = whole === null ? textUntil(text, head.end, FUNCTION_END) : null;
  const body = whole ?? open;
  if (body === null) return null;
  const name = head.text.trim();
  const value = typed(body.text.replace(/^\n/, "").replace(/\n$/, ""), typeOf(tool, name));
  return { name, value, mended: whole === null, end: whole === null ? body.end - FUNCTION_END.length : body.end };
}

/** Texts stand there as they are, all else as JSON. */
function typed(text: string, type: unknown): unknown {
  if (type === "string") return text;
  const parsed = parseJson(text) ?? (type === "array" || type === "object" ? mendJson(text) : undefined);
  return parsed ?? text;
}

function typeOf({ parameters }: Tool, name: string): unknown {
  return asObject(asObject(parameters.properties)?.[name])?.type;
}

function textUntil(text: string, start: number, mark: string): { text: string; end: number } | null {
  const at = text.indexOf(mark, start);
  return at === -1 ? null : { text: text.slice(start, at), end: at + mark.length };
}

function afterBlanks(text: string, start: number): number {
  return start + (/^\s*/.exec(text.slice(start, start + 1_000))?.[0].length ?? 0);
}
