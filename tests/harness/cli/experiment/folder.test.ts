import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { type Counter, inFolder, markSkill, markUsed, readUnit } from "../../../../harness/cli/experiment/folder.ts";
import type { Caller } from "../../../../harness/roles.ts";
import { writeJson } from "../../../../harness/run/files.ts";
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

  await inFolder(unit, () => setTimeout(20));
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

test("that something was learned from a unit stays known", async () => {
  const unit = await unitIn();
  await inFolder(unit, nothing);
  await markUsed(unit.folder);
  await inFolder(unit, nothing);

  expect(await readUnit(unit.folder)).toMatchObject({ used: true, state: "ended" });
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
  expect(await waiting).toBeNull();
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

test("what was learned from a unit, and what its skill was, is kept while it is worked on", async () => {
  const unit = await unitIn();
  await inFolder(unit, async () => {
    await markUsed(unit.folder);
    await markSkill(unit.folder, "abc");
  });

  expect(await readUnit(unit.folder)).toMatchObject({ state: "ended", used: true, skill: "abc" });
  await inFolder(unit, nothing);
  expect(await readUnit(unit.folder)).toMatchObject({ used: true, skill: "abc" });
});
