import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { loadBenchmark } from "../../benchmarks/index.ts";
import { spreadsheetBench912 } from "../../benchmarks/spreadsheetbench-912.ts";
import { ERRATA_912 } from "../../benchmarks/spreadsheetbench-errata.ts";
import { EVOLVE_IDS } from "../../benchmarks/spreadsheetbench-evolve-ids.ts";
import { stratifiedHalfOf } from "../../benchmarks/spreadsheetbench-stratified.ts";
import type { Benchmark } from "../../harness/roles.ts";
import { asked } from "../support/load-options.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { writeWorkbook } from "../support/workbooks.ts";

const [EVOLVED = ""] = EVOLVE_IDS;
const ids = (...chosen: string[]) => ({ kind: "ids", ids: chosen }) as const;
const load = (options: Parameters<typeof asked>[0] = {}) =>
  spreadsheetBench912(asked({ data, cacheDirectory: join(data, "cache"), split: "test", ...options }));
const idsOf = ({ tasks }: Benchmark) => tasks.map(({ id }) => id);
let data = "";

describe("a set of our own", () => {
  beforeEach(async () => {
    data = await temporaryFolder();
  });

  /** Tasks and the cases that they have; a case's answer is its number in B1. */
  async function writeSet(tasks: Record<string, number[]>): Promise<void> {
    const row = (id: string) => ({
      id,
      instruction: `Do what ${id} wants`,
      spreadsheet_path: `spreadsheet/${id}`,
      instruction_type: "Cell-Level Manipulation",
      answer_position: "Data!B1",
    });
    await writeFile(join(data, "dataset.json"), JSON.stringify(Object.keys(tasks).map(row)));
    for (const [id, numbers] of Object.entries(tasks)) {
      const folder = join(data, "spreadsheet", id);
      await mkdir(folder, { recursive: true });
      for (const number of numbers) {
        await writeWorkbook(join(folder, `${number}_${id}_input.xlsx`), { Data: [[`case ${number}`]] });
        await writeWorkbook(join(folder, `${number}_${id}_answer.xlsx`), { Data: [[`case ${number}`, number]] });
      }
    }
  }

  test("each case is a task of its family, with its own workbook and its own answer", async () => {
    await writeSet({ "34-5": [1, 2, 3] });

    const benchmark = await load();
    const values = await Promise.all(
      benchmark.tasks.map(async (task) => {
        const directory = await mkdtemp(join(data, "left-"));
        await benchmark.submitTruth(benchmark.tasks[1]!, directory);
        return benchmark.score(task, { directory, answer: "" });
      }),
    );

    expect(benchmark.tasks.map(({ id, family }) => [id, family])).toEqual([
      ["34-5#1", "34-5"],
      ["34-5#2", "34-5"],
      ["34-5#3", "34-5"],
    ]);
    expect(benchmark.tasks[2]!.instruction).toContain('("case 3")');
    expect(values).toMatchObject([{ value: 0 }, { value: 1 }, { value: 0 }]); // handed in: the truth of case 2
  });

  test("rows and ids choose whole tasks, and the id of a case that case alone, whatever the order", async () => {
    await writeSet({ a: [1, 2, 3], b: [1, 2, 3], c: [1] });

    expect(idsOf(await load({ tasks: { kind: "rows", from: 1, to: 3 } }))).toEqual(["b#1", "b#2", "b#3", "c#1"]);
    expect(idsOf(await load({ tasks: ids("b") }))).toEqual(["b#1", "b#2", "b#3"]);
    expect(idsOf(await load({ tasks: ids("b#3", "a#2", "b#1") }))).toEqual(["b#3", "b#1", "a#2"]);
    expect(idsOf(await load({ tasks: ids("a#2", "a") }))).toEqual(["a#2", "a#1", "a#3"]);
    await expect(load({ tasks: ids("d#1") })).rejects.toThrow('"d"');
    await expect(load({ tasks: ids("a#4") })).rejects.toThrow('"a#4"');
  });

  test("what is missing is told in a line for each kind of gap, not in one for each file", async () => {
    await writeSet({ "43026": [1], none: [], whole: [1, 2, 3] });
    await rm(join(data, "spreadsheet/whole/2_whole_answer.xlsx"));

    const { tasks, notices, errata } = await load();

    expect(tasks.map(({ id }) => id)).toEqual(["43026#1", "whole#1", "whole#3"]);
    expect(notices).toEqual([
      "dataset.json has 3 of 912 tasks",
      "left out, no workbooks of it are there: 5 tasks (43026#2, 43026#3, none#1, none#2, none#3)",
      "left out, no golden workbook: 1 task (whole#2)",
      "known to be defective, and count in the means (--errata drop leaves them out): 43026#1",
    ]);
    expect(errata).toEqual({ "43026#1": ERRATA_912["43026"] });
  });

  test("tasks that skills are distilled from stay out unless asked for, and are then told apart", async () => {
    await writeSet({ [EVOLVED]: [1, 2, 3], other: [1, 2, 3] });

    const without = await load();
    const all = await load({ withEvolve: true });

    expect(idsOf(without)).toEqual(["other#1", "other#2", "other#3"]);
    expect(without).toMatchObject({ split: "test", notices: [expect.anything(), expect.stringMatching(/^1 task/)] });
    expect(all.split).toBe("all");
    expect(all.tasks.map(all.splitOf)).toEqual([...Array(3).fill("evolve"), ...Array(3).fill("test")]);
    await expect(load({ tasks: ids(`${EVOLVED}#1`) })).rejects.toThrow(EVOLVED);
  });

  test("for skills of the stratified half, that half stays out", async () => {
    const all = Array.from({ length: 8 }, (_, index) => String(index));
    await writeSet(Object.fromEntries(all.map((id) => [id, [1]])));

    const { tasks } = await load({ split: "stratified-test" });

    expect(tasks.map(({ family }) => family)).toEqual(all.filter((id) => stratifiedHalfOf(id) === "test"));
    expect(tasks.length).toBeLessThan(all.length);
  });

  test("by its name it takes the choices that it knows, and a stored run loads the same tasks again", async () => {
    await writeSet({ a: [1, 2], b: [1] });
    const options = { data, cacheDirectory: join(data, "cache") };

    const first = await loadBenchmark("spreadsheetbench-912", {
      ...options,
      tasks: ids("a"),
      settings: { withEvolve: true, errata: "drop" },
    });
    const again = await loadBenchmark("spreadsheetbench-912", {
      ...options,
      tasks: ids(...idsOf(first)),
      settings: first.settings,
    });

    expect(idsOf(first)).toEqual(["a#1", "a#2"]);
    expect(again.dataHash).toBe(first.dataHash);
    expect(again.tasks).toEqual(first.tasks);
  });
});

describe("the sample of the real set", () => {
  const real = fileURLToPath(new URL("../../../shared/data/spreadsheetbench_912_sample", import.meta.url));
  const missing = existsSync(real) ? null : "the sample of SpreadsheetBench v0.1 (../shared/data) is not here";
  let cache = "";
  beforeAll(async () => {
    cache = await mkdtemp(join(tmpdir(), "spreadsheetbench-912-"));
  });
  afterAll(() => rm(cache, { recursive: true }));
  beforeEach((ctx) => {
    data = real;
    if (missing !== null) ctx.skip(missing);
  });

  test("all 150 tasks load with all their cases, the inputs with a stray space in their names too", async () => {
    const { tasks, errata, notices, splitOf } = await load({ withEvolve: true, cacheDirectory: cache });
    const families = new Set(tasks.map(({ family }) => family));
    const rows = JSON.parse(await readFile(join(real, "dataset.json"), "utf8")) as { id: string | number }[];

    expect([...families]).toEqual(rows.map(({ id }) => String(id)));
    expect(tasks).toHaveLength(3 * 150 - 2); // 43026 has one case
    expect(tasks.map(({ id }) => id)).toEqual(expect.arrayContaining(["591-29#2", "36478#2"]));
    expect(Object.keys(errata)).toHaveLength(7);
    expect(new Set(tasks.filter((task) => splitOf(task) === "evolve").map(({ family }) => family)).size).toBe(28);
    expect(notices).toHaveLength(3);
  }, 60_000);

  test("the truth of every case of the first tasks scores 1", async () => {
    const benchmark = await load({ tasks: { kind: "rows", from: 0, to: 12 }, cacheDirectory: cache });
    const values = [];
    for (const task of benchmark.tasks) {
      const directory = await mkdtemp(join(cache, "left-"));
      const score = await benchmark.score(task, await benchmark.submitTruth(task, directory));
      values.push([task.id, score.kind === "scored" ? score.value : score.detail]);
    }

    expect(values).toHaveLength(36);
    expect(values.filter(([, value]) => value !== 1)).toEqual([]);
  }, 60_000);
});
