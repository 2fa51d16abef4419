import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { loadBenchmark } from "../../benchmarks/index.ts";
import { workbookBytes } from "../../benchmarks/sample/write-workbook.ts";
import { cellKey } from "../../benchmarks/scoring/coordinates.ts";
import { openWorkbook } from "../../benchmarks/scoring/workbook.ts";
import { tableSheet, wikiTableQuestions } from "../../benchmarks/wikitq.ts";
import { OOD_IDS } from "../../benchmarks/wikitq-ood-ids.ts";
import { SetupError, UsageError } from "../../harness/errors.ts";
import type { Benchmark } from "../../harness/roles.ts";
import { AnswerKey } from "../../harness/simulator/answer-key.ts";
import { HABITS } from "../../harness/simulator/habits.ts";
import { asked } from "../support/load-options.ts";
import { temporaryFolder } from "../support/temporary.ts";

const REAL = fileURLToPath(new URL("../../../shared/data/wikitablequestions", import.meta.url));
const NO_DATA = "the data set (../shared/data/wikitablequestions) is not here";

const QUESTIONS = [
  ["nu-1", "how long did it take?", "csv/200-csv/1.csv", "17 years", "17.0"],
  ["nu-2", "which dates\\nare there?", "csv/200-csv/1.csv", "May 1, 1999|June 2", "1999-05-01|xxxx-06-02"],
  ["nu-3", "which team?", "csv/200-csv/2.csv", "a\\pb", "a\\pb"],
];
const TABLE = '"Year","Place","Note"\n"1999","007","1,234"\n"2001","1","5"\n"","","2.50"\n';

/** The official release with three questions; `tagged` leaves its tags out. */
async function release({ tagged = true, file = "pristine-unseen-tables" } = {}): Promise<string> {
  const data = await temporaryFolder();
  for (const folder of ["data", "tagged/data", "csv/200-csv"]) await mkdir(join(data, folder), { recursive: true });
  const lines = (rows: string[][]) => rows.map((row) => `${row.join("\t")}\n`).join("");
  const header = ["id", "utterance", "context", "targetValue"];
  await writeFile(join(data, `data/${file}.tsv`), lines([header, ...QUESTIONS.map((row) => row.slice(0, 4))]));
  if (tagged) {
    const rows = [[...header, "targetCanon", "targetCanonType"], ...QUESTIONS.map((row) => [...row, ""])];
    await writeFile(join(data, `tagged/data/${file}.tagged`), lines(rows));
  }
  await writeFile(join(data, "csv/200-csv/1.csv"), TABLE);
  await writeFile(join(data, "csv/200-csv/2.csv"), '"Team"\n"a|b"\n');
  return data;
}

async function loaded(data: string, options: Parameters<typeof asked>[0] = {}): Promise<Benchmark> {
  return wikiTableQuestions(asked({ data, cacheDirectory: await temporaryFolder(), split: "test", ...options }));
}

async function scoreOf(benchmark: Benchmark, id: string, items: (string | number | null)[]) {
  const directory = await temporaryFolder();
  const rows = items.map((item) => [item]);
  const sheet = { name: "Answer", rows, merges: [], currency: "", bold: new Set<number>() };
  await writeFile(join(directory, "output.xlsx"), await workbookBytes([sheet]));
  const task = benchmark.tasks.find((task) => task.id === id)!;
  const score = await benchmark.score(task, { directory, answer: "" });
  return score.kind === "scored" ? score.value : score;
}

describe("the workbook", () => {
  test("columns of plain numbers are numbers, all else is the text of the table", () => {
    const sheet = tableSheet([
      ["Year", "Place", "Share", "2004", ""],
      ["1999", "007", "2.5", "1,234", "x"],
      ["", "1", "-3", "5", ""],
    ]);

    expect(sheet.rows).toEqual([
      ["Year", "Place", "Share", "2004", null],
      [1999, "007", 2.5, "1,234", "x"],
      [null, "1", -3, "5", null],
    ]);
  });

  test("has the table and an empty sheet for the answer, the same bytes each time", async () => {
    const benchmark = await loaded(await release());
    const [task] = benchmark.tasks;
    const folders = [await temporaryFolder(), await temporaryFolder()];
    await benchmark.prepare(task!, folders[0]!);
    await (await loaded(await release())).prepare(task!, folders[1]!);
    const bytes = await Promise.all(folders.map((folder) => readFile(join(folder, "input.xlsx"))));
    const book = openWorkbook(bytes[0]!);

    expect(bytes[0]).toEqual(bytes[1]);
    expect(book.sheetNames).toEqual(["Table", "Answer"]);
    expect(book.sheet("Table")?.cells.get(cellKey(2, 1))).toEqual({ kind: "int", value: 1999n });
    expect(book.sheet("Table")?.cells.get(cellKey(2, 2))).toEqual({ kind: "str", value: "007" });
    expect(book.sheet("Answer")?.cells.size).toBe(0);
  });
});

describe("loading", () => {
  test("tasks show question and first rows, and nothing of the answer", async () => {
    const { tasks, notices, scorer, splitOf } = await loaded(await release());

    expect(tasks.map(({ id }) => id)).toEqual(["nu-1", "nu-2", "nu-3"]);
    expect(tasks[1]).toMatchObject({ files: ["input.xlsx"], output: "output.xlsx" });
    expect(tasks[1]!.instruction).toContain("which dates\nare there?");
    expect(tasks[1]!.instruction).toContain('("Year", "Place", "Note")\n("1999", "007", "1,234")');
    expect(tasks[1]!.instruction).not.toContain("May 1");
    expect(notices).toEqual(["split test has 3 of its 4344 questions"]);
    expect([scorer, splitOf(tasks[0]!)]).toEqual(["wikitablequestions/1.0.2", "test"]);
  });

  test("dev without tags is scored by what was typed, and says so in notice and fingerprint", async () => {
    const data = await release({ tagged: false, file: "random-split-1-dev" });
    const benchmark = await loaded(data, { split: "dev" });

    expect(benchmark.notices).toContainEqual(expect.stringContaining("no tagged file of this split"));
    expect(benchmark.scorer).toBe("wikitablequestions/1.0.2 without tags");
    expect(benchmark.splitOf(benchmark.tasks[0]!)).toBe("evolve");
    expect(await scoreOf(benchmark, "nu-1", [17])).toBe(0);
    expect(await scoreOf(benchmark, "nu-1", ["17 years"])).toBe(1);
  });

  test("dev takes its tags from those of the training set, of which it is part", async () => {
    const data = await release({ tagged: false, file: "random-split-1-dev" });
    const training = await release({ file: "training" });
    await copyFile(join(training, "tagged/data/training.tagged"), join(data, "tagged/data/training.tagged"));
    const benchmark = await loaded(data, { split: "dev" });

    expect(benchmark.notices.join()).not.toContain("tagged");
    expect(await scoreOf(benchmark, "nu-1", [17])).toBe(1);
  });

  test("only chosen tasks are loaded, and a table that is not there costs its questions alone", async () => {
    const data = await release();
    await writeFile(join(data, "csv/200-csv/1.csv"), "broken");
    const chosen = await loaded(data, { tasks: { kind: "ids", ids: ["nu-3"] } });
    const all = await loaded(data);

    expect([chosen.tasks.length, chosen.notices.length]).toEqual([1, 1]);
    expect(all.tasks.map(({ id }) => id)).toEqual(["nu-3"]);
    expect(all.notices).toContainEqual(expect.stringContaining("nu-1 (csv/200-csv/1.csv: line 1"));
  });

  test("the hash of the data changes with a table, a target and a tag", async () => {
    const change = async (path: string, from: string, to: string) => {
      const data = await release();
      await writeFile(join(data, path), (await readFile(join(data, path), "utf8")).replace(from, to));
      return (await loaded(data)).dataHash;
    };
    const hashes = await Promise.all([
      change("csv/200-csv/1.csv", "same", "same"),
      change("csv/200-csv/1.csv", "1999", "1998"),
      change("data/pristine-unseen-tables.tsv", "17 years", "18 years"),
      change("tagged/data/pristine-unseen-tables.tagged", "17.0", "18.0"),
    ]);

    expect(new Set(hashes).size).toBe(4);
    expect(hashes[0]).toBe(await change("csv/200-csv/1.csv", "same", "same"));
  });

  test("a split whose file is not there is told, and so is a part of one", async () => {
    const data = await release();

    await expect(loaded(data, { split: "dev" })).rejects.toThrow(SetupError);
    await expect(loaded(data, { split: "dev" })).rejects.toThrow("split dev needs random-split-1-dev.tsv");
    expect((await loaded(data, { split: "ood" })).notices).toEqual(["split ood has 1 of its 400 questions"]);
  });

  test("missing folders, tables and columns are told with what to do", async () => {
    const empty = await temporaryFolder();
    const bare = await release();
    await writeFile(join(bare, "data/pristine-unseen-tables.tsv"), "id\tutterance\nnu-1\tx\n");

    await expect(loaded(join(empty, "none"))).rejects.toThrow("there is no folder");
    await expect(loaded(empty)).rejects.toThrow("split test needs pristine-unseen-tables.tsv");
    await expect(loaded(bare)).rejects.toThrow("expected the columns");
  });

  test("it is in the index, with its splits", async () => {
    const options = { cacheDirectory: await temporaryFolder(), tasks: { kind: "all" } as const };

    await expect(loadBenchmark("wikitq", { ...options, data: null, settings: {} })).rejects.toThrow(SetupError);
    await expect(
      loadBenchmark("wikitq", { ...options, data: await release(), settings: { split: "evolve" } }),
    ).rejects.toThrow(UsageError);
  });
});

describe("scoring", () => {
  test.each([
    ["the words", "nu-1", ["17 years"], 1],
    ["the number", "nu-1", [17], 1],
    ["a sentence", "nu-1", ["It took 17 years."], 0],
    ["dates as text and typed otherwise", "nu-2", ["june 2", "1999-5-1"], 1],
    ["one of two", "nu-2", ["May 1, 1999"], 0],
    ["both in one cell", "nu-2", ["May 1, 1999, June 2"], 0],
    ["a row too low", "nu-3", [null, "a|b"], 0],
    ["a bar in a name", "nu-3", ["A|B"], 1],
    ["nothing", "nu-3", [], 0],
  ])("%s", async (_, id, items, value) => {
    expect(await scoreOf(await loaded(await release()), id, items)).toBe(value);
  });

  test("the truth scores 1, the untouched input and an empty folder 0", async () => {
    const benchmark = await loaded(await release());
    for (const task of benchmark.tasks) {
      const [directory, untouched] = [await temporaryFolder(), await temporaryFolder()];
      await benchmark.prepare(task, untouched);
      await copyFile(join(untouched, "input.xlsx"), join(untouched, "output.xlsx"));

      expect(await benchmark.score(task, { directory, answer: "" })).toMatchObject({ value: 0 });
      expect(await benchmark.score(task, { directory: untouched, answer: "" })).toMatchObject({ value: 0 });
      expect(await benchmark.score(task, await benchmark.submitTruth(task, directory))).toMatchObject({ value: 1 });
    }
  });

  test("the answer key words the truth, with habits of the catalogue", async () => {
    const benchmark = await loaded(await release());
    const key = AnswerKey.parse(await benchmark.answerKey(benchmark.tasks));
    const names = new Set(HABITS.map(({ name }) => name));

    expect(key[1]).toMatchObject({
      task: "nu-2",
      instruction: benchmark.tasks[1]!.instruction,
      program: null,
      cells: [
        { sheet: "Answer", cell: "A1", value: "May 1, 1999" },
        { sheet: "Answer", cell: "A2", value: "June 2" },
      ],
    });
    expect(key.flatMap(({ habits }) => habits).filter((name) => !names.has(name))).toEqual([]);
  });
});

describe("the real set", () => {
  test("ood is the 400 questions that are listed, from its own file and out of the test set alike", async (ctx) => {
    if (!existsSync(REAL)) return ctx.skip(NO_DATA);
    const data = await temporaryFolder();
    for (const name of ["pristine-unseen-tables.tsv", "pristine-unseen-tables.tagged", "tables.tar.gz"]) {
      await copyFile(join(REAL, name), join(data, name));
    }
    const cacheDirectory = await temporaryFolder();
    const [own, out] = await Promise.all(
      [REAL, data].map((data) => wikiTableQuestions(asked({ data, cacheDirectory, split: "ood" }))),
    );

    expect(own!.tasks.map(({ id }) => id)).toEqual(OOD_IDS);
    expect(out!.tasks).toEqual(own!.tasks);
    expect(out!.dataHash).toBe(own!.dataHash);
    expect(own!.notices).toEqual([]);
  });

  test("all 4,344 test questions load, and the truth of every eleventh of the 400 scores 1", async (ctx) => {
    if (!existsSync(REAL)) return ctx.skip(NO_DATA);
    const cacheDirectory = await temporaryFolder();
    const all = await wikiTableQuestions(asked({ data: REAL, cacheDirectory, split: "test" }));
    const ood = await wikiTableQuestions(asked({ data: REAL, cacheDirectory, split: "ood" }));
    const directory = await temporaryFolder();
    const values: unknown[] = [];
    for (const task of ood.tasks.filter((_, index) => index % 11 === 0)) {
      values.push(await ood.score(task, await ood.submitTruth(task, directory)));
    }

    expect(all.tasks).toHaveLength(4344);
    expect(new Set(all.tasks.map(({ id }) => id)).size).toBe(4344);
    expect(values).toHaveLength(37);
    expect(values.filter((score) => (score as { value?: number }).value !== 1)).toEqual([]);
  });
});
