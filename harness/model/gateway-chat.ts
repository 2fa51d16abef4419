/** A chat completion as programs in a sandbox ask for it, and as they are answered. */
import { z } from "zod";
import type { Message, Usage } from "../records.ts";
import type { Completion, ModelCall } from "../roles.ts";
import { toWire } from "./wire.ts";

const Part = z.object({ type: z.literal("text"), text: z.string() });
const Content = z.union([z.string(), z.array(Part).transform((parts) => parts.map(({ text }) => text).join(""))]);
const Call = z.object({ id: z.string(), function: z.object({ name: z.string(), arguments: z.string() }) });

const Asked = z.discriminatedUnion("role", [
  z.object({ role: z.enum(["system", "developer"]), content: Content }),
  z.object({ role: z.literal("user"), content: Content }),
  z.object({ role: z.literal("assistant"), content: Content.nullish(), tool_calls: z.array(Call).optional() }),
  z.object({ role: z.literal("tool"), tool_call_id: z.string(), content: Content }),
]);

/** What is not named here, such as a temperature, is left to the run: its sampling is part of the fingerprint. */
export const GatewayRequest = z.object({
  model: z.string().optional(),
  messages: z.array(Asked).nonempty(),
  tools: z
    .array(
      z.object({
        function: z.object({
          name: z.string(),
          description: z.string().default(""),
          parameters: z.record(z.string(), z.unknown()).default({}),
        }),
      }),
    )
    .default([]),
  stop: z.union([z.string().transform((text) => [text]), z.array(z.string())]).optional(),
  stream: z.literal(false, "answers are not streamed: leave `stream` out").optional(),
  n: z.literal(1, "one answer a request: leave `n` out").optional(),
});
export type GatewayRequest = z.infer<typeof GatewayRequest>;

/** The parts of a call of ours that the request decides. */
export function askedCall({ messages, tools, stop }: GatewayRequest): Pick<ModelCall, "messages" | "tools" | "stop"> {
  return {
    messages: messages.map(ours),
    tools: tools.map(({ function: tool }) => tool),
    ...(stop && { stop }),
  };
}

function ours(asked: z.infer<typeof Asked>): Message {
  switch (asked.role) {
    case "system":
    case "developer":
      return { role: "system", content: asked.content };
    case "user":
      return { role: "user", content: asked.content };
    case "tool":
      return { role: "tool", toolCallId: asked.tool_call_id, content: asked.content };
    case "assistant": {
      const toolCalls = (asked.tool_calls ?? []).map(({ id, function: { name, arguments: text } }) => {
        return { id, name, arguments: text };
      });
      return { role: "assistant", content: asked.content ?? "", toolCalls, reasoning: null };
    }
    default:
      return asked satisfies never;
  }
}

/** The body of the answer. Nothing in it tells the time, so that a command shows the same when it is repeated. */
export function answerBody(id: string, model: string, { reply, finishReason, usage }: Completion) {
  const message = toWire(reply, () => "");
  return {
    id,
    object: "chat.completion",
    created: 0,
    model,
    choices: [{ index: 0, message, finish_reason: finishReason }],
    usage: usageBody(usage),
  };
}

function usageBody({ inputTokens, outputTokens }: Usage) {
  return { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens };
}
