/** Invariant 9: the benchmark is asked itself, whichever analyst reads the trials, and about recorded lessons too. */
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Fetched, manifestPath } from "../../../benchmarks/data/fetched.ts";
import { hasData } from "../../../benchmarks/index.ts";
import { readDistillation } from "../../../distill/store.ts";
import type { Manifest } from "../../../harness/manifest.ts";
import { FORMAT_VERSION } from "../../../harness/records.ts";
import { writeJson } from "../../../harness/run/files.ts";
import { createRun, makeFolder, writeTrial } from "../../../harness/run/store.ts";
import { manifest, task, trial } from "../../support/builders.ts";
import { trace2skill } from "../../support/command-line.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const settings = { split: "evolve", errata: "keep", recalculate: "none", withEvolve: false } as const;

/** A run whose manifest claims the evolve split for these tasks. */
async function claiming(cwd: string, ids: readonly string[], benchmark: Partial<Manifest["benchmark"]> = {}) {
  const asked = manifest();
  const claimed = { split: "evolve", taskIds: [...ids], sealed: [], settings, ...benchmark };
  await createRun(join(cwd, "run"), { ...asked, benchmark: { ...asked.benchmark, ...claimed } });
  for (const id of ids) writeTrial(join(cwd, "run"), trial({ task: task({ id }) }));
}

/** Lessons that were drawn elsewhere, one a task. */
async function records(cwd: string, ids: readonly string[]): Promise<void> {
  const items = (id: string) => [
    {
      type: "failure_memory",
      title: `Check the ${id.length} headers`,
      description: "Read them.",
      content: "Else not.",
    },
  ];
  const all = ids.map((id) => ({ instance_id: id, items: items(id) }));
  await writeFile(join(cwd, "parsed_error_records.json"), JSON.stringify(all));
}

const distill = (cwd: string, ...more: string[]) =>
  trace2skill(["distill", ...more, "--start", "none", "--out", "out", "--json"], { cwd });

test.each(["single-call", "agentic"])(
  "a run that claims the evolve split for test tasks is refused whichever analyst is chosen (%s), and leaves no folder",
  async (analyst) => {
    const cwd = await temporaryFolder();
    await claiming(cwd, ["totals-by-group-2"]);

    const { code, err } = await distill(cwd, "run", "--error-analyst", analyst);

    expect(err).toMatch(/1 of the tasks are of the test half of sample-spreadsheet, such as totals-by-group-2/);
    expect(code).toBe(1);
    expect(existsSync(join(cwd, "out"))).toBe(false);
  },
);

test("where the data is not at hand, the command and the document say that the halves are the run's word alone", async () => {
  const cwd = await temporaryFolder();
  await claiming(cwd, ["13-1"], { name: "spreadsheetbench" });
  const env = { XDG_CACHE_HOME: join(cwd, "cache") };

  const args = ["distill", "run", "--start", "none", "--out", "out", "--json"];
  const { code, err } = await trace2skill(args, { cwd, env });

  expect(code, err).toBe(0);
  const told = "1 of 1 tasks are not in the data of spreadsheetbench that is at hand";
  expect(err.split(told)).toHaveLength(2); // once
  expect((await readDistillation(join(cwd, "out"))).notices[0]).toContain(told);
});

test("recorded lessons of test tasks are left out and told; those that no benchmark knows are marked", async () => {
  const cwd = await temporaryFolder();
  await claiming(cwd, ["totals-by-group-1"]);
  await records(cwd, ["totals-by-group-2", "totals-by-group-3", "elsewhere-7"]);

  const { code, err } = await distill(cwd, "run", "--records", "parsed_error_records.json");

  expect(code, err).toBe(0);
  const { lessons, notices } = await readDistillation(join(cwd, "out"));
  const tasks = lessons.map((lesson) => lesson.task);
  expect([...new Set(tasks)].sort()).toEqual(["elsewhere-7", "totals-by-group-1", "totals-by-group-3"]);
  expect(notices.slice(0, 2)).toEqual([
    "recorded lessons of 1 of 3 trials are of test tasks and left out",
    expect.stringMatching(/knows the tasks of 1 of 2 trials with recorded lessons/),
  ]);
});

test("recorded lessons of tasks that are held back reach no distillation that is judged on them", {
  timeout: 200_000,
}, async () => {
  const cwd = await temporaryFolder();
  const run = ["run", "sample-spreadsheet", "--split", "evolve", "--tasks", "0:8", "--model", "sim/large"];
  await trace2skill([...run, "--out", "run"], { cwd });
  const { benchmark } = JSON.parse(await readText(join(cwd, "run", "manifest.json")));
  await records(cwd, benchmark.taskIds);

  const { err } = await distill(cwd, "run", "--records", "parsed_error_records.json", "--gate");

  expect(err).toMatch(/recorded lessons of 2 trials are of tasks that are held back, and left out/);
  const selection = JSON.parse(await readText(join(cwd, "out", "selection.json")));
  const { analyses } = await readDistillation(join(cwd, "out", selection.candidates[0].path));
  const seen = new Set(analyses.map((analysis) => analysis.task));
  expect(selection.split.gate).toHaveLength(2);
  expect(selection.split.gate.filter((id: string) => seen.has(id))).toEqual([]);
  expect(seen.size).toBe(6);
});

test("data that was fetched counts as at hand, for a run that names no folder", async () => {
  const cacheDirectory = await temporaryFolder();
  const none = { data: null, cacheDirectory };
  expect(await hasData("dapo-math", none)).toBe(false);

  const directory = join(cacheDirectory, "data", "dapo-math");
  await makeFolder(directory);
  const fetched = {
    ...{ version: FORMAT_VERSION, kind: "data", benchmark: "dapo-math", licence: "x", terms: null },
    ...{ fetchedAt: "2026-01-02T03:04:05.000Z", revisions: {}, files: [], notes: [] },
    contents: { files: 0, bytes: 0, sha256: "" },
  };
  await writeJson(manifestPath(directory), Fetched.parse(fetched));

  expect(await hasData("dapo-math", none)).toBe(true);
  expect(await hasData("sample-spreadsheet", none)).toBe(true);
});

function readText(path: string): Promise<string> {
  return readFile(path, "utf8");
}
