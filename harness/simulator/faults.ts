/** Faults that the simulated server can show, so that a client's retries and readers are put to the test. */
import { fractionOf } from "../hash.ts";

export const FAULTS = [
  /** 429 without a word on when to come again. */
  "rate-limit",
  /** 429 with Retry-After. */
  "rate-limit-retry-after",
  "server-error",
  "unavailable",
  /** 502 with a page of HTML, as proxies show it. */
  "gateway-page",
  /** The connection is reset before any byte of the answer. */
  "reset",
  /** The answer comes in pieces, with waits between them. */
  "slow",
  /** The body ends in the middle. */
  "truncated",
  /** The reply's JSON, action or tool arguments are broken off. */
  "malformed",
  "empty",
  /** `content` is null, and there is no call. */
  "null-content",
  /** An answer of 200 that holds an error. */
  "error-in-200",
  "no-choices",
  /** Three choices, that of index 0 last. */
  "several-choices",
  /** Without `usage`. */
  "no-usage",
  /** `finish_reason` is `length` and the reply half of one. */
  "cut-off",
  /** `finish_reason` is `content_filter` and the reply empty. */
  "content-filter",
  /** A closing bracket of the reply's JSON, action or tool arguments is missing. */
  "broken-json",
  /** The first tool call stands there twice, both with one id. */
  "duplicate-ids",
  /** Tool calls stand in `content` as Hermes and Qwen write them. */
  "calls-hermes",
  /** Tool calls stand in `content` as Qwen3-Coder writes them. */
  "calls-xml",
  /** Tool calls stand in `content` as JSON in a fence. */
  "calls-fenced",
  /** Tool calls stand in `content` as JSON alone. */
  "calls-bare",
  /** Thinking stands in `content`, between its tags. */
  "thinking-in-content",
  /** Thinking stands in `content` and has a closing tag alone. */
  "thinking-unopened",
  /** Thinking stands in `content`, never ends, and is all there is. */
  "thinking-unclosed",
  /** The reply has a `reasoning` field, as vLLM names it now. */
  "reasoning",
  /** The reply has a `reasoning_content` field, as vLLM named it before. */
  "reasoning_content",
  /** The reply has `reasoning_details`, a list, beside its text. */
  "reasoning_details",
] as const;

/** A prompt that is too long, in the words of a server. Never drawn at a rate: it does not pass. */
export const CONTEXT_FAULTS = [
  "context-vllm",
  "context-vllm-prompt",
  "context-sglang",
  "context-sglang-input",
  "context-llama.cpp",
  "context-openai",
] as const;
export type ContextFault = (typeof CONTEXT_FAULTS)[number];
export type Fault = (typeof FAULTS)[number] | ContextFault;

interface Manner {
  /** What Retry-After says; 1 where left out. */
  readonly retryAfterSeconds?: number;
  /** Wait between two pieces of a slow answer; 200 where left out. */
  readonly slowMs?: number;
}

/**
 * `rates`: by hash of seed, request and the number of its try; after `mostTries` (3 where left out) faulty tries a request is answered.
 * `plan`: the first tries of every request get these faults in turn; null lets a try pass.
 */
export type Faults =
  | { readonly kind: "none" }
  | ({
      readonly kind: "rates";
      readonly seed: number;
      readonly rates: Readonly<Partial<Record<Fault, number>>>;
      readonly mostTries?: number;
    } & Manner)
  | ({ readonly kind: "plan"; readonly faults: readonly (Fault | null)[] } & Manner);

/** @param attempt number of the try of this request, from 0 */
export function faultOf(faults: Faults, request: string, attempt: number): Fault | null {
  switch (faults.kind) {
    case "none":
      return null;
    case "plan":
      return faults.faults[attempt] ?? null;
    case "rates": {
      if (attempt >= (faults.mostTries ?? 3)) return null;
      let left = fractionOf("fault", faults.seed, request, attempt);
      for (const fault of FAULTS) {
        left -= faults.rates[fault] ?? 0;
        if (left < 0) return fault;
      }
      return null;
    }
    default:
      return faults satisfies never;
  }
}
