/**
 * How long a call would take, and how many tokens it has: stated, so that costs of the simulated model can be compared.
 * Tokens: one for every 4 characters begun, of all messages and tool declarations as they were sent, and of the reply.
 * An image counts by its size as in Qwen3-VL, whose encoder makes a token of each begun square of 32 x 32 pixels (patches of
 * 16, merged two by two: `patch_size` 16, `spatial_merge_size` 2 in its configuration); one whose size cannot be read, 1,024.
 * Cached: what the conversation had sent before its last reply (the messages before the last of the assistant), in whole steps of 128 from 1,024 on, as OpenAI's
 * cache counts; it follows from the request alone.
 * Time: time to first token, then the tokens that are not cached at prefill speed and the reply at decode speed.
 * The speeds are assumed, of the order of Qwen3.5-122B-A10B and 35B-A3B on one server of 8 and of 2 accelerators.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { sentSize } from "../images/sent-size.ts";
import type { ChatRequest, Content, SimulatedReply } from "./chat.ts";
import type { SizeName } from "./sizes.ts";

/** How much of the simulated time a call really takes. */
export type Latency =
  | { readonly kind: "zero" }
  | { readonly kind: "real" }
  | { readonly kind: "scaled"; readonly factor: number }
  /** Every call takes the same time: for measurements. */
  | { readonly kind: "fixed"; readonly ms: number };

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
    ({ content, tool_calls }) => contentLength(content) + callLength(tool_calls) + CHARACTERS * imageTokens(content),
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
    case "fixed":
      await sleep(latency.ms, undefined, { signal });
      return;
    default:
      latency satisfies never;
  }
}

const CHARACTERS = 4;

function tokensOf(characters: number): number {
  return Math.ceil(characters / CHARACTERS);
}

/** Of the text as it was sent; what an image adds is counted apart. */
function contentLength(content: Content): number {
  if (!Array.isArray(content)) return (JSON.stringify(content) ?? "").length;
  return JSON.stringify(content.filter(({ image_url }) => image_url === undefined)).length;
}

const TOKEN_SIDE = 32;
const UNKNOWN_IMAGE_TOKENS = 1_024;
/** Of a data URL: enough for the header of an image that carries no thumbnail. */
const HEADER_CHARACTERS = 65_536;

function imageTokens(content: Content): number {
  if (!Array.isArray(content)) return 0;
  return sum(content.map(({ image_url }) => (image_url === undefined ? 0 : tokensOfImage(image_url.url))));
}

function tokensOfImage(url: string): number {
  const start = url.slice(0, HEADER_CHARACTERS);
  const size = sentSize(Buffer.from(start.slice(start.indexOf(",") + 1), "base64"));
  if (size === null) return UNKNOWN_IMAGE_TOKENS;
  return Math.ceil(size.width / TOKEN_SIDE) * Math.ceil(size.height / TOKEN_SIDE);
}

function callLength(calls: ChatRequest["messages"][number]["tool_calls"]): number {
  return sum((calls ?? []).map((call) => call.function.name.length + call.function.arguments.length));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
