import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { create } from "tar";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { previewRows } from "../../benchmarks/preview.ts";
import { spreadsheetInstruction } from "../../benchmarks/spreadsheet-instruction.ts";
import { spreadsheetBench } from "../../benchmarks/spreadsheetbench.ts";
import { EVOLVE_IDS } from "../../benchmarks/spreadsheetbench-evolve-ids.ts";
import { stratifiedHalfOf } from "../../benchmarks/spreadsheetbench-stratified.ts";
import { SetupError } from "../../harness/errors.ts";
import { AnswerKey } from "../../harness/simulator/answer-key.ts";
import { asked } from "../support/load-options.ts";
import { writeWorkbook } from "../support/workbooks.ts";

let root = "";
let data = "";
let cacheDirectory = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "spreadsheetbench-"));
  data = join(root, "data");
  cacheDirectory = join(root, "cache");
  await mkdir(data);
});
afterEach(() => rm(root, { recursive: true }));

const load = (options: Parameters<typeof asked>[0] = {}) =>
  spreadsheetBench(asked({ data, cacheDirectory, ...options }));
const rows = (from: number, to: number) => ({ kind: "rows", from, to }) as const;
const ids = (...chosen: string[]) => ({ kind: "ids", ids: chosen }) as const;

function row(id: string | number, fields: object = {}) {
  return {
    id,
    instruction: `Do what ${id} wants`,
    spreadsheet_path: `spreadsheet/${id}`,
    instruction_type: "Cell-Level Manipulation",
    answer_position: "'Data'!B1:B2",
    ...fields,
  };
}

async function writeRows(rows: readonly unknown[]): Promise<void> {
  await writeFile(join(data, "dataset.json"), JSON.stringify(rows));
}

async function writePair(id: string, input: string, golden: string): Promise<void> {
  await writeWorkbook(join(data, "spreadsheet", id, input), { Data: [["a"], ["b"]] });
  await writeWorkbook(join(data, "spreadsheet", id, golden), {
    Data: [
      ["a", 1234],
      ["b", new Date("2024-01-05")],
    ],
  });
}

test("a task shows the request, the first rows and the paths, and nothing of the answer", async () => {
  await writeRows([row("13-1")]);
  await writePair("13-1", "1_13-1_init.xlsx", "1_13-1_golden.xlsx");

  const { tasks } = await load();

  expect(tasks).toMatchObject([
    { id: "13-1", files: ["input.xlsx"], output: "output.xlsx", kind: "Cell-Level Manipulation" },
  ]);
  const instruction = tasks[0]!.instruction;
  for (const shown of ["Do what 13-1 wants", '("a")\n("b")', "/work/output.xlsx", "'Data'!B1:B2"]) {
    expect(instruction).toContain(shown);
  }
  expect(instruction).not.toContain("1234");
});

test("numeric ids and the odd file names of the release are understood", async () => {
  const names: [string, string, string][] = [
    ["13284", "initial.xlsx", "golden.xlsx"],
    ["42930", "1_42930_init.xlsx", "1_43930_golden.xlsx"],
    ["34-5", "1_34-5_input.xlsx", "1_34-5_answer.xlsx"],
    ["7", "1_7_input .xlsx", "1_7_answer.xlsx"],
  ];
  await writeRows(names.map(([id]) => row(/^\d+$/.test(id) ? Number(id) : id)));
  for (const [id, input, golden] of names) await writePair(id, input, golden);

  const { tasks } = await load();

  expect(tasks.map(({ id }) => id)).toEqual(["13284", "42930", "34-5", "7"]);
});

test("tasks without their workbooks, or with an input that is no workbook, are left out with a notice", async () => {
  await writeRows([row("fine"), row("gone"), row("half"), row("text")]);
  await writePair("fine", "initial.xlsx", "golden.xlsx");
  await writeWorkbook(join(data, "spreadsheet", "half", "1_half_init.xlsx"), { Data: [] });
  await writePair("text", "initial.xlsx", "golden.xlsx");
  await writeFile(join(data, "spreadsheet", "text", "initial.xlsx"), "no workbook");

  const { tasks, notices } = await load();

  expect(tasks.map(({ id }) => id)).toEqual(["fine"]);
  expect(notices.join("\n")).toMatch(
    /left out, no workbooks of it are there: 1 task \(gone\)[\s\S]*no golden workbook: 1 task \(half\)[\s\S]*not a zip.*\(text\)/,
  );
});

test("official halves go by the listed ids, whatever rows there are, and only the chosen rows are read", async () => {
  const [first = "", second = "", ...others] = EVOLVE_IDS;
  const last = others.at(-1) ?? "";
  // As a part of the set would be: rows of both halves are missing, and the halves are no longer 200 rows apart.
  await writeRows([row(second), row("test 1"), row(last), row("test 2")]);
  for (const id of [second, last, "test 2"]) await writePair(id, "initial.xlsx", "golden.xlsx");

  const evolve = await load({ split: "evolve" });
  const test = await load({ split: "test", tasks: rows(1, 2) });
  const byId = await load({ tasks: ids("test 2", last) });

  expect(evolve.tasks.map(({ id }) => id)).toEqual([second, last]);
  expect(evolve.notices).toEqual(['dataset.json has 4 of 400 rows: split "evolve" has 2 tasks']);
  expect(test.tasks.map(({ id }) => id)).toEqual(["test 2"]);
  expect(byId.tasks.map((task) => [task.id, byId.splitOf(task)])).toEqual([
    ["test 2", "test"],
    [last, "evolve"],
  ]);
  await expect(load({ split: "test", tasks: rows(5, 9) })).rejects.toThrow(SetupError);
  await expect(load({ tasks: ids(first) })).rejects.toThrow(`"${first}"`);
});

test("stratified halves go by the id alone: a task stays in its half when other rows come or go", async () => {
  const all = Array.from({ length: 40 }, (_, index) => String(index));
  const evolve = all.filter((id) => stratifiedHalfOf(id) === "evolve");
  const fewer = all.filter((_, index) => index % 3 === 0);
  for (const id of all) await writePair(id, "initial.xlsx", "golden.xlsx");
  const idsOf = async (split: string) => (await load({ split })).tasks.map(({ id }) => id);

  await writeRows(all.map((id) => row(id)));
  const [half, otherHalf] = [await idsOf("stratified"), await idsOf("stratified-test")];
  await writeRows(fewer.map((id) => row(id)));
  const [partOfHalf, partOfOther] = [await idsOf("stratified"), await idsOf("stratified-test")];

  expect(half).toEqual(evolve);
  expect([...half, ...otherHalf].sort()).toEqual([...all].sort());
  expect(partOfHalf).toEqual(half.filter((id) => fewer.includes(id)));
  expect(partOfOther).toEqual(otherHalf.filter((id) => fewer.includes(id)));
});

test("a stratified split tells its own halves, so that what is judged there stays sealed", async () => {
  const chosen = [...EVOLVE_IDS].slice(0, 20);
  await writeRows(chosen.map((id) => row(id)));
  for (const id of chosen) await writePair(id, "initial.xlsx", "golden.xlsx");

  const evolve = await load({ split: "stratified" });
  const test = await load({ split: "stratified-test" });

  expect(new Set(evolve.tasks.map(evolve.splitOf))).toEqual(new Set(["evolve"]));
  expect(new Set(test.tasks.map(test.splitOf))).toEqual(new Set(["test"])); // though all are of the official evolve half
  expect(test.notices.join()).toContain("not the official ones");
});

test("known defects are listed for the chosen tasks, and nothing is left out for them", async () => {
  await writeRows([row("13-1"), row("17-35"), row("130-9")]);
  for (const id of ["13-1", "17-35", "130-9"]) await writePair(id, "initial.xlsx", "golden.xlsx");

  const kept = await load();
  const dropped = await load({ errata: "drop", tasks: ids("13-1", "17-35") });

  expect(Object.keys(kept.errata).sort()).toEqual(["13-1", "130-9"]);
  expect(kept.errata["13-1"]).toContain("untouched input passes");
  expect(kept.notices.join()).toContain("count in the means (--errata drop leaves them out): 13-1, 130-9");
  expect(Object.keys(dropped.errata)).toEqual(["13-1"]);
  expect(dropped.tasks).toHaveLength(2);
});

test("an archive may hold the release's own folder", async () => {
  await writeRows([row("13-1")]);
  await writePair("13-1", "initial.xlsx", "golden.xlsx");
  const release = join(data, "spreadsheetbench_verified_400");
  await mkdir(release);
  for (const name of ["dataset.json", "spreadsheet"]) await rename(join(data, name), join(release, name));

  const inFolder = await load();
  await create({ gzip: true, file: join(data, "all.tar.gz"), cwd: data }, ["spreadsheetbench_verified_400"]);
  await rename(join(release, "dataset.json"), join(data, "dataset.json"));
  await rm(release, { recursive: true });
  const inArchive = await load();

  expect(inFolder.tasks).toHaveLength(1);
  expect(inArchive.tasks).toEqual(inFolder.tasks);
});

test("the data hash knows other rows and other bytes, and forgets nothing else", async () => {
  await writeRows([row("a"), row("b")]);
  for (const id of ["a", "b"]) await writePair(id, "initial.xlsx", "golden.xlsx");
  const hashOf = async (id: string) => (await load({ tasks: ids(id) })).dataHash;
  const before = await hashOf("a");

  await writeWorkbook(join(data, "spreadsheet", "b", "golden.xlsx"), { Data: [["other"]] });
  expect(await hashOf("a")).toBe(before);
  await writeWorkbook(join(data, "spreadsheet", "a", "golden.xlsx"), { Data: [["other"]] });
  expect(await hashOf("a")).not.toBe(before);
});

test("archives are unpacked once into the cache, and the data folder is left as it is", async () => {
  await writeRows([row("13-1")]);
  await writePair("13-1", "initial.xlsx", "golden.xlsx");
  await create({ gzip: true, file: join(data, "part.tar.gz"), cwd: data }, ["spreadsheet"]);
  await rm(join(data, "spreadsheet"), { recursive: true });

  const [first, second] = await Promise.all([load(), load()]);
  const [folder] = await readdir(cacheDirectory);
  const before = await stat(join(cacheDirectory, folder!, "spreadsheet/13-1/initial.xlsx"));
  const third = await load();
  const after = await stat(join(cacheDirectory, folder!, "spreadsheet/13-1/initial.xlsx"));

  expect([first, second, third].map(({ tasks }) => tasks.length)).toEqual([1, 1, 1]);
  expect(await readdir(cacheDirectory)).toEqual([folder]);
  expect(after.ino).toBe(before.ino);
  expect((await readdir(data)).sort()).toEqual(["dataset.json", "part.tar.gz"]);
});

describe("data that cannot be used says where, what was expected and what was found", () => {
  test("no such folder", async () => {
    await expect(load({ data: join(root, "nowhere") })).rejects.toThrow(
      /nowhere: there is no such folder\nexpected there:/,
    );
  });

  test("a folder without dataset.json", async () => {
    await writeFile(join(data, "notes.txt"), "");
    await expect(load()).rejects.toThrow(/no dataset\.json; found: notes\.txt[\s\S]*--data/);
  });

  test("malformed JSON", async () => {
    await writeFile(join(data, "dataset.json"), "[{");
    await expect(load()).rejects.toThrow(/dataset\.json is not JSON/);
  });

  test.each([
    ["an object", {}, /expected array/],
    ["a wrong type", [row("a", { answer_position: 3 })], /answer_position/],
    ["a path that leaves the folder", [row("a", { spreadsheet_path: "../../etc" })], /within the data set/],
    ["an id that occurs twice", [row("a"), row("a")], /stands there twice/],
  ])("rows: %s", async (_, content, message) => {
    await writeFile(join(data, "dataset.json"), JSON.stringify(content));
    await expect(load()).rejects.toThrow(message);
    await expect(load()).rejects.toBeInstanceOf(SetupError);
  });

  test("no workbooks and no archive", async () => {
    await writeRows([row("a")]);
    await expect(load()).rejects.toThrow(
      /neither a folder "spreadsheet" nor a \.tar\.gz archive; found: dataset\.json/,
    );
  });

  test("an archive that is none", async () => {
    await writeRows([row("a")]);
    await writeFile(join(data, "part.tar.gz"), "no archive");
    await expect(load()).rejects.toThrow(/cannot unpack .*part\.tar\.gz/);
    expect(await readdir(cacheDirectory)).toEqual([]);
  });
});

describe("scoring", () => {
  beforeEach(async () => {
    await writeRows([row("a"), row("broken")]);
    await writePair("a", "initial.xlsx", "golden.xlsx");
    await writePair("broken", "initial.xlsx", "golden.xlsx");
    await writeFile(join(data, "spreadsheet/broken/golden.xlsx"), "no workbook");
  });

  test("a wrong cell scores 0 and is named; a missing output scores 0; the golden scores 1", async () => {
    const { tasks, score } = await load();
    const directory = join(root, "left");
    const submission = { directory, answer: "" };
    await mkdir(directory);

    expect(await score(tasks[0]!, submission)).toEqual({
      kind: "scored",
      value: 0,
      explanation: "Output file not found",
    });
    await writeWorkbook(join(directory, "output.xlsx"), {
      Data: [
        ["a", 1234],
        ["b", "05/01/2024"],
      ],
    });
    expect(await score(tasks[0]!, submission)).toEqual({
      kind: "scored",
      value: 0,
      explanation: '1 cell differs\nData!B2: expected "2024-01-05 00:00:00", found "05/01/2024"',
    });
    await copyFile(join(data, "spreadsheet/a/golden.xlsx"), join(directory, "output.xlsx"));
    expect(await score(tasks[0]!, submission)).toMatchObject({ kind: "scored", value: 1 });
  });

  test("the truth, laid out as a submission, scores 1", async () => {
    const { tasks, score, submitTruth } = await load();
    const directory = join(root, "truth");
    await mkdir(directory);

    const submission = await submitTruth(tasks[0]!, directory);

    expect(await readdir(directory)).toEqual(["output.xlsx"]);
    expect(await score(tasks[0]!, submission)).toMatchObject({ kind: "scored", value: 1 });
  });

  test("a golden of ours that is broken leaves the trial unscored", async () => {
    const { tasks, score } = await load();
    const directory = join(data, "spreadsheet/a");

    expect(await score(tasks[1]!, { directory, answer: "" })).toMatchObject({
      kind: "unscored",
      reason: "benchmark-broken",
    });
  });

  test("an agent's folder gets the input and nothing else, writable even where the data is not", async () => {
    const { tasks, prepare } = await load();
    const directory = join(root, "work");
    await mkdir(directory);

    await prepare(tasks[0]!, directory);

    expect(await readdir(directory)).toEqual(["input.xlsx"]);
    expect((await stat(join(directory, "input.xlsx"))).mode & 0o777).toBe(0o644);
    expect(await readFile(join(directory, "input.xlsx"))).toEqual(
      await readFile(join(data, "spreadsheet/a/initial.xlsx")),
    );
  });

  test("the answer key holds the golden cells and the habits that would spoil them", async () => {
    const { tasks, answerKey } = await load();

    const key = await answerKey([tasks[0]!]);

    expect(AnswerKey.parse(key)).toMatchObject([
      {
        task: "a",
        sheet: "Data",
        program: null,
        habits: ["formula-without-value", "drops-sheets", "wrong-range", "no-read-back", "values-as-text"],
        cells: [
          { sheet: "Data", cell: "B1", value: 1234 },
          { sheet: "Data", cell: "B2", value: { date: "2024-01-05T00:00:00.000Z" } },
        ],
      },
    ]);
  });
});

test("a preview shows five rows, cuts long texts and wide rows, and counts what is left", async () => {
  const wide = Array.from({ length: 70 }, (_, index) => index);
  const path = await writeWorkbook(join(root, "wide.xlsx"), { Data: [["x".repeat(500)], wide, [], [], [], [1], [2]] });

  const lines = (await previewRows(path)).split("\n");

  expect(lines).toHaveLength(6);
  expect(lines[0]).toMatch(/^\("x{200}\.\.\.", "", .*"", \.\.\. 10 more columns\)$/);
  expect(lines[1]).toMatch(/^\("0", "1", /);
  expect(lines[5]).toBe("... (2 more rows)");
});

test("braces in a request are not taken for slots of the prompt", () => {
  const text = spreadsheetInstruction({
    request: "Use {{kind}} and $&",
    preview: "()",
    kind: "K",
    answerPosition: "A1",
  });

  expect(text).toContain("Use {{kind}} and $&");
});

interface RealRow {
  readonly id: string | number;
  readonly instruction_type: string;
}

describe("the real data set, rows 0 to 40", () => {
  const real = fileURLToPath(new URL("../../../shared/data/spreadsheetbench_verified_400", import.meta.url));
  const missing = existsSync(real) ? null : "SpreadsheetBench-Verified (../shared/data) is not here";
  const cache = join(tmpdir(), `spreadsheetbench-real-${process.pid}`);
  const open = () =>
    spreadsheetBench(asked({ data: real, split: "evolve", cacheDirectory: cache, tasks: rows(0, 40) }));
  /** Benchmark defects: what any correct scorer with the official rules says of them. */
  const untouchedPasses = ["13-1", "73-45"];
  let opened: Awaited<ReturnType<typeof open>>;

  beforeAll(async () => {
    if (missing === null) opened = await open();
  });
  afterAll(() => rm(cache, { recursive: true, force: true }));

  test("the listed evolve ids are rows 0:200, and the stratified coin halves each kind evenly in either half", async (ctx) => {
    if (missing !== null) ctx.skip(missing);
    const all = JSON.parse(await readFile(join(real, "dataset.json"), "utf8")) as RealRow[];
    const [evolve, test] = [all.slice(0, 200), all.slice(200, 300)];
    const evenly = [evolve, test].flatMap((half) =>
      [...Map.groupBy(half, (one) => one.instruction_type).values()].map((kind) => {
        const heads = kind.filter(({ id }) => stratifiedHalfOf(String(id)) === "evolve").length;
        return Math.abs(2 * heads - kind.length);
      }),
    );

    expect([...EVOLVE_IDS]).toEqual(evolve.map(({ id }) => String(id)));
    expect(evenly).toHaveLength(3); // both kinds in the first half, one in the second
    expect(Math.max(...evenly)).toBeLessThanOrEqual(1);
  });

  test("every golden scores 1", async (ctx) => {
    if (missing !== null) ctx.skip(missing);
    const values = await Promise.all(opened.tasks.map(async (task) => [task.id, await scoreOf(task, "golden")]));

    expect(values).toEqual(opened.tasks.map(({ id }) => [id, 1]));
  });

  test("every untouched input scores 0, but for the rows known to be defective", async (ctx) => {
    if (missing !== null) ctx.skip(missing);
    const values = await Promise.all(opened.tasks.map(async (task) => [task.id, await scoreOf(task, "init")]));

    expect(opened.tasks).toHaveLength(40);
    expect(values).toEqual(opened.tasks.map(({ id }) => [id, untouchedPasses.includes(id) ? 1 : 0]));
  });

  /** Scores one of the data set's own workbooks as if an agent had left it. */
  async function scoreOf(task: (typeof opened.tasks)[number], part: "golden" | "init"): Promise<number | string> {
    const [archive] = await readdir(cache);
    const folder = join(cache, archive!, "spreadsheet", task.id);
    const name = (await readdir(folder)).find((file) => file.endsWith(".xlsx") && file.includes(part));
    const directory = await mkdtemp(join(root, "left-"));
    await copyFile(join(folder, name!), join(directory, "output.xlsx"));
    const score = await opened.score(task, { directory, answer: "" });
    return score.kind === "scored" ? score.value : score.detail;
  }
});
