/** How a fault changes the words of a reply: what models and careless servers make of one. */
import { asObject, parseJson } from "../mend-json.ts";
import type { SaidCall, SimulatedReply } from "./chat.ts";
import type { Fault } from "./faults.ts";

const THOUGHT =
  "What is asked for, and what is there to do it with? I take it step by step. " +
  'I might call <tool_call>{"name": "bash", "arguments": {"command": "echo only a thought"}}</tool_call>, but not yet.';

/** The reply as a fault of the words spoils it; faults of transport leave it alone. */
export function spoilReply(reply: SimulatedReply, fault: Fault | null): SimulatedReply {
  const { text, calls } = reply;
  const [call] = calls;
  switch (fault) {
    case "empty":
    case "null-content":
    case "content-filter":
      return { text: "", calls: [] };
    case "malformed":
    case "cut-off":
      return calls.length > 0 ? { text, calls: withArguments(calls, cut) } : { text: cut(text), calls };
    case "broken-json":
      return calls.length > 0 ? { text, calls: withArguments(calls, unclosed) } : { text: unclosed(text), calls };
    case "duplicate-ids":
      return call === undefined ? reply : { text, calls: [call, ...calls] };
    case "calls-hermes":
    case "calls-xml":
    case "calls-fenced":
    case "calls-bare":
      return calls.length === 0 ? reply : { text: `${text}\n${calls.map(WRITERS[fault]).join("\n")}`, calls: [] };
    case "thinking-in-content":
      return { text: `<think>\n${THOUGHT}\n</think>\n\n${text}`, calls };
    case "thinking-unopened":
      return { text: `${THOUGHT}\n</think>\n\n${text}`, calls };
    case "thinking-unclosed":
      return { text: `<think>\n${THOUGHT}`, calls: [] };
    default:
      return reply;
  }
}

/** Thinking that a reasoning model would show, and the field in which the server shows it. */
export function reasoningOf(fault: Fault | null): { field: "reasoning" | "reasoning_content"; text: string } | null {
  return fault === "reasoning" || fault === "reasoning_content" ? { field: fault, text: THOUGHT } : null;
}

const WRITERS = {
  "calls-hermes": (call: SaidCall) => `<tool_call>\n${jsonOf(call)}\n</tool_call>`,
  "calls-xml": (call: SaidCall) => `<tool_call>\n${functionOf(call)}\n</tool_call>`,
  "calls-fenced": (call: SaidCall) => `\`\`\`json\n${jsonOf(call)}\n\`\`\``,
  "calls-bare": jsonOf,
} as const;

function jsonOf({ name, arguments: text }: SaidCall): string {
  return JSON.stringify({ name, arguments: parseJson(text) });
}

function functionOf({ name, arguments: text }: SaidCall): string {
  const args = Object.entries(asObject(parseJson(text)) ?? {});
  const parameters = args.map(
    ([key, value]) =>
      `<parameter=${key}>\n${typeof value === "string" ? value : JSON.stringify(value)}\n</parameter>\n`,
  );
  return `<function=${name}>\n${parameters.join("")}</function>`;
}

function withArguments(calls: readonly SaidCall[], spoil: (text: string) => string): SaidCall[] {
  return calls.map((call) => ({ ...call, arguments: spoil(call.arguments) }));
}

/** Within the JSON: the last third is lost. */
function cut(text: string): string {
  return text.slice(0, Math.max(1, Math.floor((text.length * 2) / 3)));
}

function unclosed(text: string): string {
  const last = text.lastIndexOf("}");
  return last === -1 ? text : text.slice(0, last) + text.slice(last + 1);
}
