import { join } from "node:path";
import { expect, test } from "vitest";
import { type Counter, inFolder, markUsed, readUnit } from "../../../../harness/cli/experiment/folder.ts";
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

  await inFolder(unit, () => new Promise((resolve) => setTimeout(resolve, 20)));
  expect(await readUnit(unit.folder)).toEqual(ended);
});

test("one that was stopped keeps its time and adds to it; one that was killed has none to tell", async () => {
  const unit = await unitIn();
  const stopped = inFolder(unit, async () => {
    await new Promise((resolve) => setTimeout(resolve, 30));
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
    await new Promise((resolve) => setTimeout(resolve, 60));
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
