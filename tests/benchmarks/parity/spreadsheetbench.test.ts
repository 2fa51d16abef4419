/**
 * All recorded values, ranges, cells, synthetic cells and answer ranges; of the 3,158 cases of two workbooks a seeded sample
 * with every mutation in it (`trace2skill parity spreadsheetbench` takes all).
 */
import { existsSync } from "node:fs";
import { copyFile, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ParityCase } from "../../../benchmarks/parity/parity.ts";
import { spreadsheetBenchParity } from "../../../benchmarks/parity/spreadsheetbench.ts";
import { SetupError, UsageError } from "../../../harness/errors.ts";
import { seededRandom } from "../../../harness/random.ts";
import { cell, oneSheet, row, worksheet } from "../scoring/handmade.ts";

const ORACLE = fileURLToPath(new URL("../../../../shared/oracle/spreadsheetbench", import.meta.url));
const NO_ORACLE = "the recorded verdicts (../shared/oracle/spreadsheetbench) are not here";
const PER_MUTATION = 3;
const MINUTES = 5 * 60_000;
/** Of the public records; there are more cases than records where a rule set each is judged. */
const CASES = {
  "values.jsonl": 693,
  "ranges.jsonl": 238,
  "cells.jsonl": 440,
  "synthetic.jsonl": 1006,
  "dump.jsonl": 290,
};

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "parity-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("every recorded verdict is ours too, under both rule sets", { timeout: MINUTES }, async (ctx) => {
  if (!existsSync(ORACLE)) ctx.skip(NO_ORACLE);
  for (const name of await readdir(ORACLE)) {
    if (name === "cases.jsonl") await writeFile(join(folder, name), await sampledCases());
    else await symlink(join(ORACLE, name), join(folder, name));
  }

  const cases = await judge(null);

  expect(cases.filter(({ agrees }) => !agrees)).toEqual([]);
  expect(counted(cases)).toEqual({ ...CASES, "cases.jsonl": expect.any(Number) });
  expect(counted(cases)["cases.jsonl"]).toBeGreaterThan(500);
});

test("a verdict that is not ours is told with both; rules can be asked for alone", async () => {
  await writeWorkbooks();
  await writeCases([
    record("right", "six.xlsx", false),
    record("wrong", "six.xlsx", true),
    record("none", null, false),
  ]);

  const cases = await judge("official");

  expect(cases.map(({ id, rule, agrees, recorded, ours }) => [id, rule, agrees, recorded, ours])).toEqual([
    ["right", "official", true, "fail", "fail"],
    ["wrong", "official", false, "pass", "fail"],
    ["none", "official", true, "fail", "fail"],
  ]);
});

test("a record whose workbook is not there is not judged, and does not count as agreement", async () => {
  await writeWorkbooks();
  await writeCases([record("lost", "lost.xlsx", false)]);

  expect(await judge("trace2skill")).toMatchObject([
    { agrees: false, ours: "not judged", reason: "lost.xlsx is neither in the folder nor in its files.tar.gz" },
  ]);
});

test("a value, a range and a cell that were recorded otherwise are disagreements", async () => {
  const none = { k: "none" };
  const value = { id: "v", a: none, b: { k: "str", v: "" }, equal: false, a_normal: none, b_normal: none };
  const range = {
    id: "r",
    range: "A1:B2",
    max_row: 1,
    max_col: 1,
    official: { sha256: "0" },
    trace2skill: { sha256: "0" },
  };
  const xml = { t: null, v: "45000", f: null, inner_xml: null, number_format: "yyyy" };
  const five = { id: "c", cell: xml, date1904: false, value: { k: "int", v: "45000" }, normal: none };
  for (const [name, line] of Object.entries({ values: value, ranges: range, cells: five })) {
    await writeFile(join(folder, `${name}.jsonl`), JSON.stringify(line));
  }

  const cases = await judge("official");

  expect(cases.map(({ id, agrees }) => [id, agrees])).toEqual([
    ["v", false],
    ["r", false],
    ["c", false],
  ]);
  expect(cases[2]?.ours).toContain('datetime "2023-03-15T00:00:00"');
});

test("what a user must mend is said: no records, a broken line, rules that there are not", async () => {
  await expect(judge(null)).rejects.toThrow(SetupError);
  await expect(judge("paper")).rejects.toThrow(UsageError);
  await writeFile(join(folder, "values.jsonl"), "\n{broken\n");
  await expect(judge(null)).rejects.toThrow("values.jsonl:2");
});

async function judge(rules: string | null): Promise<ParityCase[]> {
  const { signal } = new AbortController();
  const cases: ParityCase[] = [];
  const options = { cacheDirectory: join(folder, "cache"), rules, signal };
  for await (const one of spreadsheetBenchParity(folder, options)) cases.push(one);
  return cases;
}

async function sampledCases(): Promise<string> {
  const lines = (await readFile(join(ORACLE, "cases.jsonl"), "utf8")).trim().split("\n");
  const left = new Map<string, number>();
  const sample = seededRandom(1)
    .shuffle(lines)
    .filter((line) => {
      const { mutation } = JSON.parse(line) as { mutation: string };
      const room = left.get(mutation) ?? PER_MUTATION;
      left.set(mutation, room - 1);
      return room > 0;
    });
  return sample.join("\n");
}

async function writeWorkbooks(): Promise<void> {
  await writeFile(join(folder, "five.xlsx"), oneSheet());
  await writeFile(join(folder, "six.xlsx"), oneSheet({ "xl/worksheets/s0.xml": worksheet(row(cell("6"))) }));
  await copyFile(join(folder, "five.xlsx"), join(folder, "same.xlsx"));
}

function writeCases(records: readonly object[]): Promise<void> {
  return writeFile(join(folder, "cases.jsonl"), records.map((one) => JSON.stringify(one)).join("\n"));
}

function record(id: string, output: string | null, pass: boolean): object {
  const verdict = { pass, message: "", exception: null };
  const words = { mutation: "by hand", detail: "", answer_position: "A1" };
  return { id, golden: "five.xlsx", output, ...words, official: verdict, trace2skill: verdict };
}

function counted(cases: readonly ParityCase[]): Record<string, number> {
  const byFile = Map.groupBy(cases, ({ file }) => file);
  return Object.fromEntries([...byFile].map(([file, of]) => [file, of.length]));
}
