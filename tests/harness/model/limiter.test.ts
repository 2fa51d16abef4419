import { expect, test } from "vitest";
import { type Ending, type Limiter, openLimiter } from "../../../harness/model/limiter.ts";

const ANSWERED: Ending = { kind: "answered" };
const TOO_MUCH: Ending = { kind: "too-much", retryAfterMs: null };

/** A round trip of as many calls as the limit lets in, each taking `latencyMs`; returns the time after it. */
function round(
  limiter: Limiter,
  nowMs: number,
  latencyMs: number,
  endingOf: (call: number) => Ending = () => ANSWERED,
) {
  const tickets = [];
  while (limiter.hasRoom(nowMs)) tickets.push(limiter.enter(nowMs));
  for (const [call, ticket] of tickets.entries()) limiter.leave(ticket, endingOf(call), nowMs + latencyMs);
  return nowMs + latencyMs;
}

function rounds(limiter: Limiter, count: number, latencyOf: (limit: number) => number, nowMs = 0): number {
  let now = nowMs;
  for (let n = 0; n < count; n += 1) now = round(limiter, now, latencyOf(limiter.state().limit));
  return now;
}

test("it starts at 20, doubles a round while latency holds, and stops at the cap", () => {
  const limiter = openLimiter({ start: 20, floor: 1, cap: 100 });
  expect(limiter.state().limit).toBe(20);
  let now = round(limiter, 0, 1_000);
  expect(limiter.state().limit).toBe(40);
  now = rounds(limiter, 3, () => 1_000, now);
  expect(limiter.state()).toEqual({ limit: 100, inFlight: 0, pausedUntilMs: 0 });
});

test("a burst of 429 shrinks once: calls that were under way at the first say nothing new", () => {
  const limiter = openLimiter({ start: 100, floor: 1, cap: 100 });
  const now = round(limiter, 0, 10, () => TOO_MUCH);
  expect(limiter.state().limit).toBe(80);
  round(limiter, now, 10, () => TOO_MUCH);
  expect(limiter.state().limit).toBe(64);
});

test("it never shrinks below the floor, and comes back to the cap when the complaints end", () => {
  const limiter = openLimiter({ start: 50, floor: 5, cap: 50 });
  let now = 0;
  for (let n = 0; n < 30; n += 1) now = round(limiter, now, 10, () => TOO_MUCH);
  expect(limiter.state().limit).toBe(5);
  rounds(limiter, 60, () => 1_000, now);
  expect(limiter.state().limit).toBe(50);
});

test("after a complaint it grows by a twentieth a round, not by doubling", () => {
  const limiter = openLimiter({ start: 100, floor: 1, cap: 1_000 });
  const now = round(limiter, 0, 10, (call) => (call === 0 ? TOO_MUCH : ANSWERED));
  const before = limiter.state().limit;
  round(limiter, now, 10);
  expect(limiter.state().limit / before).toBeGreaterThan(1.03);
  expect(limiter.state().limit / before).toBeLessThan(1.08);
});

test("where more at once only makes each slower, growth stops within two doublings of what the server takes", () => {
  // A server that works on 30 at once and lets the others wait.
  const limiter = openLimiter({ start: 20, floor: 1, cap: 1_024 });
  rounds(limiter, 6, (limit) => 1_000 * Math.max(1, limit / 30));
  expect(limiter.state().limit).toBeGreaterThanOrEqual(60);
  expect(limiter.state().limit).toBeLessThanOrEqual(160);
});

test("calls that become slower for good, as prompts grow, do not freeze it", () => {
  const limiter = openLimiter({ start: 20, floor: 1, cap: 100 });
  let now = round(limiter, 0, 1_000); // 40 from now on
  now = rounds(limiter, 12, () => 5_000, now);
  expect(limiter.state().limit).toBe(100);
});

test("a limit that is not used does not grow", () => {
  const limiter = openLimiter({ start: 20, floor: 1, cap: 100 });
  for (let n = 0; n < 100; n += 1) limiter.leave(limiter.enter(n), ANSWERED, n + 1);
  expect(limiter.state().limit).toBe(20);
});

test("Retry-After closes it for all, and an earlier end does not open it", () => {
  const limiter = openLimiter({ start: 20, floor: 1, cap: 20 });
  const [first, second] = [limiter.enter(0), limiter.enter(0)];
  limiter.leave(first, { kind: "too-much", retryAfterMs: 5_000 }, 100);
  limiter.leave(second, { kind: "too-much", retryAfterMs: 1_000 }, 200);
  expect(limiter.hasRoom(5_099)).toBe(false);
  expect(limiter.hasRoom(5_100)).toBe(true);
});

test("a server that takes no connection is left alone longer each time, once for a burst", () => {
  const limiter = openLimiter({ start: 20, floor: 1, cap: 20 });
  const now = round(limiter, 0, 10, () => ({ kind: "unreachable" }));
  expect(limiter.state().pausedUntilMs - now).toBe(500);
  const later = round(limiter, now + 500, 10, () => ({ kind: "unreachable" }));
  expect(limiter.state().pausedUntilMs - later).toBe(1_000);
  expect(limiter.state().limit).toBe(20);
});

test("a 500 holds growth back for a round and shrinks nothing; a cancelled call says nothing", () => {
  const limiter = openLimiter({ start: 20, floor: 1, cap: 100 });
  const now = round(limiter, 0, 10, (call) => (call === 0 ? { kind: "faulty" } : ANSWERED));
  expect(limiter.state().limit).toBe(20);
  round(limiter, now, 10, () => ({ kind: "neutral" }));
  expect(limiter.state()).toMatchObject({ limit: 20, inFlight: 0 });
});

test("random endings in random order never break floor, cap or the count of what is in flight", () => {
  const kinds: Ending[] = [ANSWERED, TOO_MUCH, { kind: "unreachable" }, { kind: "faulty" }, { kind: "neutral" }];
  const limiter = openLimiter({ start: 20, floor: 3, cap: 40 });
  const under: ReturnType<Limiter["enter"]>[] = [];
  let seed = 7;
  const next = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  for (let now = 0; now < 20_000; now += 1 + next(50)) {
    if (next(2) === 0 && limiter.hasRoom(now)) under.push(limiter.enter(now));
    else {
      const [ticket] = under.splice(next(under.length), 1);
      if (ticket !== undefined) limiter.leave(ticket, kinds[next(kinds.length)]!, now);
    }
    const { limit, inFlight } = limiter.state();
    expect(limit).toBeGreaterThanOrEqual(3);
    expect(limit).toBeLessThanOrEqual(40);
    expect(inFlight).toBe(under.length);
  }
});
