import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createRun, readRun, writeTrial } from "../../../harness/run/store.ts";
import { readSkill } from "../../../harness/skill/read.ts";
import { manifest, trial } from "../../support/builders.ts";
import { trace2skill } from "../../support/command-line.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const RELEASE = join(import.meta.dirname, "../../../../shared/data/trace2skill_run_real");

test("the recorded run becomes a run folder with its summary and its skill, and importing again changes nothing", async (ctx) => {
  if (!existsSync(RELEASE)) ctx.skip(`the recorded run is not at ${RELEASE}`);
  const out = join(await temporaryFolder(), "qwen");
  const args = ["import", "--from", "recorded", RELEASE, "--out", out, "--json"];

  const first = await trace2skill(args);
  const manifest = await readFile(join(out, "manifest.json"), "utf8");
  const again = await trace2skill(args);

  expect(first).toMatchObject({
    code: 0,
    err: expect.stringMatching(/^notice: 51 of the 151 tasks are of the official test split.*\n$/),
  });
  expect(again.out).toBe(first.out);
  expect(await readFile(join(out, "manifest.json"), "utf8")).toBe(manifest);
  const run = await readRun(out);
  expect(run.trials).toHaveLength(151);
  const { summary, paths, calls } = JSON.parse(first.out);
  expect(summary.mean).toBeCloseTo(72 / 151, 12);
  expect(calls).toEqual({ made: 0, fromJournal: 0 });
  expect(run.manifest.skill?.path).toBe(paths.skill);
  expect((await readSkill(paths.skill)).hash).toBe(run.manifest.skill?.hash);
});

test("a folder without a record, and a kind that is none, are clear errors", async () => {
  const folder = await temporaryFolder();

  const missing = await trace2skill(["import", "--from", "recorded", folder, "--out", join(folder, "run")]);
  const unknown = await trace2skill(["import", "--from", "elsewhere", folder, "--out", join(folder, "run")]);

  expect({ code: missing.code, out: missing.out }).toEqual({ code: 1, out: "" });
  expect(missing.err).toMatch(/^error: cannot find .*labeled_trajectories\.jsonl\.gz/);
  expect(unknown).toMatchObject({
    code: 2,
    err: 'error: --from must be one of atif, release, recorded, records, recorded-patches, found "elsewhere"\n',
  });
  expect(existsSync(join(folder, "run"))).toBe(false);
});

test("nothing is written into a folder that holds a run, nor by export anywhere below one", async () => {
  const cwd = await temporaryFolder();
  const run = join(cwd, "run");
  await createRun(run, manifest());
  writeTrial(run, trial());
  const before = await readRun(run);

  for (const [args, message] of [
    [["export", run, "--format", "atif", "--out", join(run, "trials")], /lies within the run/],
    [["export", run, "--format", "atif", "--out", join(run, "a", "b")], /lies within the run/],
    [["export", run, "--format", "atif", "--out", run], /holds a run or a distillation/],
    [["import", "--from", "records", "records.json", "--out", run], /holds a run or a distillation/],
    [["import", "--from", "recorded-patches", cwd, "--out", run], /holds a run or a distillation/],
  ] as const) {
    const { code, err } = await trace2skill(args, { cwd });
    expect([code, err]).toEqual([1, expect.stringMatching(message)]);
  }
  expect(await readRun(run)).toEqual(before);
});
