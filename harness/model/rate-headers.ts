/** What servers say in headers about when to come again: OpenAI's, Azure's, the IETF draft's, and plain Retry-After. */
import type { WholeAnswer } from "../http.ts";

/** How long the server wants to be left alone; null when it does not say. Never negative. */
export function retryAfterMs({ header }: WholeAnswer, nowMs = Date.now()): number | null {
  const exact = Number(header("retry-after-ms") ?? Number.NaN);
  if (exact >= 0) return exact;
  const plain = header("retry-after");
  const asked = plain === null ? null : spanMs(plain, nowMs);
  return asked ?? usedUpMs({ header }, nowMs);
}

/** How long until an allowance that is used up is filled again; null while something is left, or nothing is told. */
export function usedUpMs({ header }: Pick<WholeAnswer, "header">, nowMs = Date.now()): number | null {
  const spans = ALLOWANCES.flatMap(([remaining, reset]) => {
    const left = header(remaining);
    const until = header(reset);
    if (left === null || until === null || !(Number(left) <= 0)) return [];
    return [spanMs(until, nowMs) ?? 0];
  });
  return spans.length === 0 ? null : Math.max(...spans);
}

const ALLOWANCES = [
  ["x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"],
  ["x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"],
  ["x-ratelimit-remaining", "x-ratelimit-reset"],
  ["ratelimit-remaining", "ratelimit-reset"],
] as const;

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** Numbers this large count seconds since 1970, or milliseconds. */
const EPOCH_SECONDS = 1e9;
const EPOCH_MS = 1e12;

/** `1`, `0.5`, `6m0s`, `120ms`, a date, or seconds since 1970; null for anything else. */
export function spanMs(text: string, nowMs: number): number | null {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  const number = Number(trimmed);
  if (number >= EPOCH_MS) return Math.max(0, number - nowMs);
  if (number >= EPOCH_SECONDS) return Math.max(0, number * 1_000 - nowMs);
  if (!Number.isNaN(number)) return Math.max(0, number * 1_000);
  if (/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(trimmed)) {
    const parts = trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g);
    return [...parts].reduce((sum, [, count, unit]) => sum + Number(count) * (UNIT_MS[unit ?? ""] ?? 0), 0);
  }
  const date = Date.parse(trimmed);
  return Number.isNaN(date) ? null : Math.max(0, date - nowMs);
}
