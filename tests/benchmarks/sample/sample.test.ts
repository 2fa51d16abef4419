import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadBenchmark } from "../../../benchmarks/index.ts";
import { previewRows } from "../../../benchmarks/preview.ts";
import { sampleSpreadsheet, sampleTables } from "../../../benchmarks/sample/index.ts";
import { SPREADSHEET_KINDS, TABLE_KINDS } from "../../../benchmarks/sample/kinds/index.ts";
import { makeTasks, solvedSheets } from "../../../benchmarks/sample/sample-task.ts";
import { plain } from "../../../benchmarks/sample/workbook-cache.ts";
import { SetupError, UsageError } from "../../../harness/errors.ts";
import { hashJson } from "../../../harness/hash.ts";
import { Task } from "../../../harness/records.ts";
import { HABITS } from "../../../harness/simulator/habits.ts";
import { asked } from "../../support/load-options.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { allSamples } from "./all-samples.ts";

const count = (items: readonly string[]) => {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
};

test("there are at least 64 spreadsheet tasks of at least 10 kinds, and 24 table questions", async () => {
  const cacheDirectory = await temporaryFolder();
  const spreadsheet = await sampleSpreadsheet(asked({ split: "all", cacheDirectory }));
  const tables = await sampleTables(asked({ split: "test", cacheDirectory }));
  expect(spreadsheet.tasks.length).toBeGreaterThanOrEqual(64);
  expect(count(spreadsheet.tasks.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(10);
  expect(tables.tasks).toHaveLength(24);
});

test("evolve and test are disjoint halves of all, with as many tasks of each kind", async () => {
  const cacheDirectory = await temporaryFolder();
  const [all, evolve, held] = await Promise.all(
    (["all", "evolve", "test"] as const).map((split) => sampleSpreadsheet(asked({ split, cacheDirectory }))),
  );
  const ids = [...evolve!.tasks, ...held!.tasks].map(({ id }) => id);
  expect(ids.toSorted()).toEqual(all!.tasks.map(({ id }) => id).toSorted());
  expect(new Set(ids).size).toBe(ids.length);
  const kinds = count(evolve!.tasks.map(({ kind }) => kind));
  expect(kinds).toEqual(count(held!.tasks.map(({ kind }) => kind)));
  expect(new Set([all, evolve, held].map((benchmark) => benchmark!.dataHash)).size).toBe(3);
});

test("no request and no instruction is asked twice, in whatever split or benchmark", async () => {
  const made = [...makeTasks(SPREADSHEET_KINDS, 6, []), ...makeTasks(TABLE_KINDS, 4, [])];
  expect(new Set(made.map(({ draft }) => draft.request)).size).toBe(made.length);
  const samples = await allSamples(await temporaryFolder());
  expect(new Set(samples.map(({ task }) => task.instruction)).size).toBe(samples.length);
});

test("requests of a kind have at least three wordings", () => {
  for (const kind of SPREADSHEET_KINDS) {
    const openings = makeTasks([kind], 6, []).map(({ draft }) => draft.request.slice(0, 9));
    expect(new Set(openings).size, kind.name).toBeGreaterThanOrEqual(3);
  }
});

/** When tasks change on purpose, change this too: results from before are then not comparable. */
const KNOWN = "a99555b2b1699f5fc97ebaf735dc503e6bb629f2e6110e1d8b420cdd5b9eb3f6";

test("tasks and their truth do not drift: the same data as ever", () => {
  const made = [...makeTasks(SPREADSHEET_KINDS, 6, []), ...makeTasks(TABLE_KINDS, 4, ["full-sentence"])];
  const facts = made.map((sample) => [
    sample.id,
    sample.draft.request,
    sample.answerPosition,
    sample.habits,
    plain(sample.draft.sheets),
    plain(solvedSheets(sample)),
  ]);
  expect(hashJson(facts)).toBe(KNOWN);
});

test("loading twice gives equal tasks and equal hashes, and writes nothing", async () => {
  const cacheDirectory = await temporaryFolder();
  const [first, second] = await Promise.all(
    [0, 1].map(() => sampleSpreadsheet(asked({ split: "evolve", cacheDirectory }))),
  );
  expect(first!.tasks).toEqual(second!.tasks);
  expect(first!.dataHash).toBe(second!.dataHash);
  expect(await readdir(cacheDirectory)).toEqual([]);
});

test("sample-tables has no evolve split, and says so", async () => {
  const loading = loadBenchmark("sample-tables", { ...asked(), settings: { split: "evolve" } });
  await expect(loading).rejects.toThrow(UsageError);
  await expect(loading).rejects.toThrow(/no split "evolve"; there are: test, all/);
});

test("tasks are chosen by rows and ids of the split, and one of the other half is not there", async () => {
  const rows = await sampleSpreadsheet(asked({ split: "test", tasks: { kind: "rows", from: 2, to: 5 } }));
  expect(rows.tasks).toHaveLength(3);
  expect(rows.tasks.map((task) => rows.splitOf(task))).toEqual(["test", "test", "test"]);
  const { id } = rows.tasks[1]!;
  const one = await sampleSpreadsheet(asked({ tasks: { kind: "ids", ids: [id] } }));
  expect(one.tasks).toEqual([rows.tasks[1]]);
  expect(one.settings).toMatchObject({ split: "all" });
  const other = sampleSpreadsheet(asked({ split: "evolve", tasks: { kind: "ids", ids: [id] } }));
  await expect(other).rejects.toThrow(SetupError);
});

test("prepare lays down the input and nothing else, the same bytes from a cache that was lost", async () => {
  const folders = [await temporaryFolder(), await temporaryFolder()];
  const inputs = await Promise.all(
    folders.map(async (cacheDirectory) => {
      const benchmark = await sampleSpreadsheet(asked({ split: "test", cacheDirectory }));
      const directory = await temporaryFolder();
      await Promise.all([0, 1].map(() => benchmark.prepare(benchmark.tasks[7]!, directory)));
      expect(await readdir(directory)).toEqual(["input.xlsx"]);
      return readFile(join(directory, "input.xlsx"));
    }),
  );
  expect(inputs[0]!.equals(inputs[1]!)).toBe(true);
});

test("the cache holds one input for a task however often and at once it is prepared", async () => {
  const cacheDirectory = await temporaryFolder();
  const loaded = await Promise.all([0, 1, 2].map(() => sampleTables(asked({ split: "test", cacheDirectory }))));
  await Promise.all(loaded.map(async (benchmark) => benchmark.prepare(benchmark.tasks[0]!, await temporaryFolder())));
  const files = (await readdir(cacheDirectory, { recursive: true })).filter((path) => path.includes(".xlsx"));
  expect(files).toHaveLength(1);
});

test("a cache folder that cannot be made is a clear error", async () => {
  const file = join(await temporaryFolder(), "file");
  await writeFile(file, "in the way");
  const benchmark = await sampleTables(asked({ split: "test", cacheDirectory: file }));
  await expect(benchmark.prepare(benchmark.tasks[0]!, await temporaryFolder())).rejects.toThrow(SetupError);
});

test("the preview in each instruction is what the written workbook shows", async () => {
  for (const { benchmark, task } of await allSamples(await temporaryFolder())) {
    const directory = await temporaryFolder();
    await benchmark.prepare(task, directory);
    expect(task.instruction, task.id).toContain(await previewRows(join(directory, "input.xlsx")));
  }
});

test("a task shows no program and no number that had to be worked out", async () => {
  const inputs = new Map(
    [...makeTasks(SPREADSHEET_KINDS, 6, []), ...makeTasks(TABLE_KINDS, 4, [])].map((made) => [
      made.id,
      JSON.stringify(plain(made.draft.sheets)),
    ]),
  );
  for (const { benchmark, task } of await allSamples(await temporaryFolder())) {
    expect(Object.keys(Task.parse(task)).toSorted()).toEqual(["files", "id", "instruction", "kind", "output"]);
    const [entry] = await benchmark.answerKey([task]);
    const computed = entry!.cells.flatMap(({ value }) =>
      typeof value === "number" && value > 99 && !inputs.get(task.id)!.includes(String(value)) ? [String(value)] : [],
    );
    for (const text of [...computed, entry!.program!.slice(0, 40)])
      expect(task.instruction, task.id).not.toContain(text);
  }
});

test("each task has three to five habits of the catalogue, and each habit is in both splits", async () => {
  const cacheDirectory = await temporaryFolder();
  const catalogue = new Set(HABITS.map(({ name }) => name));
  const sets = await Promise.all(
    (["evolve", "test"] as const).map(async (split) => {
      const benchmark = await sampleSpreadsheet(asked({ split, cacheDirectory }));
      const entries = await benchmark.answerKey(benchmark.tasks);
      for (const { task, habits } of entries) {
        expect(habits.length, task).toBeGreaterThanOrEqual(3);
        expect(habits.length, task).toBeLessThanOrEqual(5);
        expect(habits.filter((name) => !catalogue.has(name))).toEqual([]);
      }
      return count(entries.flatMap(({ habits }) => habits));
    }),
  );
  expect([...sets[0]!.keys()].toSorted()).toEqual([...sets[1]!.keys()].toSorted());
  expect(sets[0]!.size).toBe(9);
  for (const set of sets) expect(Math.min(...set.values())).toBeGreaterThanOrEqual(5);
});

test("no program spells out a number of its answer", async () => {
  for (const { benchmark, task } of await allSamples(await temporaryFolder())) {
    const [entry] = await benchmark.answerKey([task]);
    const numbers = entry!.cells.flatMap(({ value }) =>
      typeof value === "number" && !Number.isInteger(value) ? [value] : [],
    );
    for (const number of numbers) expect(entry!.program, task.id).not.toContain(String(number));
  }
});
