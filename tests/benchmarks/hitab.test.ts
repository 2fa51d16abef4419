import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import ExcelJS from "exceljs";
import { expect, test } from "vitest";
import { hitab } from "../../benchmarks/hitab.ts";
import type { HitabTable } from "../../benchmarks/hitab-files.ts";
import { hitabSheet } from "../../benchmarks/hitab-sheet.ts";
import { SetupError } from "../../harness/errors.ts";
import type { Benchmark } from "../../harness/roles.ts";
import { asked } from "../support/load-options.ts";
import { temporaryFolder } from "../support/temporary.ts";

const region = (first_row: number, last_row: number, first_column: number, last_column: number) => {
  return { first_row, last_row, first_column, last_column };
};
const TABLE: HitabTable = {
  title: "Workers by language and region",
  texts: [
    ["sector", "eastern", "", "northern"],
    ["", "french", "other", "2016"],
    ["food", "52.1", "1,234", ""],
    ["  fishing", "50.0", "007", "x"],
  ],
  merged_regions: [region(0, 1, 0, 0), region(0, 0, 1, 2)],
  top_header_rows_num: 2,
  left_header_columns_num: 1,
};
const sample = (id: string, answer: (string | number)[], table_id = "100") => {
  return {
    id,
    table_id,
    question: `what of ${id}?`,
    answer,
    aggregation: ["none"],
    linked_cells: { quantity_link: {} },
  };
};
const SAMPLES = [sample("one", [52.1]), sample("two", [52.1, 1234]), sample("name", ["french"], "a_totto1-0")];

async function release(samples: readonly unknown[] = SAMPLES): Promise<string> {
  const data = await temporaryFolder();
  await mkdir(join(data, "data/tables/raw"), { recursive: true });
  await writeFile(join(data, "data/test_samples.jsonl"), samples.map((line) => `${JSON.stringify(line)}\n`).join(""));
  for (const id of ["100", "a_totto1-0"]) {
    await writeFile(
      join(data, `data/tables/raw/${id}.json`),
      JSON.stringify({ ...TABLE, top_root: {}, left_root: {} }),
    );
  }
  return data;
}

async function loaded(data: string, options: Parameters<typeof asked>[0] = {}): Promise<Benchmark> {
  return hitab(asked({ data, cacheDirectory: await temporaryFolder(), split: "test", ...options }));
}

async function scoreOf(benchmark: Benchmark, id: string, items: (string | number)[]) {
  const book = new ExcelJS.Workbook();
  book.addWorksheet("Answer").addRows(items.map((item) => [item]));
  const directory = await temporaryFolder();
  await book.xlsx.writeFile(join(directory, "output.xlsx"));
  const score = await benchmark.score(benchmark.tasks.find((task) => task.id === id)!, { directory, answer: "" });
  return score.kind === "scored" ? score.value : score;
}

test("headers are text under a title and over merged cells, and numbers of the data region are numbers", () => {
  const sheet = hitabSheet(TABLE);

  expect(sheet.rows).toEqual([
    ["Workers by language and region"],
    ["sector", "eastern", null, "northern"],
    [null, "french", "other", "2016"],
    ["food", 52.1, 1234, null],
    ["  fishing", 50, "007", "x"],
  ]);
  expect(sheet.merges).toEqual(["A1:D1", "A2:A3", "B2:C2"]);
  expect([...sheet.bold]).toEqual([1, 2, 3]);
});

test("regions that overlap, reach beyond the table, hold one cell or hide a text stay unmerged", () => {
  const regions = [region(0, 1, 0, 0), region(1, 2, 0, 0), region(0, 9, 3, 3), region(2, 2, 2, 2), region(1, 1, 1, 2)];

  expect(hitabSheet({ ...TABLE, title: null, merged_regions: regions }).merges).toEqual(["A1:A2"]);
});

test("the written workbook has the merged headers and an empty sheet for the answer", async () => {
  const benchmark = await loaded(await release());
  const directory = await temporaryFolder();
  await benchmark.prepare(benchmark.tasks[0]!, directory);
  const book = new ExcelJS.Workbook();
  await book.xlsx.load((await readFile(join(directory, "input.xlsx"))).buffer as ArrayBuffer);
  const sheet = book.getWorksheet("Table")!;

  expect(book.worksheets.map(({ name, actualRowCount }) => [name, actualRowCount])).toEqual([
    ["Table", 5],
    ["Answer", 0],
  ]);
  expect(sheet.getCell("C2").master.address).toBe("B2");
  expect(sheet.getCell("B4").value).toBe(52.1);
  expect(sheet.getCell("B4").numFmt ?? "General").toBe("General");
});

test("tasks show the question and the first rows, and nothing of answer, aggregation or links", async () => {
  const { tasks, splitOf, metric } = await loaded(await release());

  expect(tasks.map(({ id }) => id)).toEqual(["one", "two", "name"]);
  expect(tasks[0]!.instruction).toContain("what of one?");
  expect(tasks[0]!.instruction).toContain('("food", "52.1", "1234", "")');
  expect(JSON.stringify(tasks)).not.toMatch(/aggregation|linked|quantity/);
  expect([splitOf(tasks[0]!), metric]).toEqual(["test", "pass"]);
});

test("train belongs to the evolve half", async () => {
  const data = await release();
  await copyFile(join(data, "data/test_samples.jsonl"), join(data, "data/train_samples.jsonl"));
  const benchmark = await loaded(data, { split: "train" });

  expect(benchmark.splitOf(benchmark.tasks[0]!)).toBe("evolve");
});

test.each<[string, string, (string | number)[], number]>([
  ["the number", "one", [52.1], 1],
  ["the number with its sign of percent", "one", ["52.1%"], 1],
  ["the number rounded", "one", [52], 0],
  ["two in order", "two", [52.1, "1,234"], 1],
  ["two in another order", "two", [1234, 52.1], 0],
  ["a header in other case", "name", ["French"], 1],
  ["a sentence", "name", ["It is french"], 0],
  ["nothing", "name", [], 0],
])("scores %s", async (_, id, items, value) => {
  expect(await scoreOf(await loaded(await release()), id, items)).toBe(value);
});

test("the truth scores 1, the untouched input 0", async () => {
  const benchmark = await loaded(await release());
  for (const task of benchmark.tasks) {
    const [directory, untouched] = [await temporaryFolder(), await temporaryFolder()];
    await benchmark.prepare(task, untouched);
    await copyFile(join(untouched, "input.xlsx"), join(untouched, "output.xlsx"));

    expect(await benchmark.score(task, await benchmark.submitTruth(task, directory))).toMatchObject({ value: 1 });
    expect(await benchmark.score(task, { directory: untouched, answer: "" })).toMatchObject({ value: 0 });
  }
});

test("a table that is missing or broken costs its questions alone; an id that stands twice is told apart", async () => {
  const data = await release([...SAMPLES, sample("one", [1]), sample("gone", [1], "7")]);
  await writeFile(join(data, "data/tables/raw/a_totto1-0.json"), '{"texts": []}');
  const { tasks, notices } = await loaded(data);

  expect(tasks.map(({ id }) => id)).toEqual(["one", "two", "one#2"]);
  expect(notices).toEqual([
    expect.stringMatching(/name \(table a_totto1-0 is not as expected.*gone \(there is no table 7\)/s),
  ]);
});

test.each([
  ["dev", SAMPLES, "split dev needs dev_samples.jsonl"],
  ["test", [{ ...sample("x", [1]), answer: [] }], "test_samples.jsonl:1"],
  ["test", [sample("x", [1], "../../secret")], "name of a table"],
])("what is missing or malformed is told: %s", async (split, samples, problem) => {
  const data = await release(samples);

  await expect(loaded(data, { split })).rejects.toThrow(SetupError);
  await expect(loaded(data, { split })).rejects.toThrow(problem);
});
