/** The thread that carries the log over into the journal's file. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { type Journal, openJournal } from "../../../harness/journal/journal.ts";
import { verifyJournal } from "../../../harness/journal/verify.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const MB = 1024 ** 2;
const { signal } = new AbortController();

/** Pays for calls of half a megabyte, each in a commit of its own; random enough that packing leaves them long. */
async function pay(journal: Journal, from: number, count: number): Promise<void> {
  for (let number = from; number < from + count; number += 1) {
    const content = Array.from({ length: 32_768 }, (_, at) => Math.sin(at * (number + 1)).toString(36)).join(" ");
    const text = journal.textOf({ model: "m", messages: [{ role: "user", content: String(number) }] }, 0);
    await journal.pay({ caller: "agent", draw: 0, text }, async () => ({ content }), signal);
  }
}

/** So many calls at once that the thread is worth its memory. */
async function payAtOnce(journal: Journal): Promise<void> {
  const texts = Array.from({ length: 600 }, (_, number) => journal.textOf({ model: "m", seed: number }, 0));
  const all = Promise.withResolvers<void>();
  let asked = 0;
  const ask = async () => {
    asked += 1;
    if (asked === texts.length) all.resolve();
    await all.promise;
    return { content: "short" };
  };
  await Promise.all(texts.map((text) => journal.pay({ caller: "agent", draw: 0, text }, ask, signal)));
}

test("a long log is carried over while the journal is open, and closing leaves one whole file", async () => {
  const path = join(await temporaryFolder(), "journal.sqlite");
  {
    using journal = openJournal(path);
    await payAtOnce(journal);
    await pay(journal, 0, 64);
    // Less was written than what the writer itself would carry over at once: only the thread makes the file grow.
    expect(statSync(`${path}-wal`).size).toBeLessThan(31 * MB);
    await vi.waitFor(() => expect(statSync(path).size).toBeGreaterThan(8 * MB), { timeout: 60_000, interval: 100 });
    await pay(journal, 64, 4);
  }
  expect(existsSync(`${path}-wal`)).toBe(false);
  const { calls, whole, damaged } = verifyJournal(path);
  expect({ calls, whole, damaged }).toEqual({ calls: 668, whole: 668, damaged: [] });
}, 120_000);

test("a journal that is closed while the thread starts is whole, too", async () => {
  const path = join(await temporaryFolder(), "journal.sqlite");
  {
    using journal = openJournal(path);
    await payAtOnce(journal);
    while ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) < 9 * MB) {
      const stored = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
      await pay(journal, Math.ceil(stored / 1_000), 8);
    }
  }
  expect(existsSync(`${path}-wal`)).toBe(false);
  const { calls, whole } = verifyJournal(path);
  expect(whole).toBe(calls);
}, 120_000);
