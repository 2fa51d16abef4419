import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import ExcelJS from "exceljs";
import { expect, test } from "vitest";
import type { Manifest } from "../../../harness/manifest.ts";
import { FORMAT_VERSION } from "../../../harness/records.ts";
import { createRun, writeTrial } from "../../../harness/run/store.ts";
import type { ExperimentReport } from "../../../reports/experiment.ts";
import { ExperimentRecord } from "../../../reports/experiments/record.ts";
import { intervalText, points, sampleSize, signedPoints } from "../../../reports/format.ts";
import { manifest, task, trial } from "../../support/builders.ts";
import { trace2skill } from "../../support/command-line.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const TASKS = ["a", "b", "c", "d", "e", "f", "g", "h"];
const SEEDS = [41, 42];

/** A run in which the first so many tasks pass. */
async function writeRun(directory: string, passing: number, parts: Partial<Manifest> = {}): Promise<void> {
  const benchmark = { name: "sample-spreadsheet", split: "test", data: null, taskIds: TASKS, metric: "pass" };
  await createRun(directory, manifest({ benchmark, seeds: SEEDS, ...parts }));
  for (const [index, id] of TASKS.entries())
    for (const seed of SEEDS) {
      const value = index < passing ? 1 : 0;
      writeTrial(directory, trial({ task: task({ id }), seed, score: { kind: "scored", value, explanation: "" } }));
    }
}

const PLACEBO = { kind: "shuffled", seed: 3, of: "f".repeat(64) } as const;

/** An experiment with a baseline, a skill, a placebo that no name tells of, and a cell that is not made yet. */
async function folderWithExperiment(): Promise<string> {
  const cwd = await temporaryFolder();
  const base = manifest().fingerprint;
  const skill = (hash: string) => ({ name: "tidy", hash, path: "tidy" });
  const print = (hash: string) => ({ ...base, skill: hash });
  await writeRun(join(cwd, "units", "none"), 2);
  await writeRun(join(cwd, "units", "tidy"), 8, { skill: skill("a1"), fingerprint: print("a1") });
  const sugar = { ...skill("b2"), placebo: PLACEBO };
  await writeRun(join(cwd, "units", "sugar"), 3, { skill: sugar, fingerprint: print("b2") });
  await mkdir(join(cwd, "exp"));
  const cell = (arm: string, run: string, done = true) => ({ arm, user: "large", benchmark: "test", run, done });
  const record: ExperimentRecord = ExperimentRecord.parse({
    version: FORMAT_VERSION,
    kind: "experiment-record",
    definition: {
      name: "sugar against tidy",
      models: { large: { model: "sim/large" } },
      benchmarks: { test: { benchmark: "sample-spreadsheet" } },
      skills: { tidy: { folder: "tidy" } },
      arms: [
        { name: "without" },
        { name: "tidy", skill: "tidy" },
        { name: "comfits", skill: "tidy" },
        { name: "later", skill: "tidy" },
      ],
      users: ["large"],
      judge: ["test"],
      seeds: SEEDS,
    },
    cells: [
      cell("without", "../units/none"),
      cell("tidy", "../units/tidy"),
      cell("comfits", "../units/sugar"),
      cell("later", "../units/later", false),
    ],
    skills: [{ name: "tidy", author: null, path: null, hash: null, distillation: null, minutes: null }],
  });
  await writeFile(join(cwd, "exp", "experiment.json"), JSON.stringify(record));
  return cwd;
}

test("an experiment is printed under the names of its arms, with n, seeds, interval, fingerprint, scorer, and simulated", async () => {
  const cwd = await folderWithExperiment();

  const { code, out, err } = await trace2skill(["report", "exp"], { cwd });

  expect(code, err).toBe(0);
  expect(out).toMatch(/^sugar against tidy · simulated\n/);
  expect(out).toMatch(/ {2}tidy +sim\/large +100\.0 +\S+ to 100\.0 +8 × 2 +41, 42 +0 +[0-9a-f]{12}/);
  expect(out).toMatch(/ {2}comfits \(placebo +without +\+12\.5.*\n {2}shuffled\)/);
  expect(out.replace(/\s+/g, " ")).toContain(`not the skill ${"f".repeat(12)} but a placebo of it: shuffled, seed 3`);
  expect(out).toMatch(/scored by /);
  expect(err).toMatch(/note: later with large on test: not done yet/);
});

/** What stands in a row, as text and as numbers. */
interface Shown {
  readonly fingerprint: string;
  readonly texts: readonly string[];
  readonly values: number[];
}

/** The numbers of every arm and every difference. */
function shownIn({ arms, differences }: ExperimentReport): Record<"arms" | "differences", Shown[]> {
  const rounded = (value: number) => Number((100 * value).toPrecision(12));
  return {
    arms: arms.map((arm) => ({
      fingerprint: arm.fingerprint,
      texts: [points(arm.mean), intervalText(arm.interval), sampleSize(arm)],
      values: [arm.mean!, arm.interval!.low, arm.interval!.high].map(rounded),
    })),
    differences: differences.map(({ arm, difference, interval, tasks }) => ({
      fingerprint: arm.fingerprint,
      texts: [signedPoints(difference), intervalText(interval, signedPoints), sampleSize({ tasks, seeds: arm.seeds })],
      values: [difference, interval.low, interval.high].map(rounded),
    })),
  };
}

test("every format of an experiment has the same numbers and says simulated", async () => {
  const cwd = await folderWithExperiment();
  const report = async (...more: string[]) => {
    const { code, out, err } = await trace2skill(["report", "exp", ...more], { cwd });
    expect(code, err).toBe(0);
    return out;
  };
  const numbers = shownIn(JSON.parse(await report("--out", "page.html", "--json")).report);
  await report("--out", "t.md");
  await report("--out", "t.tex");
  await report("--out", "t.xlsx");
  await report("--format", "csv", "--out", "tables");

  const read = async (file: string) => readFile(join(cwd, file), "utf8");
  const [markdown, latex, page] = await Promise.all(["t.md", "t.tex", "page.html"].map(read));
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.readFile(join(cwd, "t.xlsx"));
  expect([numbers.arms.length, numbers.differences.length]).toEqual([3, 2]);
  for (const [id, title] of [
    ["arms", "Arms"],
    ["differences", "Paired differences"],
  ] as const) {
    const csv = (await read(`tables/${id}.csv`)).split("\r\n");
    const rows = workbook.getWorksheet(id)!.getSheetValues() as unknown[][];
    const section = markdown!.split("## ").find((part) => part.startsWith(title))!;
    const table = latex!.split("% end of table").find((part) => part.includes(`% table ${id}\n`))!;
    const forest = page!.split("<section ").find((part) => part.startsWith(`id="${id}"`))!;
    for (const { fingerprint, texts, values } of numbers[id]) {
      const rowOf = (lines: readonly string[]) => lines.find((line) => line.includes(fingerprint)) ?? "";
      const inMarkdown = rowOf(section.split("\n")).replaceAll("\\", "");
      const inLatex = rowOf(table.split("\n")).replaceAll("$-$", "−").replaceAll("$\\times$", "×");
      const onPage = rowOf(forest.split("</tr>"));
      for (const text of texts)
        for (const row of [inMarkdown, inLatex, onPage]) expect(row.replaceAll("**", "")).toContain(text);
      expect(
        rowOf(csv)
          .split(",")
          .filter((field) => field !== "")
          .map(Number),
      ).toEqual(expect.arrayContaining(values));
      expect(rows.find((row) => row?.includes(fingerprint))).toEqual(expect.arrayContaining(values));
    }
  }
  for (const text of [markdown, latex, page]) expect(text).toMatch(/simulated/);
});

test("raw trials are in the formats for programs, and tables of an earlier report leave the folder", async () => {
  const cwd = await folderWithExperiment();
  await mkdir(join(cwd, "tables"));
  await writeFile(join(cwd, "tables", "notes.csv"), "table,note\r\nlessons-old,Lessons\r\n");
  await writeFile(join(cwd, "tables", "lessons-old.csv"), "");

  const { code, err } = await trace2skill(["report", "exp", "--format", "csv", "--out", "tables"], { cwd });

  expect(code, err).toBe(0);
  expect((await readdir(join(cwd, "tables"))).sort()).toEqual([
    "arms.csv",
    "costs.csv",
    "differences.csv",
    "metrics.csv",
    "negative-transfer.csv",
    "notes.csv",
    "trials.csv",
  ]);
  const trials = (await readFile(join(cwd, "tables", "trials.csv"), "utf8")).trimEnd().split("\r\n");
  expect(trials).toHaveLength(1 + 3 * TASKS.length * SEEDS.length);
  expect(trials[1]).toMatch(/^without,sim\/large,.*,yes$/);
});

test("a page of runs is still written, and --json gives the tables too", async () => {
  const cwd = await folderWithExperiment();
  const { code, out, err } = await trace2skill(["report", "units/none", "units/tidy", "--json"], { cwd });

  expect(code, err).toBe(0);
  const { report, tables, paths } = JSON.parse(out);
  expect(report.differences).toHaveLength(1);
  expect(tables.map(({ id }: { id: string }) => id)).toContain("trials");
  expect(paths).toEqual({});
  const page = await trace2skill(["report", "units/none", "units/tidy", "--out", "r.html"], { cwd });
  expect(page.out).toBe("page r.html\n");
  const text = await readFile(join(cwd, "r.html"), "utf8");
  for (const { fingerprint } of report.arms) expect(text).toContain(fingerprint);
  expect(text.trimEnd()).toMatch(/<\/html>$/);
});

test("what cannot be reported is told with what to do", async () => {
  const cwd = await folderWithExperiment();
  for (const [args, code, message] of [
    [["exp", "--format", "csv"], 2, /--format csv is nothing to print: say where to with --out/],
    [["exp", "units/none"], 2, /exp is an experiment: give it alone, or folders of runs/],
    [["exp", "--format", "pdf"], 2, /terminal, markdown, latex, csv, xlsx, html/],
    [["nowhere"], 1, /nowhere/],
    [["exp", "--out", "t.csv"], 2, /csv is a folder with a file a table\. Give --format csv --out FOLDER/],
    [["exp", "--out", "t.pdf"], 2, /\.pdf tells no format\. End it in \.txt, \.md, \.tex, \.xlsx, \.html/],
    [["exp", "--out", "t.html", "--format", "xlsx"], 2, /does not go with --out t\.html, which is a name for html/],
    [["exp", "--out", "units"], 1, /units is a folder\. Name a file, such as .*report\.html/],
    [["units/none", "units/none/"], 2, /units\/none\/ is given twice/],
  ] as const) {
    const told = await trace2skill(["report", ...args], { cwd });
    expect(told.err).toMatch(message);
    expect(told.code).toBe(code);
  }
  expect(await readdir(cwd)).toEqual(expect.not.arrayContaining(["t.csv", "t.pdf", "t.html"]));
});
