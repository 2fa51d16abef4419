/** Journals as files: taken elsewhere, checked, saved when damaged, tidied. */
import { copyFile, open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gunzipSync, gzipSync } from "node:zlib";
import { beforeEach, expect, test } from "vitest";
import { SetupError } from "../../../harness/errors.ts";
import { sha256 } from "../../../harness/hash.ts";
import { exportCalls } from "../../../harness/journal/export-calls.ts";
import { importCalls } from "../../../harness/journal/import-calls.ts";
import { openJournal } from "../../../harness/journal/journal.ts";
import { pruneJournal } from "../../../harness/journal/prune.ts";
import { salvageJournal } from "../../../harness/journal/salvage.ts";
import { statsOf } from "../../../harness/journal/stats.ts";
import { verifyJournal } from "../../../harness/journal/verify.ts";
import { ContextLimitError } from "../../../harness/roles.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const CALLS = 60;
const { signal } = new AbortController();
const IMAGE = Buffer.from("89504e470d0a1a0a", "hex");

const requestOf = (number: number) => ({
  model: "m",
  messages: [
    { role: "system", content: "You work on workbooks. ".repeat(40) },
    { role: "user", content: `task ${number} sha256:${sha256(IMAGE)}`, image: `sha256:${sha256(IMAGE)}` },
    { role: "user", content: `${number} and what it is about `.repeat(200) },
  ],
});

let folder = "";
let path = "";

/** A journal with calls of a run, one of none, one that was refused, one that failed and one image. */
beforeEach(async () => {
  folder = await temporaryFolder();
  path = join(folder, "journal.sqlite");
  using journal = openJournal(path);
  const pay = (number: number, ask: () => Promise<unknown>, draw = 0) =>
    journal.pay(
      { caller: number % 2 === 0 ? "agent" : "proposer", draw, text: journal.textOf(requestOf(number), draw) },
      ask,
      signal,
    );
  await journal.keepImage(IMAGE);
  await journal.usedBy("run-1", async () => {
    for (let number = 0; number < CALLS; number += 1) await pay(number, async () => ({ content: `answer ${number}` }));
    await pay(900, () => Promise.reject(new ContextLimitError("4096 tokens at most"))).catch(() => {});
    journal.seen("unit-1").first("1 date", "18:03");
  });
  await pay(1, async () => "another draw", 1);
  await pay(901, () => Promise.reject(new Error("no luck"))).catch(() => {});
});

const keyOf = (number: number) => {
  using journal = openJournal(path);
  return journal.textOf(requestOf(number), 0).key;
};

test("a run's calls are taken elsewhere: its answers, what was refused, images, and what commands showed; twice changes nothing", async () => {
  const file = join(folder, "run.calls.gz");
  const elsewhere = join(folder, "elsewhere.sqlite");
  expect(await exportCalls(path, ["run-1"], file)).toMatchObject({ calls: CALLS + 1, seen: 1 });
  expect(await importCalls(file, elsewhere)).toEqual({ calls: CALLS + 1, known: 0, otherwise: 0, runs: 1 });
  expect(await importCalls(file, elsewhere)).toMatchObject({ calls: 0, known: CALLS + 1 });

  using journal = openJournal(elsewhere, { offline: true });
  const replay = (number: number) =>
    journal.pay({ caller: "agent", draw: 0, text: journal.textOf(requestOf(number), 0) }, async () => "paid", signal);
  expect(await replay(7)).toEqual({ answer: { content: "answer 7" }, fromJournal: true });
  await expect(replay(900)).rejects.toThrow(new ContextLimitError("4096 tokens at most"));
  await expect(replay(901)).rejects.toThrow(/lacks a call/);
  expect(journal.seen("unit-1").first("1 date", "18:04")).toBe("18:03");
  expect(verifyJournal(elsewhere)).toMatchObject({ whole: CALLS, damaged: [], unreadable: [], pages: [] });
  expect((await exportCalls(elsewhere, ["run-1"], join(folder, "again.gz"))).calls).toBe(CALLS + 1);
  expect(gunzipSync(await readFile(file)).toString()).toContain(IMAGE.toString("base64"));
});

test("answers that a journal has stay, and those that differ are counted", async () => {
  const elsewhere = join(folder, "elsewhere.sqlite");
  using journal = openJournal(elsewhere);
  await journal.pay({ caller: "agent", draw: 0, text: journal.textOf(requestOf(3), 0) }, async () => "own", signal);
  await exportCalls(path, ["run-1"], join(folder, "run.gz"));
  expect(await importCalls(join(folder, "run.gz"), elsewhere)).toMatchObject({ calls: CALLS, otherwise: 1 });
  expect(journal.find(keyOf(3))).toBe("own");
});

test.each([
  ["is cut off", (text: string) => text.slice(0, -200), /is not whole|damaged/],
  [
    "was changed",
    (text: string) => text.replace("answer 7", "answer 8"),
    /its lines are other than its last line says/,
  ],
  ["is another's", () => '{"a":1}\n', /expected a line of calls/],
  [
    "is of a later version",
    (text: string) => text.replace('"version":1', '"version":2'),
    /has version 2; this trace2skill reads version 1/,
  ],
])("a file that %s is refused, and the journal is not made", async (_, change, problem) => {
  const file = join(folder, "run.gz");
  await exportCalls(path, ["run-1"], file);
  await writeFile(file, gzipSync(change(gunzipSync(await readFile(file)).toString())));
  await expect(importCalls(file, join(folder, "new.sqlite"))).rejects.toThrow(SetupError);
  await expect(importCalls(file, join(folder, "new.sqlite"))).rejects.toThrow(problem);
  expect(await readFile(join(folder, "new.sqlite")).catch(() => null)).toBeNull();
});

test("a file that was forged to look whole is refused at the call whose request is not that of its key", async () => {
  const file = join(folder, "run.gz");
  await exportCalls(path, ["run-1"], file);
  const lines = gunzipSync(await readFile(file))
    .toString()
    .trimEnd()
    .split("\n");
  const forged = lines.slice(0, -1).map((line) => line.replace('"draw\\":0', '"draw\\":5'));
  const end = { ...JSON.parse(lines.at(-1) ?? ""), sha256: sha256(forged.map((line) => `${line}\n`).join("")) };
  await writeFile(file, gzipSync(`${[...forged, JSON.stringify(end)].join("\n")}\n`));
  await expect(importCalls(file, join(folder, "new.sqlite"))).rejects.toThrow(
    /the request is another than its key says/,
  );
});

test("a run that is not known is told with the way to make it known", async () => {
  await expect(exportCalls(path, ["run-2"], join(folder, "x.gz"))).rejects.toThrow(
    /nothing is known of the calls of run run-2.*--offline/,
  );
});

test("changed bytes are found call by call; what is whole is saved into a new journal, and the old one is left as it is", async () => {
  const database = new DatabaseSync(path);
  database.prepare("UPDATE calls SET answer = ? WHERE key = ?").run(Buffer.from('{"content":"42"}'), keyOf(4));
  database.prepare("UPDATE parts SET body = ? WHERE body LIKE ?").run(Buffer.from("{}"), '%"content":"5 and%');
  database.close();
  const verified = verifyJournal(path);
  expect(verified.damaged.map(({ key, problem, answerIsWhole }) => [key, problem, answerIsWhole]).sort()).toEqual(
    [
      [keyOf(4), "the checksum of its answer does not fit", false],
      [keyOf(5), expect.stringMatching(/^part \d+ is not what was stored$/), true],
    ].sort(),
  );
  const saved = join(folder, "saved.sqlite");
  expect(salvageJournal(path, saved)).toMatchObject({ calls: CALLS, leftBehind: 3, unreadable: [] });
  expect(() => salvageJournal(path, saved)).toThrow(/is there already/);
  using journal = openJournal(saved);
  expect(journal.find(keyOf(4))).toBeNull();
  expect(journal.find(keyOf(5))).toEqual({ content: "answer 5" });
  expect(journal.seen("unit-1").first("1 date", "18:04")).toBe("18:03");
});

test("pages that were overwritten are reported, and the calls on all others are saved", async () => {
  {
    using _ = openJournal(path);
  } // closing writes the log back into the file
  const size = (await readFile(path)).length;
  const broken = join(folder, "broken.sqlite");
  await copyFile(path, broken);
  const file = await open(broken, "r+");
  for (let page = 6; page * 8192 < size; page += 9) await file.write(Buffer.alloc(8192, 0xff), 0, 8192, page * 8192);
  await file.close();

  const verified = verifyJournal(broken);
  expect(verified.pages.length + verified.unreadable.length).toBeGreaterThan(0);
  const saved = join(folder, "saved.sqlite");
  const { calls } = salvageJournal(broken, saved);
  expect(calls).toBeGreaterThan(0);
  expect(verifyJournal(saved).whole).toBe(calls);
  expect(statsOf(saved).calls.answered).toBe(calls);
});

test("a file that was cut off in the middle is told, and what stands before the cut is saved", async () => {
  {
    using _ = openJournal(path);
  } // closing writes the log back into the file
  const whole = await readFile(path);
  const cut = join(folder, "cut.sqlite");
  await writeFile(cut, whole.subarray(0, Math.floor(whole.length * 0.6)));
  expect(() => openJournal(cut)).toThrow(/damaged.*--salvage/);
  const verified = verifyJournal(cut);
  expect(verified.whole).toBeGreaterThan(CALLS / 10);
  expect(verified.unreadable.length).toBeLessThan(10); // neighbours are told as one
  expect(salvageJournal(cut, join(folder, "saved.sqlite")).calls).toBe(verified.whole);
  await writeFile(cut, whole.subarray(0, 50));
  expect(() => verifyJournal(cut)).toThrow(/nothing can be saved/);
  expect(await readFile(cut)).toHaveLength(50);
});

test("a file of calls is not written over the journal, nor over anything else that is none", async () => {
  const before = statsOf(path).calls;
  await expect(exportCalls(path, ["run-1"], path)).rejects.toThrow(/is no file of calls: it is not replaced/);
  await expect(exportCalls(path, ["run-1"], folder)).rejects.toThrow(/it is not replaced/);
  expect(statsOf(path).calls).toEqual(before);
  const file = join(folder, "run.calls.gz");
  await exportCalls(path, ["run-1"], file);
  expect((await exportCalls(path, ["run-1"], file)).calls).toBe(CALLS + 1);
});

test("stats tell answered, redrawn, refused, failed and lost calls by caller", () => {
  const database = new DatabaseSync(path);
  database.prepare("INSERT INTO calls (key, caller, request, holder) VALUES ('k', 'agent', x'', 'gone')").run();
  database.close();
  const { calls, byCaller, runs } = statsOf(path);
  expect(calls).toEqual({ answered: CALLS + 1, redrawn: 1, underWay: 0, lost: 1, failed: 1, refused: 1 });
  expect(byCaller.agent).toMatchObject({ answered: CALLS / 2, lost: 1, refused: 1, failed: 0 });
  expect(runs).toBe(1);
});

test("pruning takes calls that came to nothing and what only they held; answers stay, until a date says otherwise, and refusals", () => {
  expect(pruneJournal(path, { before: null, dryRun: true })).toEqual({ unanswered: 1, answered: 0, parts: 2 });
  expect(statsOf(path).calls).toMatchObject({ refused: 1, failed: 1 });
  expect(pruneJournal(path, { before: null, dryRun: false })).toEqual({ unanswered: 1, answered: 0, parts: 2 });
  expect(verifyJournal(path)).toMatchObject({ calls: CALLS + 2, whole: CALLS + 1, damaged: [] });
  expect(pruneJournal(path, { before: Date.now() + 1000, dryRun: false })).toMatchObject({ answered: 1 });
  expect(statsOf(path).calls).toMatchObject({ answered: CALLS, redrawn: 0, refused: 1 });
});

test("a journal with a request that cannot be read is not pruned: what it holds cannot be told", () => {
  const database = new DatabaseSync(path);
  database.prepare("UPDATE calls SET request = ? WHERE key = ?").run(Buffer.from('["{",q]'), keyOf(4));
  database.close();
  expect(() => pruneJournal(path, { before: null, dryRun: false })).toThrow(/is damaged at call .*--salvage/);
  expect(statsOf(path).calls).toMatchObject({ failed: 1 });
});

test("a journal that another has open is not pruned", async () => {
  using other = openJournal(path);
  await other.claim({ caller: "agent", draw: 0, text: other.textOf(requestOf(77), 0) });
  expect(() => pruneJournal(path, { before: null, dryRun: false })).toThrow(/in use by 1 other process/);
});
