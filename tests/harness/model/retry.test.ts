import { expect, test } from "vitest";
import type { Passing } from "../../../harness/model/failures.ts";
import { retryAfterMs, spanMs, usedUpMs } from "../../../harness/model/rate-headers.ts";
import { type Attempt, persist, waitMs } from "../../../harness/model/retry.ts";

const failing = (parts: Partial<Passing> = {}): Passing => ({
  kind: "passing",
  fault: "server-error",
  detail: "500 broken",
  retryAfterMs: 1,
  ...parts,
});

function trying(tries: readonly Attempt<string>[], bounds: Partial<{ maxRetries: number; maxMs: number }> = {}) {
  let made = 0;
  const abort = new AbortController();
  const result = persist<string>({
    maxRetries: 8,
    maxMs: 10_000,
    ...bounds,
    spread: 0,
    signal: abort.signal,
    attempt: async (number) => {
      expect(number).toBe(made);
      made += 1;
      return tries[number] ?? failing();
    },
    giveUp: ({ detail }, tried) => new Error(detail + tried),
  });
  return { result, abort, made: () => made };
}

test("what passes is tried again, and what was waited is told apart from the work", async () => {
  const { result } = trying([failing({ retryAfterMs: 50 }), { kind: "answered", value: "hi", tookMs: 0 }]);
  const { value, waitedMs, retries } = await result;
  expect({ value, retries }).toEqual({ value: "hi", retries: 1 });
  expect(waitedMs).toBeGreaterThanOrEqual(49);
});

test("tries are bounded in count, and 0 retries means one try", async () => {
  const three = trying([], { maxRetries: 2 });
  await expect(three.result).rejects.toThrow(/^500 broken; tried 3 times in 0 s$/);
  expect(three.made()).toBe(3);
  const one = trying([], { maxRetries: 0 });
  await expect(one.result).rejects.toThrow(/^500 broken$/);
  expect(one.made()).toBe(1);
});

test("tries are bounded in time: a server that asks for an hour is not waited for", async () => {
  const { result, made } = trying([failing({ detail: "429 slow down", retryAfterMs: 3_600_000 })], { maxMs: 600_000 });
  await expect(result).rejects.toThrow(
    "429 slow down; tried once in 0 s, and it asks to wait 3600 s, more than --retry-time 600 s leaves",
  );
  expect(made()).toBe(1);
});

test("a failure that comes back is not tried again", async () => {
  const error = new Error("400 no such field");
  const { result, made } = trying([{ kind: "final", error }]);
  await expect(result).rejects.toBe(error);
  expect(made()).toBe(1);
});

test("an abort ends the wait between two tries at once", async () => {
  const { result, abort } = trying([failing({ retryAfterMs: 9_000 })]);
  setTimeout(() => abort.abort(new Error("stop")), 20);
  await expect(result).rejects.toMatchObject({ name: "AbortError" });
});

test("waits double up to a minute and are spread, the same for the same call", () => {
  const waits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 20].map((tries) => waitMs(failing({ retryAfterMs: null }), tries, 3));
  const most = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000];
  for (const [index, wait] of waits.entries()) {
    expect(wait).toBeGreaterThanOrEqual(most[index]! / 2);
    expect(wait).toBeLessThanOrEqual(most[index]!);
  }
  expect(waitMs(failing({ retryAfterMs: null }), 4, 3)).toBe(waits[4]);
  const spread = new Set([1, 2, 3, 4, 5].map((call) => waitMs(failing({ retryAfterMs: null }), 4, call)));
  expect(spread.size).toBe(5);
});

test("no wait is shorter than the server asked for, and calls it turned away together come back apart", () => {
  const waits = [1, 2, 3, 4, 5].map((call) => waitMs(failing({ retryAfterMs: 2_000 }), 0, call));
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(2_000);
  expect(Math.max(...waits)).toBeLessThanOrEqual(2_500);
  expect(new Set(waits).size).toBe(5);
});

test("a server that says to come back at once does not use up all tries in a moment", () => {
  for (const tries of [0, 3, 8]) {
    expect(waitMs(failing({ retryAfterMs: 0 }), tries, 3)).toBe(waitMs(failing({ retryAfterMs: null }), tries, 3));
  }
});

const NOW = Date.parse("2026-01-02T03:04:05Z");

test.each([
  ["1", 1_000],
  ["0.25", 250],
  ["6m0s", 360_000],
  ["1h2m3.5s", 3_723_500],
  ["120ms", 120],
  ["Fri, 02 Jan 2026 03:04:35 GMT", 30_000],
  ["2026-01-02T03:04:15Z", 10_000],
  [String(NOW / 1_000 + 7), 7_000],
  [String(NOW + 7), 7],
  ["Fri, 02 Jan 2026 03:00:00 GMT", 0],
  ["soon", null],
  ["", null],
])("the span %s of a header is read as %s ms", (text, ms) => {
  expect(spanMs(text, NOW)).toBe(ms);
});

const headers = (fields: Record<string, string>) => ({
  status: 429,
  text: "",
  header: (name: string) => fields[name] ?? null,
});

test.each([
  ["Retry-After", { "retry-after": "3" }, 3_000],
  ["milliseconds before seconds", { "retry-after-ms": "20", "retry-after": "3" }, 20],
  [
    "the allowance that is used up, not the other",
    {
      "x-ratelimit-remaining-requests": "59",
      "x-ratelimit-reset-requests": "1s",
      "x-ratelimit-remaining-tokens": "0",
      "x-ratelimit-reset-tokens": "6m0s",
    },
    360_000,
  ],
  ["the words of the IETF draft", { "ratelimit-remaining": "0", "ratelimit-reset": "12" }, 12_000],
  ["an allowance that is left", { "x-ratelimit-remaining-requests": "1", "x-ratelimit-reset-requests": "1s" }, null],
  ["nothing", {}, null],
])("when to come again is read from %s", (_, fields, ms) => {
  expect(retryAfterMs(headers(fields), NOW)).toBe(ms);
});

test("an answer that used up the last of an allowance says until when", () => {
  const fields = { "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "250ms" };
  expect(usedUpMs(headers(fields), NOW)).toBe(250);
});
