/**
 * How long a call would take, and how many tokens it has: stated, so that costs of the simulated model can be compared.
 * Tokens: one for every 4 characters begun, of all messages and tool declarations as they were sent, and of the reply.
 * Cached: what the conversation had sent before its last reply (the messages before the last of the assistant), in whole steps of 128 from 1,024 on, as OpenAI's
 * cache counts; it follows from the request alone.
 * Time: time to first token, then the tokens that are not cached at prefill speed and the reply at decode speed.
 * The speeds are assumed, of the order of Qwen3.5-122B-A10B and 35B-A3B on one server of 8 and of 2 accelerators.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { ChatRequest, SimulatedReply } from "./chat.ts";
import type { SizeName } from "./sizes.ts";

/** How much of the simulated time a call really takes. */
export type Latency =
  | { readonly kind: "zero" }
  | { readonly kind: "real" }
  | { readonly kind: "scaled"; readonly factor: number };

interface Speed {
  readonly firstTokenMs: number;
  readonly prefillPerSecond: number;
  readonly decodePerSecond: number;
}

export const SPEEDS: Readonly<Record<SizeName, Speed>> = {
  small: { firstTokenMs: 150, prefillPerSecond: 20_000, decodePerSecond: 130 },
  large: { firstTokenMs: 300, prefillPerSecond: 8_000, decodePerSecond: 70 },
};

export interface TokenCount {
  readonly prompt: number;
  readonly cached: number;
  readonly completion: number;
  /** Part of `completion` spent on thinking. */
  readonly reasoning: number;
}

const CACHE_FROM = 1_024;
const CACHE_STEP = 128;

export function countTokens(request: ChatRequest, reply: SimulatedReply, reasoning: string): TokenCount {
  const lengths = request.messages.map(
    (message) => (JSON.stringify(message.content) ?? "").length + callLength(message.tool_calls),
  );
  const tools = request.tools ? JSON.stringify(request.tools).length : 0;
  const lastReply = request.messages.findLastIndex(({ role }) => role === "assistant");
  const before = lastReply === -1 ? 0 : tokensOf(tools + sum(lengths.slice(0, lastReply)));
  const thought = tokensOf(reasoning.length);
  return {
    prompt: tokensOf(tools + sum(lengths)),
    cached: before < CACHE_FROM ? 0 : before - (before % CACHE_STEP),
    completion:
      tokensOf(reply.text.length + sum(reply.calls.map((call) => call.name.length + call.arguments.length))) + thought,
    reasoning: thought,
  };
}

export function simulatedMs(size: SizeName, { prompt, cached, completion }: TokenCount): number {
  const { firstTokenMs, prefillPerSecond, decodePerSecond } = SPEEDS[size];
  return Math.round(
    firstTokenMs + (1000 * (prompt - cached)) / prefillPerSecond + (1000 * completion) / decodePerSecond,
  );
}

/** @throws the signal's reason when it is aborted while waiting */
export async function wait(latency: Latency, ms: number, signal: AbortSignal): Promise<void> {
  switch (latency.kind) {
    case "zero":
      return;
    case "real":
      await sleep(ms, undefined, { signal });
      return;
    case "scaled":
      await sleep(ms * latency.factor, undefined, { signal });
      return;
    default:
      latency satisfies never;
  }
}

function tokensOf(characters: number): number {
  return Math.ceil(characters / 4);
}

function callLength(calls: ChatRequest["messages"][number]["tool_calls"]): number {
  return sum((calls ?? []).map((call) => call.function.name.length + call.function.arguments.length));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
