import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createRun, writeTrial } from "../../../harness/run/store.ts";
import { manifest, task, trial } from "../../support/builders.ts";
import { trace2skill } from "../../support/command-line.ts";
import { temporaryFolder } from "../../support/temporary.ts";

interface RunParts {
  readonly benchmark?: string;
  readonly family?: (index: number) => string;
  readonly simulated?: boolean;
}

/** Writes a run folder: a text a task, a digit a seed, 1 for right; `-` for a trial that our side spoilt. */
async function runFolder(directory: string, scores: readonly string[], parts: RunParts = {}): Promise<void> {
  const { benchmark = "sample-spreadsheet", family, simulated = true } = parts;
  const seeds = [...(scores[0] ?? "")].map((_, index) => 41 + index);
  const taskIds = scores.map((_, index) => `t${index}`);
  const { model } = manifest();
  await createRun(
    directory,
    manifest({
      seeds,
      model: { ...model, simulated },
      benchmark: { name: benchmark, split: "test", data: null, taskIds, metric: "pass" },
    }),
  );
  for (const [index, row] of scores.entries())
    for (const [place, seed] of seeds.entries())
      writeTrial(
        directory,
        trial({
          task: task({ id: `t${index}`, ...(family && { family: family(index) }) }),
          seed,
          score:
            row[place] === "-"
              ? { kind: "unscored", reason: "model-failed", detail: "503" }
              : { kind: "scored", value: Number(row[place]), explanation: "" },
        }),
      );
}

/** As `runFolder`, of a row of scores a task; the arm has the folder's name. */
async function gradedRun(directory: string, scores: readonly (readonly number[])[]): Promise<void> {
  const seeds = (scores[0] ?? []).map((_, index) => 41 + index);
  const taskIds = scores.map((_, index) => `t${index}`);
  const benchmark = { name: "pages", split: "test", data: null, taskIds, metric: "ANLS" };
  await createRun(directory, manifest({ seeds, benchmark }));
  for (const [index, row] of scores.entries())
    for (const [place, value] of row.entries()) {
      const score = { kind: "scored", value, explanation: "" } as const;
      writeTrial(directory, trial({ task: task({ id: `t${index}` }), seed: 41 + place, score }));
    }
}

const MIXED = ["11", "10", "01", "00", "11", "00", "10", "11"];

async function report(args: readonly string[], cwd: string) {
  const { code, out, err } = await trace2skill(["power", ...args, "--json"], { cwd });
  expect(err).toBe("");
  expect(code).toBe(0);
  return JSON.parse(out);
}

test("a run with two seeds tells its noise floor and the smallest effect that its design can show, worked by hand", async () => {
  const cwd = await temporaryFolder();
  await runFolder(join(cwd, "plain"), MIXED);

  const found = await report(["plain"], cwd);

  // Seeds of three tasks in eight differ, each with variance 1/2; two arms together: twice 3/16.
  expect(found.spread).toEqual({ seeds: expect.closeTo(0.375, 12), seedsFrom: "measured", tasks: null });
  // First seeds pass t0, t1, t4, t6 and t7, second ones t0, t2, t4 and t7: one more in eight.
  expect(found.noise).toMatchObject([{ splits: 1, seeds: 1, largest: 1 / 8, significant: 0 }]);
  expect(found.design).toEqual({ tasks: 8, seeds: 2 });
  expect(found.noiseReach).toBeCloseTo(1.959964 * Math.sqrt(0.375 / 2 / 8), 5);
  expect(found.smallestEffect).toBeGreaterThan(found.noiseReach);
  expect(found).toMatchObject({ simulated: true, wanted: null, runs: [{ seeds: [41, 42], tasks: 8 }] });
});

test("a baseline and an arm tell how much the effect differs between tasks, which more seeds do not mend", async () => {
  const cwd = await temporaryFolder();
  await runFolder(join(cwd, "plain"), ["00", "00", "00", "11", "11", "11", "00", "00"]);
  await runFolder(join(cwd, "skill"), ["11", "11", "00", "11", "00", "11", "00", "11"]);

  const found = await report(["plain", "skill", "--effect", "0.2"], cwd);

  // Differences 1, 1, 0, 0, -1, 0, 0, 1 have variance (4 - 8/16) / 7 = 0.5; seeds agree.
  expect(found.spread).toEqual({ seeds: 0, seedsFrom: "measured", tasks: expect.closeTo(0.5, 12) });
  expect(found.wanted.seeds).toBeNull();
  expect(found.evenly).toBeNull();
  expect(found.wanted.tasks).toBeGreaterThan(90);
  expect(found.wanted.tasks).toBeLessThan(110);
});

test("where the effect follows clusters, as many more tasks are needed", async () => {
  const cwd = await temporaryFolder();
  await runFolder(join(cwd, "plain"), Array<string>(12).fill("00"));
  await runFolder(
    join(cwd, "skill"),
    [..."111000111000"].map((digit) => digit.repeat(2)),
  );
  const clusters = Object.fromEntries(
    Array.from({ length: 12 }, (_, index) => [`t${index}`, `c${Math.floor(index / 3)}`]),
  );
  await writeFile(join(cwd, "clusters.json"), JSON.stringify(clusters));

  const alone = await report(["plain", "skill", "--effect", "0.3"], cwd);
  const found = await report(["plain", "skill", "--effect", "0.3", "--clusters", "clusters.json"], cwd);

  // Three tasks of a cluster always go together: they are one.
  expect(found.spread.clusters.tasksEach).toBe(3);
  // The runs' own means and noise floors are by clusters too.
  expect(found.runs.map((run: { clusters?: number }) => run.clusters)).toEqual([4, 4]);
  expect(alone.runs[0]).not.toHaveProperty("clusters");
  expect(found.wanted.tasks / alone.wanted.tasks).toBeGreaterThan(2.5);
  const { out } = await trace2skill(["power", "plain", "skill", "--clusters", "clusters.json"], { cwd });
  expect(out).toContain("between clusters of tasks, of the effect");
});

test("without a run it plans by what is assumed, and says so: tasks needed fall with seeds and with effects", async () => {
  const cwd = await temporaryFolder();

  const found = await report(["--tasks", "200", "--seeds", "3", "--agreement", "0.6", "--score", "0.3"], cwd);
  const { out } = await trace2skill(["power", "--tasks", "200", "--seeds", "1", "--effect", "0.05"], { cwd });
  const text = out.replace(/\s+/g, " ");

  expect(found.spread).toEqual({ seeds: expect.closeTo(2 * 0.21 * 0.4, 12), seedsFrom: "assumed", tasks: null });
  for (const { tasks } of found.table) {
    const needed = tasks.map((cell: { tasks: number }) => cell.tasks);
    expect(needed).toEqual(needed.toSorted((a: number, b: number) => b - a));
  }
  expect(out).toContain("no run given");
  expect(out).toContain("assumed: tasks that pass or fail, mean 50.0");
  expect(text).toContain("Taken to be the most of an effect that hurts no task: one of 5 points turns 5 in 100 tasks");
  expect(text).toMatch(/see a difference of ([\d.]+) points .*; one of [\d.]+ where it is spread evenly over tasks/);
  expect(text).toMatch(/seen with a chance of [\d.]+ %, of [\d.]+ % where it is spread evenly/);
  expect(found.evenly.smallestEffect).toBeLessThan(found.smallestEffect);
  expect(out).not.toContain("simulated");
});

test("text says what figures stand on: simulated, n, seeds, interval, fingerprint, scorer; and no line is too wide", async () => {
  const cwd = await temporaryFolder();
  await runFolder(join(cwd, "plain"), MIXED);

  const { out, code } = await trace2skill(["power", "plain", "--effect", "0.1"], { cwd });

  expect(code).toBe(0);
  expect(out).toMatch(/^simulated: /);
  expect(out.replace(/\s+/g, " ")).toMatch(
    /on sample-spreadsheet\/test: pass 56\.3, 95 % [\d.]+ to [\d.]+, 8 tasks × 2 seeds \(41, 42\), fingerprint [0-9a-f]{12}, scorer /,
  );
  expect(out).toContain("1 split of 1 against 1 seed");
  expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
});

test("one seed has no noise floor, a real model is not called simulated, and cases of a family are one task", async () => {
  const cwd = await temporaryFolder();
  await runFolder(join(cwd, "one"), ["1", "0", "1", "0"], { simulated: false });
  await runFolder(join(cwd, "families"), MIXED, { family: (index) => `f${index % 4}` });

  const { out } = await trace2skill(["power", "one"], { cwd });
  const found = await report(["families"], cwd);

  expect(out).toContain("one seed only: run a second one to see it");
  expect(out.replace(/\s+/g, " ")).toContain("assumed: seeds of a task correlated by 0.5");
  expect(out).not.toContain("simulated");
  expect(found.design).toEqual({ tasks: 4, seeds: 2 });
  // Two cases, of which one passes, are half a family: its scores need not turn whole.
  expect(found.spread.graded).toBe(true);
});

test("trials without a score are left out of the noise floor", async () => {
  const cwd = await temporaryFolder();
  await runFolder(join(cwd, "spoilt"), ["1-", "11", "10", "00"]);

  const found = await report(["spoilt"], cwd);

  expect(found.noise).toMatchObject([{ splits: 1, largest: expect.closeTo(1 / 3, 12) }]);
});

test.each([
  ["nothing to plan with", ["--tasks", "20"], 2, /give run folders, or both --tasks and --seeds/],
  ["one task only", ["single"], 1, /has 1 scored tasks, wanted 2 at least/],
  ["runs of two benchmarks", ["plain", "tables"], 1, /their spread cannot be taken together/],
  ["a folder without a run", ["nowhere"], 1, /nowhere is no run folder/],
  ["clusters without an arm", ["plain", "--clusters", "kind"], 2, /--clusters needs a baseline and an arm/],
  ["one cluster for all", ["plain", "other", "--clusters", "kind"], 1, /puts all 8 tasks in one cluster/],
  ["an effect in points", ["plain", "--effect", "5"], 2, /--effect must be a number from 0\.001 to 0\.99, found "5"/],
])("%s is told", async (_, args, exit, message) => {
  const cwd = await temporaryFolder();
  await runFolder(join(cwd, "plain"), MIXED);
  await runFolder(join(cwd, "other"), MIXED.toReversed());
  await runFolder(join(cwd, "single"), ["11"]);
  await runFolder(join(cwd, "tables"), MIXED, { benchmark: "sample-tables" });

  const { code, err, out } = await trace2skill(["power", ...args], { cwd });

  expect(code).toBe(exit);
  expect(err).toMatch(message);
  expect(out).toBe("");
});

test("with fewer than six tasks nothing is seen, for no outcome of the tests is significant; and no plan has fewer", async () => {
  const cwd = await temporaryFolder();
  const args = ["power", "--tasks", "5", "--seeds", "8", "--effect", "0.9"];

  const { out, code } = await trace2skill(args, { cwd });
  const found = JSON.parse((await trace2skill([...args, "--json"], { cwd })).out);

  expect(code).toBe(0);
  expect(out).toContain("5 tasks × 8 seeds see no difference at all");
  expect(out.replace(/\s+/g, " ")).toContain("with fewer than 6 tasks no outcome of compare is significant");
  expect(found).toMatchObject({ smallestEffect: null, wanted: { power: 0, tasks: 6, seeds: null } });
});

test("graded scores are planned with the spread that was measured: an effect need not turn whole tasks", async () => {
  const cwd = await temporaryFolder();
  const scores = (shift: number) =>
    Array.from({ length: 40 }, (_, index) =>
      [0, 0.01].map((seed) => 0.3 + (index % 7) / 20 + shift * (index % 3) + seed),
    );
  await gradedRun(join(cwd, "graded"), scores(0));
  await gradedRun(join(cwd, "arm"), scores(0.01));

  const found = await report(["graded", "arm"], cwd);

  expect(found.spread).toMatchObject({ graded: true, seedsFrom: "measured" });
  expect(found.smallestEffect).toBeLessThan(0.01);
});
