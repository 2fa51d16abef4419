import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SetupError } from "../../../harness/errors.ts";
import { memoryFrom, readMemory, writeMemory } from "../../../harness/memory/memory.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { experience, item, memory } from "./support.ts";

const TWO = memory(experience("b", "Sum up the amounts."), experience("a", "Sort the rows by date."));

test("a memory is read back as it was written, in order of task, and its hash does not hang on the order of making", async () => {
  const directory = await temporaryFolder();
  await writeMemory(directory, TWO);
  expect(await readMemory(directory)).toEqual(TWO);
  expect(TWO.experiences.map(({ task }) => task)).toEqual(["a", "b"]);
  expect(memoryFrom("other name", TWO.experiences.toReversed()).hash).toBe(TWO.hash);
  expect(memory(experience("a", "Sort the rows by date.")).hash).not.toBe(TWO.hash);
});

test("a memory that was changed after it was written is refused; without its hash it is taken as it stands", async () => {
  const directory = await temporaryFolder();
  await writeMemory(directory, TWO);
  const path = join(directory, "memory.json");
  const changed = (await readFile(path, "utf8")).replace("Sort the rows", "Delete the rows");
  await writeFile(path, changed);
  await expect(readMemory(directory)).rejects.toThrow(/was changed after it was written/);
  const { hash: _, ...byHand } = JSON.parse(changed);
  await writeFile(path, JSON.stringify(byHand));
  expect((await readMemory(directory)).experiences[0]?.situation).toBe("Delete the rows by date.");
});

test.each([
  ["nothing", null, /no memory: there is no memory\.json/],
  ["half a file", '{"version": 1, "kind": "mem', /is no memory, or is damaged/],
  ["a run's manifest", '{"version": 1, "kind": "run"}', /is no memory, or is damaged: kind/],
  ["another version", '{"version": 9, "kind": "memory"}', /written in format version 9/],
])("a folder with %s is told as the user's to mend", async (_, text, problem) => {
  const directory = await temporaryFolder();
  if (text !== null) await writeFile(join(directory, "memory.json"), text);
  const failure = readMemory(directory);
  await expect(failure).rejects.toThrow(SetupError);
  await expect(failure).rejects.toThrow(problem);
});

test("the folder above the right one is told, for it is easily given", async () => {
  const directory = await temporaryFolder();
  await mkdir(join(directory, "memory"));
  await writeMemory(join(directory, "memory"), TWO);
  await expect(readMemory(directory)).rejects.toThrow(`but ${join(directory, "memory")} has one: give that folder`);
});

test("two experiences of one task, or two items of one id, are no memory", async () => {
  expect(() => memory(experience("a", "one"), experience("a", "two"))).toThrow(/found twice: a/);
  const twice = [item("x"), item("x")];
  expect(() => memory(experience("a", "one", { items: twice }))).toThrow(/found twice: x/);
});
