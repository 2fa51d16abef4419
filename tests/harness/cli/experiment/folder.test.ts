import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { type Counter, inFolder, learnFrom, markSkill, readUnit } from "../../../../harness/cli/experiment/folder.ts";
import type { Caller } from "../../../../harness/roles.ts";
import { writeJson } from "../../../../harness/run/files.ts";
import { lockFolder } from "../../../../harness/run/lock.ts";
import { scriptedModel } from "../../../support/scripted-model.ts";
import { temporaryFolder } from "../../../support/temporary.ts";

const unitIn = async () => ({ folder: join(await temporaryFolder(), "unit"), id: "0123", of: "run" });
const nothing = async () => {};

/** As many calls of a model that answers from the journal, or newly. */
function asking(fromJournal: readonly boolean[], caller: Caller = "proposer"): (counter: Counter) => Promise<void> {
  return async (counter) => {
    for (const isOld of fromJournal) {
      const script = scriptedModel(() => ({ content: "noted" }));
      const model = counter.of({
        ...script,
        complete: async (call) => ({ ...(await script.complete(call)), fromJournal: isOld }),
      });
      await model.complete({
        caller,
        messages: [{ role: "user", content: "a request" }],
        tools: [],
        seed: 1,
        draw: 0,
        signal: new AbortController().signal,
      });
    }
  };
}

test("a unit that ended says so, with its time; another look adds none", async () => {
  const unit = await unitIn();
  await inFolder(unit, nothing);
  const ended = await readUnit(unit.folder);
  expect(ended).toMatchObject({ id: "0123", of: "run", state: "ended", used: false, minutes: expect.any(Number) });

  await inFolder(unit, async () => void (await setTimeout(20)));
  expect(await readUnit(unit.folder)).toEqual(ended);
});

test("one that was stopped keeps its time and adds to it; one that was killed has none to tell", async () => {
  const unit = await unitIn();
  const stopped = inFolder(unit, async () => {
    await setTimeout(30);
    throw new Error("stopped");
  });
  await expect(stopped).rejects.toThrow("stopped");
  const first = await readUnit(unit.folder);
  expect(first).toMatchObject({ state: "stopped" });
  await inFolder(unit, asking([false]));
  expect((await readUnit(unit.folder))?.minutes).toBeGreaterThan(first?.minutes ?? Infinity);

  await writeJson(join(unit.folder, "unit.json"), { ...first, state: "begun" });
  await inFolder(unit, nothing);
  expect(await readUnit(unit.folder)).toMatchObject({ state: "ended", minutes: null });
});

test("time that was mostly read back from the journal is not told as time", async () => {
  const [replayed, made] = [await unitIn(), await unitIn()];
  await inFolder(replayed, asking([true, true, false]));
  await inFolder(made, asking([true, false, false]));

  expect(await readUnit(replayed.folder)).toMatchObject({ minutes: null });
  expect(await readUnit(made.folder)).toMatchObject({ minutes: expect.any(Number) });
});

test("lessons that another unit paid for are no time of this one, and whether they came from the journal is nothing", async () => {
  const unit = await unitIn();
  const begun = performance.now();
  await inFolder(unit, async (counter) => {
    await setTimeout(60);
    await asking([true, true, true], "error-analyst")(counter);
    await asking([false])(counter);
  });

  const all = performance.now() - begun;
  const told = ((await readUnit(unit.folder))?.minutes ?? Infinity) * 60_000;
  expect(told).toBeGreaterThan(0);
  expect(told).toBeLessThan(all - 55); // without the wait, however busy the machine is
});

test("that something is learned from a unit is noted before it is read, while nobody else is there, and stays known", async () => {
  const unit = await unitIn();
  await inFolder(unit, nothing);
  const found = await learnFrom(unit, async () => {
    await expect(lockFolder(unit.folder)).rejects.toThrow("at work in");
    return readUnit(unit.folder);
  });
  await inFolder(unit, nothing);

  expect(found).toMatchObject({ used: true, state: "ended" });
  expect(await readUnit(unit.folder)).toEqual(found);
});

test("who learns from a unit that another process is at waits for what that one leaves", async () => {
  const unit = await unitIn();
  await inFolder(unit, nothing);
  await takenByAnother(unit.folder);
  const told = Promise.withResolvers<number>();
  const signal = new AbortController().signal;
  const read = learnFrom({ ...unit, signal, onWait: told.resolve }, () => readUnit(unit.folder));

  expect(await told.promise).toBe(process.ppid);
  expect(await readUnit(unit.folder)).toMatchObject({ used: false });
  await writeJson(join(unit.folder, "unit.json"), { ...(await readUnit(unit.folder)), minutes: 7 });
  await rm(join(unit.folder, "lock"));
  expect(await read).toMatchObject({ used: true, minutes: 7 });
});

test("several that learn from one unit at once in one process wait for each other, and nobody is told", async () => {
  const unit = await unitIn();
  await inFolder(unit, nothing);
  const told: number[] = [];
  const turn = { ...unit, signal: new AbortController().signal, onWait: (holder: number) => told.push(holder) };
  const found = await Promise.all([1, 2, 3].map(() => learnFrom(turn, () => readUnit(unit.folder))));

  expect(found.map((record) => record?.used)).toEqual([true, true, true]);
  expect(told).toEqual([]);
});

test.each([
  ["half of a document", '{"version": 1, "ki', "is damaged"],
  ["another document", '{"version": 1, "kind": "other"}', "is damaged: kind: "],
  ["one of a later release", '{"version": 2}', "was written in format version 2"],
])(
  "%s in place of a unit's is told with what to do: whether skills were made from it is not known",
  async (_, text, problem) => {
    const unit = await unitIn();
    await inFolder(unit, nothing);
    await writeFile(join(unit.folder, "unit.json"), text);

    await expect(inFolder(unit, nothing)).rejects.toThrow(problem);
    await expect(readUnit(unit.folder)).rejects.toThrow(/what the journal holds is not paid again$/);
    expect(await readFile(join(unit.folder, "unit.json"), "utf8")).toBe(text);
  },
);

test("what stopped the work is told, also where the stop cannot be noted; nor is an end that cannot be noted", async () => {
  const unit = await unitIn();
  const path = join(unit.folder, "unit.json");
  /** As on a full disk: nothing can be put in the place of a folder. */
  const spoil = async () => {
    await rm(path);
    await mkdir(join(path, "full"), { recursive: true });
  };
  const stopped = inFolder(unit, async () => {
    await spoil();
    throw new Error("what stopped it");
  });
  await expect(stopped).rejects.toThrow("what stopped it");

  await rm(path, { recursive: true });
  await expect(inFolder(unit, spoil)).rejects.toThrow("unit.json");
});

/** The lock of a process that lives, and is not this one. */
async function takenByAnother(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "lock"), String(process.ppid));
}

test("a unit that another process is at waits for it, says so once, and is not made twice", async () => {
  const unit = await unitIn();
  await takenByAnother(unit.folder);
  const told: number[] = [];
  let made = 0;
  const isDone = async () => (await readUnit(unit.folder))?.state === "ended";
  const signal = new AbortController().signal;
  const waiting = inFolder({ ...unit, signal, onWait: (holder) => told.push(holder), isDone }, async () => {
    made += 1;
  });

  await setTimeout(700);
  expect(told).toEqual([process.ppid]);
  const record = { version: 1, kind: "unit", id: unit.id, of: unit.of, state: "ended", minutes: 1, used: true };
  await writeJson(join(unit.folder, "unit.json"), record);
  await rm(join(unit.folder, "lock"));
  await waiting;
  expect(made).toBe(0);
  expect(await readUnit(unit.folder)).toEqual(record);
});

test("the wait for another process ends with an abort; without a signal there is no wait", async () => {
  const unit = await unitIn();
  await takenByAnother(unit.folder);
  const stop = new AbortController();
  const waiting = inFolder({ ...unit, signal: stop.signal }, nothing);
  stop.abort(new DOMException("interrupted", "AbortError"));

  await expect(waiting).rejects.toThrow();
  await expect(inFolder(unit, nothing)).rejects.toThrow("another process");
});

test("a lock that is just being taken is nobody's to break", async () => {
  const unit = await unitIn();
  await mkdir(unit.folder, { recursive: true });
  await writeFile(join(unit.folder, "lock"), "");
  const waiting = inFolder(unit, nothing);
  await setTimeout(50);
  await takenByAnother(unit.folder);

  await expect(waiting).rejects.toThrow("another process");
});

test("what a unit's skill was is kept while it is worked on", async () => {
  const unit = await unitIn();
  await inFolder(unit, () => markSkill(unit.folder, "abc"));

  expect(await readUnit(unit.folder)).toMatchObject({ state: "ended", skill: "abc" });
  await inFolder(unit, nothing);
  expect(await readUnit(unit.folder)).toMatchObject({ skill: "abc" });
});
