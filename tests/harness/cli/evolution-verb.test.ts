import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readDistillation } from "../../../distill/store.ts";
import { readSkill } from "../../../harness/skill/read.ts";
import { trace2skill } from "../../support/command-line.ts";
import { distilled, evolveRun, readSelection } from "../../support/evolution.ts";

const SKILL = join("skill", "sample-spreadsheet-skill");
const SEEDS = ["--evolution-seeds", "41,42"];
const folder = evolveRun("0:8");

test("two seeds are two distillations; the best on train lies where a plain one would, and is known to have learned", {
  timeout: 300_000,
}, async () => {
  const cwd = await folder();
  const { code, err, told } = await distilled(cwd, "train", SEEDS);
  expect(code, err).toBe(0);

  const selection = await readSelection(cwd, "train");
  const { seeds, candidates, choice, used } = { ...selection, seeds: selection.candidates.map(({ seed }) => seed) };
  expect(seeds).toEqual([41, 42]);
  // Seeds reach the model: with one seed for all, the two would be one and the same.
  expect(new Set(candidates.map(({ skill }) => skill.hash)).size).toBeGreaterThan(1);
  expect(candidates.map(({ score }) => [score?.on, score?.tasks])).toEqual(Array(2).fill(["train", 8]));
  const best = Math.max(...candidates.map(({ score }) => score?.mean ?? -1));
  expect(candidates.find(({ seed }) => choice.kind === "chosen" && seed === choice.seed)?.score?.mean).toBe(best);
  expect(selection.overSeeds?.seeds).toBe(2);

  const winner = await readDistillation(join(cwd, "train"));
  expect(used).toMatchObject({ kind: "distilled", seed: winner.options.seed, skill: { hash: winner.skill.hash } });
  expect((await readSkill(join(cwd, "train", SKILL))).hash).toBe(winner.skill.hash);
  expect(told().paths.skill).toBe(join(cwd, "train", SKILL));

  const again = await trace2skill(
    [
      "run",
      "sample-spreadsheet",
      "--split",
      "evolve",
      "--tasks",
      "0:2",
      "--skill",
      join("train", SKILL),
      "--out",
      "again",
      "--json",
    ],
    { cwd },
  );
  expect(JSON.parse(again.out).summary.learned, again.err).toBe(2);
});

test("given again, the command makes no call and writes the same bytes", { timeout: 300_000 }, async () => {
  const cwd = await folder();
  await distilled(cwd, "train", SEEDS);
  const before = await readFile(join(cwd, "train", "selection.json"), "utf8");

  const { told } = await distilled(cwd, "train", SEEDS);

  expect(told().calls).toEqual({ made: 0, fromJournal: 0 });
  expect(await readFile(join(cwd, "train", "selection.json"), "utf8")).toBe(before);
});

test("validation: the distiller never sees the trials of tasks that are held back, and candidates are scored on those alone", {
  timeout: 300_000,
}, async () => {
  const cwd = await folder();
  const { code, err } = await distilled(cwd, "validation", [
    ...SEEDS,
    "--select",
    "validation",
    "--validation-share",
    "0.25",
  ]);
  expect(code, err).toBe(0);

  const { split, candidates, learned } = await readSelection(cwd, "validation");
  expect([split.train.length, split.validation.length, split.gate.length]).toEqual([6, 2, 0]);
  for (const { path, score } of candidates) {
    const { analyses } = await readDistillation(join(cwd, "validation", path));
    expect(analyses.map(({ task }) => task).sort()).toEqual(split.train);
    expect(score).toMatchObject({ on: "validation", tasks: 2 });
  }
  // What chose the skill is no held-out task for it either.
  expect(learned).toEqual([...split.train, ...split.validation].sort());
});

test("none: all are reported with mean and spread, and no skill is put in place", { timeout: 300_000 }, async () => {
  const cwd = await folder();
  const { code, err, told } = await distilled(cwd, "none", [...SEEDS, "--select", "none"]);
  expect(code, err).toBe(0);

  const { choice, overSeeds, used } = await readSelection(cwd, "none");
  expect([choice.kind, used.kind, overSeeds?.seeds]).toEqual(["all", "none", 2]);
  expect(overSeeds?.spread).not.toBeNull();
  expect(told().paths.candidates).toHaveLength(2);
  expect(await readdir(join(cwd, "none"))).not.toContain("skill");
});

test("a dry run tells what is then done, and neither calls nor writes", { timeout: 300_000 }, async () => {
  const cwd = await folder();
  const { code, told } = await distilled(cwd, "dry", [
    ...SEEDS,
    "--select",
    "validation",
    "--gate",
    "--validation-share",
    "0.5",
    "--dry-run",
  ]);

  expect(code).toBe(0);
  // 4 tasks held back: 2 for each of 2 candidates, and 2 for both arms of the gate.
  expect(told()).toMatchObject({
    dryRun: true,
    distillations: 2,
    trials: 2 * 2 + 2 * 2,
    held: { train: 4, validation: 2, gate: 2 },
  });
  expect(told().calls).toBeGreaterThan(10);
  expect(await readdir(cwd)).not.toContain("dry");
});

test("a folder that holds a plain distillation is not written over", { timeout: 300_000 }, async () => {
  const cwd = await folder();
  await distilled(cwd, "plain", ["--lessons", "success"]);

  const { code, err } = await distilled(cwd, "plain", SEEDS);

  expect(code).toBe(1);
  expect(err).toMatch(/holds a distillation that was made without --evolution-seeds/);
});
