/** Tries again what may pass: bounded in count and in time, with waits that grow and are spread. */
import { setTimeout as sleep } from "node:timers/promises";
import { fractionOf } from "../hash.ts";
import type { Final, Passing } from "./failures.ts";

export interface RetryBounds {
  /** Tries after the first. */
  readonly maxRetries: number;
  /** No further try begins later than this after the first failure. */
  readonly maxMs: number;
}

/** One try: an answer and how long it alone took, or a failure. */
export type Attempt<T> = { readonly kind: "answered"; readonly value: T; readonly tookMs: number } | Passing | Final;

export interface Persistent<T> extends RetryBounds {
  /** Makes the try of that number, from 0. */
  readonly attempt: (tries: number) => Promise<Attempt<T>>;
  /** What is thrown when it did not pass; `tried` tells how often and how long, and is empty after one try. */
  readonly giveUp: (failure: Passing, tried: string) => Error;
  /** Spreads the waits of calls that failed together: another number, another share. */
  readonly spread: number;
  readonly signal: AbortSignal;
}

export interface Answered<T> {
  readonly value: T;
  /** All the time but that of the try that was answered: queue, failed tries, waits between tries. */
  readonly waitedMs: number;
  readonly retries: number;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 60_000;

/** @throws the error of a final failure, that of `giveUp` past the bounds, the signal's reason when aborted */
export async function persist<T>(options: Persistent<T>): Promise<Answered<T>> {
  const { attempt, giveUp, signal } = options;
  const started = performance.now();
  let firstFailure: number | null = null;
  for (let tries = 0; ; tries += 1) {
    const tried = await attempt(tries);
    const now = performance.now();
    if (tried.kind === "answered")
      return { value: tried.value, waitedMs: now - started - tried.tookMs, retries: tries };
    if (tried.kind === "final") throw tried.error;
    firstFailure ??= now;
    const pauseMs = waitMs(tried, tries, options.spread);
    const spentMs = now - firstFailure;
    if (tries >= options.maxRetries) throw giveUp(tried, triedText(tries, spentMs));
    if (spentMs + pauseMs > options.maxMs) throw giveUp(tried, outOfTime(tried, tries, { spentMs, ...options }));
    await sleep(pauseMs, undefined, { signal });
  }
}

/**
 * The wait before the next try: as long as the server asked for, else 0.5 s doubling to a minute; a part of it is spread by
 * hash, so that calls that failed together do not come back together.
 */
export function waitMs({ retryAfterMs, fault }: Passing, tries: number, spread: number): number {
  const share = fractionOf("retry", spread, tries);
  const growing = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries);
  // "At once" is no advice: all tries would be used up in a moment.
  if (retryAfterMs !== null && retryAfterMs > 0) return retryAfterMs + share * Math.min(growing, retryAfterMs);
  // A connection that the server had closed unseen is no sign of load: the first try on a new one comes at once.
  if (fault === "broken-off" && tries === 0) return share * 100;
  return growing * (0.5 + 0.5 * share);
}

function triedText(tries: number, spentMs: number): string {
  return tries === 0 ? "" : `; tried ${tries + 1} times in ${seconds(spentMs)}`;
}

function outOfTime({ retryAfterMs }: Passing, tries: number, { spentMs, maxMs }: { spentMs: number; maxMs: number }) {
  const asked = retryAfterMs === null ? "" : `, and it asks to wait ${seconds(retryAfterMs)}`;
  return `; tried ${tries === 0 ? "once" : `${tries + 1} times`} in ${seconds(spentMs)}${asked}, more than --retry-time ${seconds(maxMs)} leaves`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`;
}
