/** Invariant 9: nothing that chooses a skill can read test scores. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Selection } from "../../../distill/selection-document.ts";
import { scoredRun } from "../../../harness/cli/evolution-scores.ts";
import { SetupError } from "../../../harness/errors.ts";
import type { Manifest } from "../../../harness/manifest.ts";
import { createRun, readRun, writeTrial } from "../../../harness/run/store.ts";
import { manifest, task, trial } from "../../support/builders.ts";
import { trace2skill } from "../../support/command-line.ts";
import { temporaryFolder } from "../../support/temporary.ts";

/** Odd numbers are evolve tasks, even ones test tasks. */
const TEST = ["totals-by-group-2", "totals-by-group-4", "totals-by-group-6"];
const EVOLVE = ["totals-by-group-1", "totals-by-group-3", "totals-by-group-5"];
const settings = { split: "all", errata: "keep", recalculate: "none", withEvolve: false } as const;

async function runOf(cwd: string, ids: readonly string[], benchmark: Partial<Manifest["benchmark"]>): Promise<string> {
  const asked = manifest();
  const name = `run-${ids[0]}`;
  const whole = { ...asked, benchmark: { ...asked.benchmark, taskIds: [...ids], settings, ...benchmark } };
  await createRun(join(cwd, name), whole);
  for (const id of ids) writeTrial(join(cwd, name), trial({ task: task({ id }) }));
  return name;
}

const asking = (select: string) => [
  "--evolution-seeds",
  "41,42",
  "--select",
  select,
  "--error-analyst",
  "single-call",
  "--out",
  "out",
];

test.each(["train", "validation", "none"])(
  "a run of the test split is refused as what to select on (--select %s)",
  async (select) => {
    const cwd = await temporaryFolder();
    const sealed = await runOf(cwd, TEST, { split: "test" });

    const { code, err } = await trace2skill(["distill", sealed, ...asking(select)], { cwd });

    expect(code).toBe(1);
    expect(err).toMatch(/holds trials of the split "test".*--split evolve/);
  },
);

test.each(["--evolution-seeds 41,42 --select train", "--evolution-seeds 41,42 --select validation", "--gate"])(
  "a run of the test split that claims to be of the evolve split is refused by the benchmark's own word (%s)",
  async (options) => {
    const cwd = await temporaryFolder();
    const forged = await runOf(cwd, TEST, { split: "evolve", sealed: [] });
    const { code, err } = await trace2skill(
      ["distill", forged, ...options.split(" "), "--error-analyst", "single-call", "--out", "out"],
      { cwd },
    );

    expect(code).toBe(1);
    expect(err).toMatch(/of the tasks are of the test half of sample-spreadsheet, such as totals-by-group-\d/);
    expect(err).not.toMatch(/distill seed 41/); // before anything is paid for
  },
);

test("beside a run of the evolve split, one of the test split is refused all the same", async () => {
  const cwd = await temporaryFolder();
  const open = await runOf(cwd, EVOLVE, { split: "evolve", sealed: [] });
  const sealed = await runOf(cwd, TEST, { split: "test", sealed: TEST });

  const { code, err } = await trace2skill(["distill", open, sealed, ...asking("validation")], { cwd });

  expect(code).toBe(1);
  expect(err).toMatch(/holds trials of the split "test"/);
});

test("a run with test tasks that was put where scores are kept is not read", async () => {
  const cwd = await temporaryFolder();
  const name = await runOf(cwd, [...EVOLVE, ...TEST], { split: "all", sealed: TEST });
  const run = await readRun(join(cwd, name));

  expect(() => scoredRun(run, "sample-spreadsheet")).toThrow(SetupError);
  expect(() => scoredRun(run, "sample-spreadsheet")).toThrow(/3 of the tasks are of the test half/);
});

test("the document has no word for a choice by the test split", async () => {
  const path = join(await temporaryFolder(), "selection.json");
  await writeFile(path, JSON.stringify({ rule: { select: "test", text: "" } }));

  const problems = Selection.safeParse(JSON.parse(await readFile(path, "utf8"))).error?.issues ?? [];

  expect(problems.map((issue) => issue.path.join("."))).toContain("rule.select");
});
