import { expect, test } from "vitest";
import { openWatchdog } from "../../../harness/model/watchdog.ts";

test("a standstill is told after a minute, then each time it has doubled", () => {
  const watchdog = openWatchdog();
  watchdog.began(0);
  const told = Array.from({ length: 100 }, (_, n) => n * 5_000).filter((now) => watchdog.standstill(now) !== null);
  expect(told).toEqual([60_000, 120_000, 240_000, 480_000]);
});

test("an answer ends a standstill, and the next is told from there", () => {
  const watchdog = openWatchdog();
  watchdog.began(0);
  watchdog.failed("429 slow down");
  expect(watchdog.standstill(60_000)).toEqual({ quietMs: 60_000, lastFailure: "429 slow down" });
  watchdog.answered(70_000);
  expect(watchdog.standstill(129_000)).toBeNull();
  expect(watchdog.standstill(130_000)).toEqual({ quietMs: 60_000, lastFailure: null });
});

test("while no call is under way nothing stands still", () => {
  const watchdog = openWatchdog();
  expect(watchdog.standstill(1e9)).toBeNull();
  watchdog.began(0);
  watchdog.rested();
  expect(watchdog.standstill(1e9)).toBeNull();
  watchdog.began(1e9);
  expect(watchdog.standstill(1e9 + 59_000)).toBeNull();
});

test("calls that give up are hopeless when they are many, in a row, and a minute long", () => {
  const watchdog = openWatchdog();
  watchdog.began(0);
  const early = Array.from({ length: 30 }, () => watchdog.gaveUp(59_000));
  expect(early).not.toContain(true);
  expect(watchdog.gaveUp(60_000)).toBe(true);
  watchdog.answered(61_000);
  expect(Array.from({ length: 19 }, () => watchdog.gaveUp(200_000))).not.toContain(true);
  expect(watchdog.gaveUp(200_000)).toBe(true);
});
