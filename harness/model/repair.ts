/**
 * A reply from the message of an answer. Strictly where the server did its part, tolerantly where it left thinking or tool
 * calls in `content`, broke the JSON of arguments, or gave several calls one id.
 * @see research on serving quirks: vLLM #27755 (names of the reasoning field), #21130 (thinking in content), #22975 (calls in content)
 */
import type { Repair, Reply, ToolCall } from "../records.ts";
import type { AnswerMessage } from "./answer.ts";
import { readArguments } from "./repair-arguments.ts";
import { callsIn, type Offered } from "./repair-calls.ts";
import { splitThinking } from "./repair-thinking.ts";

export interface Repaired {
  readonly reply: Reply;
  readonly repairs: readonly Repair[];
}

/** What is echoed of the reply is what the server sent, but for what the repairs name. */
export function repairMessage(message: AnswerMessage, offered: Offered): Repaired {
  const told = reasoningOf(message);
  const text = textOf(message);
  const { thinking, rest } = splitThinking(text);
  const reasoning = told ?? (thinking === "" ? null : ({ field: "content", text: thinking } as const));
  // Thinking in both places: that of the field is kept apart, the other stays where it stands.
  const content = told === null ? rest : text;
  const seen: Repair[] = thinking === "" || told !== null ? [] : ["thinking-in-content"];
  const native = nativeCalls(message, offered);
  if (native.toolCalls.length > 0) {
    return {
      reply: { role: "assistant", content, toolCalls: native.toolCalls, reasoning },
      repairs: [...seen, ...native.repairs],
    };
  }
  const found = callsIn(rest, offered);
  if (found === null) return { reply: { role: "assistant", content, toolCalls: [], reasoning }, repairs: seen };
  const toolCalls = found.calls.map(({ name, arguments: args }, index) => ({
    id: `call-${index}`,
    name,
    arguments: args,
  }));
  const before = (told === null ? found.before : thinking + found.before).trimEnd();
  const mended: Repair[] = found.calls.some((call) => call.mended) ? ["mended-json"] : [];
  return {
    reply: { role: "assistant", content: before, toolCalls, reasoning },
    repairs: [...seen, "call-in-content", ...mended],
  };
}

/** A lone half of a surrogate pair can be neither stored nor sent again. */
function textOf({ content, refusal }: AnswerMessage): string {
  const text = typeof content === "string" ? content : (content ?? []).map((part) => part.text ?? "").join("");
  return (text === "" ? (refusal ?? "") : text).toWellFormed();
}

/** vLLM renamed the field; each server gets back the name it used. */
function reasoningOf(message: AnswerMessage): Reply["reasoning"] {
  const isNew = typeof message.reasoning === "string" && message.reasoning !== "";
  const field = isNew ? "reasoning" : "reasoning_content";
  const text = message[field];
  return typeof text === "string" && text !== "" ? { field, text: text.toWellFormed() } : null;
}

function nativeCalls({ tool_calls }: AnswerMessage, { isCut }: Offered): { toolCalls: ToolCall[]; repairs: Repair[] } {
  const repairs = new Set<Repair>();
  const ids = new Set<string>();
  const toolCalls = (tool_calls ?? []).map((call, index) => {
    const { name, arguments: given } = call.function;
    const text = (typeof given === "string" ? given : given ? JSON.stringify(given) : "").toWellFormed();
    const read = readArguments(text, isCut);
    const told = call.id?.toWellFormed();
    const id = told && !ids.has(told) ? told : freeId(index, ids);
    if (read.mended) repairs.add("mended-json");
    if (id !== call.id) repairs.add("call-ids");
    ids.add(id);
    return { id, name: name.toWellFormed(), arguments: read.text };
  });
  return { toolCalls, repairs: [...repairs] };
}

function freeId(index: number, taken: ReadonlySet<string>): string {
  const id = `call-${index}`;
  return taken.has(id) ? freeId(index + 1, taken) : id;
}
