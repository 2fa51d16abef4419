import type { Message, Reply } from "../../harness/records.ts";
import { NO_USAGE } from "../../harness/records.ts";
import type { Model, ModelCall } from "../../harness/roles.ts";

export interface ScriptedReply {
  readonly content?: string;
  /** Tool calls as name and arguments; arguments that are no text are written as JSON. */
  readonly calls?: readonly (readonly [name: string, args: unknown])[];
  readonly finishReason?: string;
}

export interface ScriptedModel extends Model {
  /** The calls it was asked, in order. */
  readonly asked: readonly ModelCall[];
}

/** A model that says what it is told: a list in order, or a function of the call. Running out of replies is an error. */
export function scriptedModel(script: readonly ScriptedReply[] | ((call: ModelCall) => ScriptedReply)): ScriptedModel {
  const asked: ModelCall[] = [];
  return {
    name: "scripted",
    endpoint: "scripted",
    sampling: {},
    simulated: false,
    asked,
    async complete(call) {
      call.signal.throwIfAborted();
      const next = typeof script === "function" ? script(call) : script[asked.length];
      asked.push({ ...call, messages: structuredClone(call.messages) as Message[] });
      if (next === undefined) throw new Error(`the script has no reply number ${asked.length}`);
      return {
        reply: replyOf(next),
        finishReason: next.finishReason ?? "stop",
        usage: { ...NO_USAGE, calls: 1, inputTokens: 10, outputTokens: 5 },
        fromJournal: false,
        durationMs: 0,
      };
    },
  };
}

function replyOf({ content = "", calls = [] }: ScriptedReply): Reply {
  const toolCalls = calls.map(([name, args], index) => ({
    id: `call-${index}`,
    name,
    arguments: typeof args === "string" ? args : JSON.stringify(args),
  }));
  return { role: "assistant", content, toolCalls, reasoning: null };
}
