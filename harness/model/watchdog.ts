/** Tells a wait from a standstill, and a bad minute from a server that is gone. No clock of its own: times are given. */

export interface Standstill {
  /** Since something last came back, or since something is waited for. */
  readonly quietMs: number;
  /** The last failure; null when there was none since. */
  readonly lastFailure: string | null;
}

export interface Watchdog {
  /** Calls are under way from now on, or again. */
  began(nowMs: number): void;
  answered(nowMs: number): void;
  failed(detail: string): void;
  /** A call used up its tries. @returns true when so many did, with no answer in between, that to go on is hopeless */
  gaveUp(nowMs: number): boolean;
  /** No call is under way any more. */
  rested(): void;
  /** Once a standstill has lasted a minute, and again each time it has doubled; null in between. */
  standstill(nowMs: number): Standstill | null;
}

export const QUIET_MS = 60_000;
const HOPELESS_CALLS = 20;

export function openWatchdog(): Watchdog {
  /** Null while nothing is under way. */
  let movedMs: number | null = null;
  let answeredMs = 0;
  let lastFailure: string | null = null;
  let gaveUpInARow = 0;
  let tellAtMs = QUIET_MS;
  const move = (nowMs: number | null) => {
    movedMs = nowMs;
    tellAtMs = QUIET_MS;
  };
  return {
    began(nowMs) {
      if (movedMs !== null) return;
      move(nowMs);
      answeredMs = nowMs;
    },
    answered(nowMs) {
      move(nowMs);
      answeredMs = nowMs;
      lastFailure = null;
      gaveUpInARow = 0;
    },
    failed(detail) {
      lastFailure = detail;
    },
    gaveUp(nowMs) {
      gaveUpInARow += 1;
      return gaveUpInARow >= HOPELESS_CALLS && nowMs - answeredMs >= QUIET_MS;
    },
    rested: () => move(null),
    standstill(nowMs) {
      if (movedMs === null || nowMs - movedMs < tellAtMs) return null;
      const quietMs = nowMs - movedMs;
      while (tellAtMs <= quietMs) tellAtMs *= 2;
      return { quietMs, lastFailure };
    },
  };
}
