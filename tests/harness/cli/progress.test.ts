import { expect, test } from "vitest";
import { standstillText, underWayText } from "../../../harness/cli/progress.ts";

const STATE = { servers: 1, inFlight: 20, waiting: 108, limit: 20, retries: 3, pausedMs: 0 };

test("the line tells what is in flight, what waits, what was tried again, and a pause that the server asked for", () => {
  expect(underWayText(STATE)).toBe("20 in flight of 20, 108 waiting, 3 retries");
  expect(underWayText({ ...STATE, waiting: 0, retries: 0, pausedMs: 12_000 })).toBe(
    "20 in flight of 20, paused for 12 s as the server asked",
  );
});

test("nothing is told of servers where none was asked", () => {
  expect(underWayText({ ...STATE, servers: 0 })).toBe("");
});

test("a standstill tells how long, what is under way, and the last failure with nothing in it that steers a terminal", () => {
  expect(standstillText({ quietMs: 60_000, lastFailure: "http://a/v1: 429 slow \u001b[2Jdown" }, STATE)).toBe(
    "note: nothing came back for 60 s (20 in flight of 20, 108 waiting, 3 retries); the last failure: http://a/v1: 429 slow \ufffd[2Jdown",
  );
  expect(standstillText({ quietMs: 120_000, lastFailure: null }, STATE)).toMatch(
    /for 2 min .*the model may be thinking, or hang$/,
  );
});
