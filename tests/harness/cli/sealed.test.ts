import { join } from "node:path";
import { expect, test } from "vitest";
import { createRun, writeTrial } from "../../../harness/run/store.ts";
import { manifest, task, trial } from "../../support/builders.ts";
import { trace2skill } from "../../support/command-line.ts";
import { temporaryFolder } from "../../support/temporary.ts";

test.each(["test", "all"])("invariant 9: distill refuses a run that holds test tasks (split %s)", async (split) => {
  const cwd = await temporaryFolder();
  const asked = manifest();
  await createRun(join(cwd, "run"), {
    ...asked,
    benchmark: { ...asked.benchmark, split, taskIds: ["totals-by-group-1"] },
  });
  writeTrial(join(cwd, "run"), trial());
  const { code, err } = await trace2skill(["distill", "run", "--out", "distilled", "--error-analyst", "single-call"], {
    cwd,
  });
  expect(err).toMatch(new RegExp(`holds trials of the split "${split}".*evolve split only`));
  expect(code).toBe(1);
});

test.each([
  ["wikitq", "ood", /--split dev/],
  ["hitab", "test", /--split train/],
  ["aime-2024", "test", /All of its tasks are for judging/],
])("a refused run of %s is told a split that there is", async (name, split, way) => {
  const cwd = await temporaryFolder();
  const asked = manifest();
  const taskIds = ["totals-by-group-1"];
  await createRun(join(cwd, "run"), { ...asked, benchmark: { ...asked.benchmark, name, split, taskIds } });
  writeTrial(join(cwd, "run"), trial());
  const { err } = await trace2skill(["distill", "run", "--out", "distilled", "--error-analyst", "single-call"], {
    cwd,
  });
  expect(err).toMatch(way);
});

test("invariant 9: of a run of both halves, distill leaves the test tasks out and says so", async () => {
  const cwd = await temporaryFolder();
  const ids = ["totals-by-group-1", "totals-by-group-2"];
  const asked = manifest();
  await createRun(join(cwd, "run"), {
    ...asked,
    benchmark: { ...asked.benchmark, split: "all", taskIds: ids, sealed: ["totals-by-group-2"] },
  });
  for (const id of ids) writeTrial(join(cwd, "run"), trial({ task: task({ id }) }));
  const { out, err, code } = await trace2skill(
    ["distill", "run", "--out", "distilled", "--error-analyst", "single-call", "--lessons", "success", "--json"],
    { cwd },
  );
  expect(code, err).toBe(0);
  expect(err).toMatch(/1 of 2 trials are of test tasks and left out/);
  expect(JSON.parse(out).stages.trials).toBe(1);
});

test("invariant 9: a choice of tasks from the test half makes a test run, whichever split was asked for", async () => {
  const cwd = await temporaryFolder();
  const run = [
    "run",
    "sample-spreadsheet",
    "--tasks",
    "totals-by-group-2",
    "--model",
    "sim/small",
    "--out",
    "run",
    "--json",
  ];
  const { out, err } = await trace2skill(run, { cwd });
  expect(JSON.parse(out).summary.split, err).toBe("test");
});

test("invariant 9: a manifest that claims the evolve split for test tasks is refused by the benchmark's own word", async () => {
  const cwd = await temporaryFolder();
  const asked = manifest();
  const ids = ["totals-by-group-2"];
  await createRun(join(cwd, "run"), {
    ...asked,
    benchmark: { ...asked.benchmark, split: "evolve", taskIds: ids, sealed: [] },
  });
  for (const id of ids) writeTrial(join(cwd, "run"), trial({ task: task({ id }) }));

  const { code, err } = await trace2skill(["distill", "run", "--start", "none", "--out", "distilled"], { cwd });

  expect(err).toMatch(/1 of the tasks are of the test half of sample-spreadsheet, such as totals-by-group-2/);
  expect(code).toBe(1);
});
