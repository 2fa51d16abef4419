import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { AblationPlan, AblationReport } from "../../../reports/ablation.ts";
import { trace2skill } from "../../support/command-line.ts";
import { distilledFolder } from "../../support/distilled.ts";

/** One experiment for all tests here: a distilled skill, and a run of six tasks with it. */
let cwd = "";
let skillPath = "";

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "trace2skill-test-"));
  ({ skillPath } = await distilledFolder(join(cwd, "runs/distilled")));
  const { code, err } = await run("evolve", "evolve-with-skill", "0:6", skillPath);
  expect(code, err).toBe(0);
  return () => rm(cwd, { recursive: true, force: true });
}, 120_000);

function run(split: string, out: string, tasks: string, skill: string | null) {
  const given = skill === null ? [] : ["--skill", skill];
  const args = ["--split", split, "--tasks", tasks, "--model", "sim/large", ...given, "--out", `runs/${out}`];
  return trace2skill(["run", "sample-spreadsheet", ...args], { cwd });
}

const ablate = (...args: string[]) => trace2skill(["ablate", "runs/distilled", "--run", ...args], { cwd });

test("the examples in the help work as they stand", { timeout: 300_000 }, async () => {
  const { out } = await trace2skill(["ablate", "--help"]);
  const examples = (out.split("Examples:\n")[1] ?? "").trim().split("\n");

  expect(examples).toHaveLength(2);
  for (const line of examples) {
    const ended = await trace2skill(line.trim().split(/\s+/).slice(1), { cwd });
    expect(ended.code, `${line}\n${ended.err}`).toBe(0);
  }
});

test("a dry run prints the cost and makes nothing", async () => {
  const { code, out, err } = await ablate("runs/evolve-with-skill", "--dry-run", "--out", "runs/dry", "--json");

  expect(code, err).toBe(0);
  const plan = AblationPlan.parse(JSON.parse(out));
  expect(plan.units.map(({ title }) => title)).toEqual([
    "Keep formulas; and 1 more",
    "Dates as dates",
    "Look at the end",
  ]);
  expect(plan).toMatchObject({ by: "lesson", tasks: 6, sizes: [5, 6], trials: { least: 15, most: 18 }, left: [] });
  expect(plan.calls.most).toBeGreaterThan(18);
  expect(plan.tokens.most).toBeGreaterThan(plan.tokens.least);
  expect(existsSync(join(cwd, "runs/dry"))).toBe(false);
});

test("each lesson gets a worth with an interval, and the same command again pays for nothing", {
  timeout: 300_000,
}, async () => {
  const manifestPath = join(cwd, "runs/evolve-with-skill/manifest.json");
  const manifest = JSON.parse(await readFile(manifestPath, "utf8"));
  const learned: string[] = manifest.benchmark.taskIds.slice(0, 2);
  await writeFile(manifestPath, JSON.stringify({ ...manifest, benchmark: { ...manifest.benchmark, learned } }));
  const args = ["runs/evolve-with-skill", "--out", "runs/ablated", "--json"];
  const first = await ablate(...args);
  const second = await ablate(...args);

  expect(first.code, first.err).toBe(0);
  const [one, two] = [JSON.parse(first.out), JSON.parse(second.out)];
  expect(one.calls.made).toBeGreaterThan(0);
  expect(two.calls.made).toBe(0);
  expect(two.report).toEqual(one.report);
  const report = AblationReport.parse(JSON.parse(await readFile(one.paths.ablation, "utf8")));
  expect(report).toMatchObject({ by: "lesson", simulated: true, reportOnly: false, baseline: { tasks: 6 } });
  expect(report.units).toHaveLength(3);
  // What the skill was distilled from, every part of it was as well.
  expect(report.learned).toBe(2);
  for (const { id } of report.units) {
    const part = await readFile(join(cwd, "runs/ablated", id, "evolve-with-skill/manifest.json"), "utf8");
    const { benchmark } = JSON.parse(part);
    expect(benchmark.learned).toEqual(benchmark.taskIds.filter((task: string) => learned.includes(task)));
  }
  for (const { worth, interval, tasks, trials, verdict, lessons } of report.units) {
    expect(interval?.low).toBeLessThanOrEqual(worth ?? 9);
    expect(interval?.high).toBeGreaterThanOrEqual(worth ?? -9);
    expect(tasks).toBe(trials);
    expect(["worth", "harms", "futile", "undecided"]).toContain(verdict);
    expect(lessons.length).toBeGreaterThan(0);
  }
});

test("the runs of variants know which tasks the skill learned from, as the recorded run does", {
  timeout: 300_000,
}, async () => {
  await cp(join(cwd, "runs/evolve-with-skill"), join(cwd, "runs/learned"), { recursive: true });
  const path = join(cwd, "runs/learned/manifest.json");
  const manifest = JSON.parse(await readFile(path, "utf8"));
  const learned = manifest.benchmark.taskIds;
  await writeFile(path, JSON.stringify({ ...manifest, benchmark: { ...manifest.benchmark, learned } }));

  const { code, out, err } = await ablate("runs/learned", "--out", "runs/variants", "--max-trials", "5", "--json");

  expect(code, err).toBe(0);
  const [unit] = JSON.parse(out).report.units;
  const variant = await readFile(join(cwd, "runs/variants", unit.id, "learned", "manifest.json"), "utf8");
  const { benchmark } = JSON.parse(variant);
  expect(benchmark.taskIds).toHaveLength(5);
  expect(benchmark.learned).toEqual(benchmark.taskIds);
});

test("the most trials allowed are kept, those that were made before included", { timeout: 300_000 }, async () => {
  const args = ["runs/evolve-with-skill", "--out", "runs/capped", "--max-trials", "12", "--json"];
  const [first, second] = [await ablate(...args), await ablate(...args)];

  const { report } = JSON.parse(second.out);
  expect(report).toEqual(JSON.parse(first.out).report);
  expect(
    report.units.map(({ trials, verdict }: AblationReport["units"][number]) => [trials, verdict === "capped"]),
  ).toEqual([
    [5, false],
    [5, false],
    [0, true],
  ]);
});

test("a run without the skill, of test tasks, or with another model is refused before a call is made", {
  timeout: 300_000,
}, async () => {
  await run("evolve", "without", "0:2", null);
  await run("test", "test-with-skill", "0:2", skillPath);

  const none = await ablate("runs/without");
  expect([none.code, none.err]).toEqual([1, expect.stringMatching(/was made with no skill, to be ablated is weak/)]);
  const sealed = await ablate("runs/test-with-skill");
  expect([sealed.code, sealed.err]).toEqual([1, expect.stringMatching(/holds 2 trials of test tasks.*--report-only/)]);
  const other = await ablate("runs/evolve-with-skill", "--out", "runs/small", "--model", "sim/small");
  expect([other.code, other.err]).toEqual([
    1,
    expect.stringMatching(/differ in more than the skill: model \(sim\/large, sim\/small\)/),
  ]);
  const shown = await ablate("runs/test-with-skill", "--report-only", "--by", "section", "--max-trials", "2");
  expect(shown.code, shown.err).toBe(0);
  expect(shown.out).toMatch(/Test tasks are among these: for a report only/);
});

test("a skill without a distillation is ablated by section only", async () => {
  const hand = join(cwd, "hand/weak");
  await cp(skillPath, hand, { recursive: true });

  const lesson = await trace2skill(["ablate", hand, "--run", "runs/evolve-with-skill", "--by", "lesson"], { cwd });
  expect([lesson.code, lesson.err]).toEqual([1, expect.stringMatching(/Take out sections: --by section/)]);
  const section = await trace2skill(["ablate", hand, "--run", "runs/evolve-with-skill", "--dry-run"], { cwd });
  expect(section.out).toMatch(/^section to take out/);
});

test("a run given twice, and a folder that holds a run, are refused before a call is made", async () => {
  const twice = await ablate("runs/evolve-with-skill", "runs/evolve-with-skill", "--dry-run");
  expect([twice.code, twice.err]).toEqual([1, expect.stringMatching(/both hold task .*, which would count twice/)]);
  const taken = await ablate("runs/evolve-with-skill", "--out", "runs/evolve-with-skill");
  expect([taken.code, taken.err]).toEqual([1, expect.stringMatching(/holds a run or a distillation/)]);
});

test("the sandbox asked for is the one that variants are tried in: another than the run's own is refused", async () => {
  const { code, err } = await ablate(
    "runs/evolve-with-skill",
    "--sandbox-limits",
    "processes=64",
    "--out",
    "runs/held",
  );
  const wrong = await ablate("runs/evolve-with-skill", "--sandbox", "jail");

  expect(code).toBe(1);
  expect(err).toMatch(/differ in more than the skill: sandbox \("bubblewrap\/\d+", "bubblewrap\/\d+ processes=64"\)/);
  expect(wrong.code).toBe(2);
});
