import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { expect, test, vi } from "vitest";
import { SetupError } from "../../../harness/errors.ts";
import { type CallToMake, type Journal, journalKey, openJournal } from "../../../harness/journal/journal.ts";
import { verifyJournal } from "../../../harness/journal/verify.ts";
import { seededRandom } from "../../../harness/random.ts";
import { ContextLimitError, ModelError } from "../../../harness/roles.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const never = new AbortController().signal;

const callOf = (journal: Journal, request: Record<string, unknown> = { q: 1 }, draw = 0): CallToMake => ({
  caller: "agent",
  draw,
  text: journal.textOf(request, draw),
});

test("an answer that was stored is found by another opening; an intent alone is not an answer", async () => {
  const path = join(await temporaryFolder(), "deep", "journal.sqlite");
  using writer = openJournal(path);
  using reader = openJournal(path);
  const call = callOf(writer);
  expect(await writer.claim(call)).toEqual({ kind: "mine" });
  expect(reader.find(call.text.key)).toBeNull();
  expect(reader.unanswered()).toBe(1);
  await writer.store(call.text.key, { choices: ["é"] });
  expect(reader.find(call.text.key)).toEqual({ choices: ["é"] });
  expect(reader.unanswered()).toBe(0);
});

test("the first answer stays", async () => {
  using journal = openJournal(join(await temporaryFolder(), "journal.sqlite"));
  const call = callOf(journal);
  await journal.claim(call);
  await journal.store(call.text.key, 1);
  await journal.store(call.text.key, 2);
  expect(journal.find(call.text.key)).toBe(1);
});

test("invariant 3: a call under way in another opening is waited for, and not paid twice", async () => {
  const path = join(await temporaryFolder(), "journal.sqlite");
  using one = openJournal(path);
  using other = openJournal(path);
  const asked: string[] = [];
  const answer = Promise.withResolvers<string>();
  const first = one.pay(callOf(one), () => answer.promise, never);
  await vi.waitFor(() => expect(other.unanswered()).toBe(1));
  const second = other.pay(callOf(other), async () => asked.push("twice"), never);
  setTimeout(() => answer.resolve("paid"), 150);
  expect(await first).toEqual({ answer: "paid", fromJournal: false });
  expect(await second).toEqual({ answer: "paid", fromJournal: true });
  expect(asked).toEqual([]);
});

test("a call that failed is given up with its reason, thrown as it was, and made by whoever waits for it", async () => {
  const path = join(await temporaryFolder(), "journal.sqlite");
  using one = openJournal(path);
  using other = openJournal(path);
  const failed = one.pay(callOf(one), () => sleep(50).then(() => Promise.reject(new ModelError("no luck"))), never);
  const failure = expect(failed).rejects.toThrow(new ModelError("no luck"));
  await vi.waitFor(() => expect(other.unanswered()).toBe(1));
  expect(await other.pay(callOf(other), async () => "paid", never)).toEqual({ answer: "paid", fromJournal: false });
  await failure;
});

test("waiting for another's call ends with the signal", async () => {
  const path = join(await temporaryFolder(), "journal.sqlite");
  using one = openJournal(path);
  using other = openJournal(path);
  await one.claim(callOf(one));
  const stop = new AbortController();
  const waiting = other.pay(callOf(other), async () => "twice", stop.signal);
  setTimeout(() => stop.abort(new Error("stopped")), 50);
  await expect(waiting).rejects.toThrow("stopped");
});

test("a killed process's call is seen as unanswered, and taken over at once", async () => {
  const path = join(await temporaryFolder(), "journal.sqlite");
  const module = new URL("../../../harness/journal/journal.ts", import.meta.url).href;
  const program = `
    const { openJournal } = await import(${JSON.stringify(module)});
    const journal = openJournal(${JSON.stringify(path)});
    const call = (q) => ({ caller: "agent", draw: 0, text: journal.textOf({ q }, 0) });
    await journal.claim(call(0));
    await journal.store(call(0).text.key, "kept");
    await journal.claim(call(1));
    process.kill(process.pid, "SIGKILL");`;
  const child = spawnSync(process.execPath, ["--input-type=module", "-e", program]);
  expect(child.signal, String(child.stderr)).toBe("SIGKILL");

  using journal = openJournal(path);
  expect(journal.find(callOf(journal, { q: 0 }).text.key)).toBe("kept");
  expect(journal.unanswered()).toBe(1);
  expect(await journal.pay(callOf(journal, { q: 1 }), async () => "again", never)).toEqual({
    answer: "again",
    fromJournal: false,
  });
  expect(journal.unanswered()).toBe(0);
});

test("what is stored in one tick is one transaction, in the order given", async () => {
  using journal = openJournal(join(await temporaryFolder(), "journal.sqlite"));
  const calls = [1, 2, 3].map((q) => callOf(journal, { q }));
  const claims = calls.map((call) => journal.claim(call));
  const stored = calls.map(({ text }, index) => journal.store(text.key, index));
  expect(calls.map(({ text }) => journal.find(text.key))).toEqual([null, null, null]);
  await Promise.race([...claims, ...stored]);
  expect(calls.map(({ text }) => journal.find(text.key))).toEqual([0, 1, 2]);
  await Promise.all([...claims, ...stored]);
});

test("a journal of version 1 is read on, and gone on with", async () => {
  const path = join(await temporaryFolder(), "journal.sqlite");
  const old = new DatabaseSync(path);
  old.exec(`PRAGMA journal_mode = WAL;
    CREATE TABLE calls (key TEXT PRIMARY KEY, caller TEXT NOT NULL, request BLOB NOT NULL, answer BLOB) WITHOUT ROWID;
    CREATE TABLE seen (unit TEXT NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (unit, key)) WITHOUT ROWID;
    INSERT INTO seen VALUES ('unit', '1 date', '18:03'); PRAGMA user_version = 1`);
  const [answered, lost] = [journalKey({ q: 1 }, 0), journalKey({ q: 2 }, 0)];
  const insert = old.prepare("INSERT INTO calls VALUES (?, 'agent', ?, ?)");
  insert.run(answered, gzipSync('{"q":1}'), gzipSync('{"a":1}'));
  insert.run(lost, gzipSync('{"q":2}'), null);
  old.close();

  expect(verifyJournal(path)).toMatchObject({ calls: 2, whole: 1, damaged: [], unreadable: [] });
  using journal = openJournal(path);
  expect(verifyJournal(path)).toMatchObject({ calls: 2, whole: 1, damaged: [], unreadable: [] });
  expect(journal.find(answered)).toEqual({ a: 1 });
  expect(journal.seen("unit").first("1 date", "18:04")).toBe("18:03");
  expect(journal.unanswered()).toBe(1);
  const call = callOf(journal, { q: 2 });
  expect(await journal.pay(call, async () => "paid", never)).toEqual({ answer: "paid", fromJournal: false });
  expect(journal.find(lost)).toBe("paid");
});

test("a byte that changed on disk is told with the call and the way out, and never used", async () => {
  const path = join(await temporaryFolder(), "journal.sqlite");
  using journal = openJournal(path);
  const { text } = callOf(journal);
  await journal.pay(callOf(journal), async () => ({ content: "41" }), never);
  const other = new DatabaseSync(path);
  other.prepare("UPDATE calls SET answer = ?").run(Buffer.from('{"content":"42"}'));
  other.close();
  expect(() => journal.find(text.key)).toThrow(SetupError);
  expect(() => journal.find(text.key)).toThrow(/damaged at call .*checksum.*journal verify .* --salvage/);
});

test("a chat of thirty turns takes room for what is new in each turn", async () => {
  const path = join(await temporaryFolder(), "journal.sqlite");
  using journal = openJournal(path);
  const random = seededRandom(1);
  const messages: { role: string; content: string }[] = [];
  let written = 0;
  for (let turn = 0; turn < 30; turn += 1) {
    const content = Array.from({ length: 400 }, () => random.integer(0, 2 ** 30).toString(36)).join(" ");
    messages.push({ role: "user", content });
    written += content.length;
    const call = callOf(journal, { model: "m", messages: [...messages] });
    await journal.pay(call, async () => "ok", never);
  }
  const database = new DatabaseSync(path, { readOnly: true });
  const bytes = Number(database.prepare("PRAGMA page_count").get()?.page_count ?? 0) * 4096;
  database.close();
  expect(bytes).toBeLessThan(2 * written + 100_000);
});

test("offline a lacking call is told with its caller, its key and where it differs from the nearest; a refusal is refused again", async () => {
  const path = join(await temporaryFolder(), "journal.sqlite");
  const chat = (content: string, seed = 1) => ({
    model: "m",
    seed,
    messages: [
      { role: "system", content: "s" },
      { role: "user", content },
    ],
  });
  using paid = openJournal(path);
  await paid.pay(callOf(paid, chat("what is here?")), async () => "ok", never);
  await expect(
    paid.pay(callOf(paid, chat("too long")), () => Promise.reject(new ContextLimitError("too long")), never),
  ).rejects.toThrow(ContextLimitError);

  using journal = openJournal(path, { offline: true });
  const asked: string[] = [];
  const replay = (request: Record<string, unknown>) =>
    journal.pay(callOf(journal, request), async () => asked.push("paid"), never);
  expect(await replay(chat("what is here?"))).toEqual({ answer: "ok", fromJournal: true });
  await expect(replay(chat("too long"))).rejects.toThrow(ContextLimitError);
  await expect(replay(chat("what is there?"))).rejects.toThrow(SetupError);
  await expect(replay(chat("what is there?"))).rejects.toThrow(
    /lacks a call of the agent \(key [0-9a-f]{12}, draw 0\).*messages\.1\.content: stored "what is here\?", asked "what is there\?"/,
  );
  await expect(replay(chat("what is here?", 2))).rejects.toThrow(/request\.seed: stored 1, asked 2/);
  await expect(journal.claim(callOf(journal, { q: 9 }))).rejects.toThrow(/--offline/);
  expect(asked).toEqual([]);
});

test("the order of a request's fields does not matter, their values do", () => {
  expect(journalKey({ a: 1, b: 2 }, 0)).toBe(journalKey({ b: 2, a: 1 }, 0));
  expect(journalKey({ a: 1 }, 0)).not.toBe(journalKey({ a: 1 }, 1));
});

test("a file that is no journal is refused with what to do, and left as it was", async () => {
  const path = join(await temporaryFolder(), "journal.sqlite");
  await writeFile(path, "this is no database, but it is long enough to look at".repeat(20));
  expect(() => openJournal(path)).toThrow(SetupError);
  expect(() => openJournal(path)).toThrow(/no journal, or is damaged/);
});

test("invariant 10: what a unit of work was first shown is shown again, to that unit only", async () => {
  const path = join(await temporaryFolder(), "journal.sqlite");
  {
    using journal = openJournal(path);
    expect(journal.seen("unit-1").first("1 date", "18:03")).toBe("18:03");
  }
  using journal = openJournal(path);
  expect(journal.seen("unit-1").first("1 date", "18:04")).toBe("18:03");
  expect(journal.seen("unit-1").first("2 date", "18:05")).toBe("18:05");
  expect(journal.seen("unit-2").first("1 date", "18:06")).toBe("18:06");
});

test("another program's database is refused", async () => {
  const path = join(await temporaryFolder(), "journal.sqlite");
  const other = new DatabaseSync(path);
  other.exec("CREATE TABLE calls (a, b)");
  other.close();
  expect(() => openJournal(path)).toThrow(/no journal, or is damaged/);
});
