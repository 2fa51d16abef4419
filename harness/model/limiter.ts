/**
 * How many calls one server is sent at once: grows while answers keep coming as fast as before, shrinks when the server says
 * that it is too much. The figures are those of Inspect's adaptive connections (start 20, a fifth less on 429, a twentieth
 * more), with two changes: until the first complaint it doubles in a round, and a shrink counts once for all calls that were
 * under way at the time, in place of a cool-down in seconds. No clock and no timer: times are given.
 */

export interface LimiterOptions {
  /** In flight at first; held between `floor` and `cap`. */
  readonly start: number;
  readonly floor: number;
  readonly cap: number;
}

/** How a call ended, as far as it tells how much the server can take. */
export type Ending =
  | { readonly kind: "answered" }
  /** 429, or 503 and its like: too much at once. `retryAfterMs`: how long the server wants to be left alone. */
  | { readonly kind: "too-much"; readonly retryAfterMs: number | null }
  /** It did not take the connection: left alone for a while, longer each time. */
  | { readonly kind: "unreachable" }
  /** Any other fault of the server: no growth for a round. */
  | { readonly kind: "faulty" }
  /** Refused for what was asked, or cancelled by us: tells nothing. */
  | { readonly kind: "neutral" };

export interface LimiterState {
  readonly limit: number;
  readonly inFlight: number;
  /** Until when nothing is sent, in the time that was given; 0 when nothing holds it. */
  readonly pausedUntilMs: number;
}

/** Given at the start of a call, handed back at its end. */
export interface Ticket {
  readonly startedMs: number;
  readonly generation: number;
}

export interface Limiter {
  state(): LimiterState;
  hasRoom(nowMs: number): boolean;
  enter(nowMs: number): Ticket;
  leave(ticket: Ticket, ending: Ending, nowMs: number): void;
  /** Sends nothing for so long: the server told that its allowance is used up. */
  pause(ms: number, nowMs: number): void;
}

export const START = 20;
const SHRINK = 0.8;
const GROWTH = 0.05;
/** Answers this many times slower than the best of the last rounds: more at once would only queue there. */
const SLOWER = 2;
/** Rounds that latency is compared with: a lasting change (longer prompts) becomes the measure, so nothing freezes. */
const ROUNDS = 8;
const SMALLEST_ROUND = 10;
const FIRST_REST_MS = 500;
const LONGEST_REST_MS = 30_000;

export function openLimiter({ start, floor, cap }: LimiterOptions): Limiter {
  const held = (limit: number) => Math.min(cap, Math.max(floor, limit));
  let limit = held(start);
  let inFlight = 0;
  let pausedUntilMs = 0;
  /** Goes up with every shrink, so that one burst of complaints shrinks once. */
  let generation = 0;
  let complained = false;
  let growing = true;
  let unreachable = 0;
  let round: number[] = [];
  let roundSize = sizeOf(limit);
  /** Rounds ended so far, and that number when all places were last taken. */
  let rounds = 0;
  let fullAt = -2;
  const medians: number[] = [];

  const pause = (ms: number, nowMs: number) => {
    pausedUntilMs = Math.max(pausedUntilMs, nowMs + ms);
  };
  const shrink = (ticket: Ticket) => {
    if (ticket.generation < generation) return; // sent before the last shrink
    generation += 1;
    complained = true;
    limit = held(limit * SHRINK);
    beginRound();
  };
  const beginRound = () => {
    round = [];
    roundSize = sizeOf(limit);
  };
  const grow = (latencyMs: number) => {
    unreachable = 0;
    round.push(latencyMs);
    const asFast = medians.length === 0 || latencyMs <= SLOWER * Math.min(...medians);
    // Where places were left empty, nothing shows that there is room for more.
    const wasFull = rounds - fullAt <= 1;
    if (growing && wasFull && asFast) limit = held(limit + (complained ? Math.max(1, limit * GROWTH) / limit : 1));
    if (round.length >= roundSize) endRound();
  };
  const endRound = () => {
    const median = medianOf(round);
    medians.push(median);
    if (medians.length > ROUNDS) medians.shift();
    growing = median <= SLOWER * Math.min(...medians);
    rounds += 1;
    beginRound();
  };

  return {
    state: () => ({ limit: Math.floor(limit), inFlight, pausedUntilMs }),
    hasRoom: (nowMs) => inFlight < Math.floor(limit) && nowMs >= pausedUntilMs,
    pause,
    enter(nowMs) {
      inFlight += 1;
      if (inFlight >= Math.floor(limit)) fullAt = rounds;
      return { startedMs: nowMs, generation };
    },
    leave(ticket, ending, nowMs) {
      inFlight -= 1;
      switch (ending.kind) {
        case "answered":
          return grow(nowMs - ticket.startedMs);
        case "too-much":
          shrink(ticket);
          return pause(ending.retryAfterMs ?? 0, nowMs);
        case "unreachable":
          if (nowMs < pausedUntilMs) return; // one of a burst
          unreachable += 1;
          return pause(Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** (unreachable - 1)), nowMs);
        case "faulty":
          growing = false;
          return;
        case "neutral":
          return;
        default:
          ending satisfies never;
      }
    },
  };
}

function sizeOf(limit: number): number {
  return Math.max(SMALLEST_ROUND, Math.floor(limit));
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
