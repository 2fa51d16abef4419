/** Faults that the simulated server can show, so that a client's retries and readers are put to the test. */
import { fractionOf } from "../hash.ts";
import type { SimulatedReply } from "./chat.ts";

export const FAULTS = [
  /** 429 without a word on when to come again. */
  "rate-limit",
  /** 429 with Retry-After. */
  "rate-limit-retry-after",
  "server-error",
  "unavailable",
  /** The connection is reset before any byte of the answer. */
  "reset",
  /** The answer comes in pieces, with waits between them. */
  "slow",
  /** The body ends in the middle. */
  "truncated",
  /** The reply's JSON, action or tool arguments are broken off. */
  "malformed",
  "empty",
  /** The reply has a `reasoning` field, as vLLM names it now. */
  "reasoning",
  /** The reply has a `reasoning_content` field, as vLLM named it before. */
  "reasoning_content",
] as const;
export type Fault = (typeof FAULTS)[number];

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

/** The reply as a fault of the words spoils it; faults of transport leave it alone. */
export function spoilReply(reply: SimulatedReply, fault: Fault | null): SimulatedReply {
  if (fault === "empty") return { text: "", calls: [] };
  if (fault !== "malformed") return reply;
  const calls = reply.calls.map((call) => ({ ...call, arguments: cut(call.arguments) }));
  return { text: calls.length > 0 ? reply.text : cut(reply.text), calls };
}

/** Thinking that a reasoning model would show, and the field in which the server shows it. */
export function reasoningOf(fault: Fault | null): { field: "reasoning" | "reasoning_content"; text: string } | null {
  if (fault !== "reasoning" && fault !== "reasoning_content") return null;
  return { field: fault, text: "What is asked for, and what is there to do it with? I take it step by step." };
}

/** Within the JSON: the last third is lost. */
function cut(text: string): string {
  return text.slice(0, Math.max(1, Math.floor((text.length * 2) / 3)));
}
