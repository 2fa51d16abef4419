/** Replies in the shape of the chat completions protocol, whole or as a stream. Every one says that it is simulated. */
import { sha256 } from "../hash.ts";
import type { ChatRequest, SimulatedReply } from "./chat.ts";
import type { Fault } from "./faults.ts";
import { countTokens, simulatedMs, type TokenCount } from "./latency.ts";
import { reasoningOf, spoilReply } from "./quirks.ts";
import type { SizeName } from "./sizes.ts";

export interface Completion {
  readonly body: Readonly<Record<string, unknown>>;
  /** Chunks of the same reply, in order. */
  chunks(): Record<string, unknown>[];
  readonly simulatedMs: number;
}

export interface Asked {
  readonly request: ChatRequest;
  readonly size: SizeName;
  /** Hash of the request: equal requests get equal replies, ids and all. */
  readonly id: string;
  readonly fault: Fault | null;
}

/** Seconds since 1970 that stand in every reply: a clock would make equal requests differ. */
const CREATED = 1_767_225_600;
/** Characters of text or arguments in one chunk. */
const CHUNK = 200;

export function makeCompletion(reply: SimulatedReply, asked: Asked): Completion {
  const { request, size, id, fault } = asked;
  const thinking = reasoningOf(fault);
  const { said, finish: ended } = limit(stopAt(spoilReply(reply, fault), request), request);
  const finish = fault === "cut-off" ? "length" : fault === "content-filter" ? "content_filter" : ended;
  const tokens = countTokens(request, said, thinking?.text ?? "");
  const ms = simulatedMs(size, tokens);
  const calls = said.calls.map(({ name, arguments: text }, index) => ({
    id: `call_${sha256(`${id} ${fault === "duplicate-ids" ? 0 : index} ${name}`).slice(0, 16)}`,
    type: "function",
    function: { name, arguments: text },
  }));
  const common = {
    id: `sim-${id.slice(0, 24)}`,
    created: CREATED,
    model: request.model,
    simulated: true,
    simulated_ms: ms,
  };
  const isNull = fault === "null-content" || (said.text === "" && calls.length > 0);
  const content = isNull ? null : said.text;
  const message = {
    role: "assistant",
    content,
    ...(thinking === null ? {} : { [thinking.field]: thinking.text }),
    ...(fault === "reasoning_details" ? { reasoning_details: DETAILS } : {}),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
  return {
    simulatedMs: ms,
    body: bodyWith(fault, {
      ...common,
      object: "chat.completion",
      choices: [{ index: 0, message, logprobs: null, finish_reason: finish }],
      usage: usageOf(tokens),
    }),
    chunks: () => {
      const chunk = (choices: unknown[], usage?: unknown) => ({
        ...common,
        object: "chat.completion.chunk",
        choices,
        ...(usage === undefined ? {} : { usage }),
      });
      const deltas = deltasOf(said.text, calls, thinking).map((delta) =>
        chunk([{ index: 0, delta, finish_reason: null }]),
      );
      const end = chunk([{ index: 0, delta: {}, finish_reason: finish }]);
      const usage = request.stream_options?.include_usage ? [chunk([], usageOf(tokens))] : [];
      return [...deltas, end, ...usage];
    },
  };
}

/** As some gateways tell of thinking: by kind, encrypted or not. */
const DETAILS = [{ type: "reasoning.text", text: "Step by step.", index: 0 }];

function bodyWith<T extends { choices: unknown[]; usage: unknown }>(fault: Fault | null, body: T) {
  const other = (index: number) => ({ index, message: { role: "assistant", content: "" }, finish_reason: "stop" });
  switch (fault) {
    case "error-in-200":
      return { error: { message: "Upstream failed while answering.", type: "upstream_error", code: 502 } };
    case "no-choices":
      return { ...body, choices: [] };
    case "several-choices":
      return { ...body, choices: [other(1), other(2), ...body.choices] };
    case "no-usage": {
      const { usage: _, ...rest } = body;
      return rest;
    }
    default:
      return body;
  }
}

function deltasOf(
  text: string,
  calls: readonly { id: string; type: string; function: { name: string; arguments: string } }[],
  thinking: { field: string; text: string } | null,
): Record<string, unknown>[] {
  const thoughts = thinking === null ? [] : piecesOf(thinking.text).map((piece) => ({ [thinking.field]: piece }));
  const texts = piecesOf(text).map((content) => ({ content }));
  const calling = calls.flatMap(({ id, type, function: { name, arguments: all } }, index) => [
    { tool_calls: [{ index, id, type, function: { name, arguments: "" } }] },
    ...piecesOf(all).map((piece) => ({ tool_calls: [{ index, function: { arguments: piece } }] })),
  ]);
  return [{ role: "assistant", content: "" }, ...thoughts, ...texts, ...calling];
}

function piecesOf(text: string): string[] {
  return text.match(new RegExp(`[\\s\\S]{1,${CHUNK}}`, "gu")) ?? [];
}

function usageOf({ prompt, cached, completion, reasoning }: TokenCount): Record<string, unknown> {
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens_details: { reasoning_tokens: reasoning },
  };
}

/** Text ends before the first stop text. */
function stopAt(reply: SimulatedReply, { stop }: ChatRequest): SimulatedReply {
  const stops = typeof stop === "string" ? [stop] : (stop ?? []);
  const ends = stops.map((text) => reply.text.indexOf(text)).filter((index) => index !== -1);
  return ends.length === 0 ? reply : { text: reply.text.slice(0, Math.min(...ends)), calls: [] };
}

/** A reply longer than `max_tokens` is cut off, its calls after its text. */
function limit(reply: SimulatedReply, request: ChatRequest): { said: SimulatedReply; finish: string } {
  let left = 4 * (request.max_completion_tokens ?? request.max_tokens ?? Number.POSITIVE_INFINITY);
  const take = (text: string) => {
    const taken = text.slice(0, left);
    left -= text.length;
    return taken;
  };
  const text = take(reply.text);
  const calls = reply.calls.map((call) => ({ name: call.name, arguments: take(call.arguments) }));
  if (left < 0) return { said: { text, calls }, finish: "length" };
  return { said: reply, finish: reply.calls.length > 0 ? "tool_calls" : "stop" };
}
