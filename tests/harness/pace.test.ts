import { expect, test } from "vitest";
import { pace } from "../../harness/pace.ts";

/** Holds the thread, as a piece of work does. */
function work(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

test("pieces come in order, each once what the one before could do is done, and timers come in between", async () => {
  const seen: string[] = [];
  const timer = setInterval(() => seen.push("timer"), 1);
  const piece = async (name: number) => {
    await pace();
    seen.push(`begins ${name}`);
    await Promise.resolve().then(() => work(4));
    seen.push(`ends ${name}`);
  };

  await Promise.all(Array.from({ length: 20 }, (_, name) => piece(name)));
  clearInterval(timer);

  const pieces = seen.filter((what) => what !== "timer");
  expect(pieces).toEqual(Array.from({ length: 20 }, (_, name) => [`begins ${name}`, `ends ${name}`]).flat());
  // 80 ms of work, of which no turn of the event loop takes more than some 10.
  const first = seen.indexOf("timer");
  expect(first).toBeGreaterThan(-1);
  expect(seen.slice(first).filter((what) => what === "timer").length).toBeGreaterThan(2);
});

test("a piece that comes later is not forgotten", async () => {
  await pace();
  await pace();
  await new Promise((resolve) => setTimeout(resolve, 5));
  await expect(Promise.all([pace(), pace()])).resolves.toEqual([undefined, undefined]);
});
