import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { trace2skill } from "../../../support/command-line.ts";
import { SMALL } from "../../../support/experiment-run.ts";
import { temporaryFolder } from "../../../support/temporary.ts";

const SLOW = 240_000;

test("--dry-run tells what is left and writes nothing; a budget stops it and the same command goes on", {
  timeout: SLOW,
}, async () => {
  const root = await temporaryFolder();
  const file = join(root, "mine.json");
  await writeFile(file, JSON.stringify(SMALL));
  const command = (...more: string[]) =>
    trace2skill(["experiment", file, "--out", join(root, "out"), "--json", ...more]);
  const planned = await command("--dry-run");
  expect(planned.code).toBe(0);
  expect(JSON.parse(planned.out)).toMatchObject({
    dryRun: true,
    units: { total: 4, done: 0, left: 4 },
    trials: { total: 4, done: 0, left: 4 },
    distillations: { total: 1, left: 1 },
    measuredTrials: 0,
  });
  expect(await readdir(root)).toEqual(["mine.json"]);

  const stopped = await command("--max-tokens-total", "12000");
  expect(stopped.code).toBe(4);
  expect(stopped.err).toContain("Stopped at the limit");
  const left = JSON.parse((await command("--dry-run")).out);
  expect(left.trials.done).toBeGreaterThan(0);
  expect(left.measuredTrials).toBeGreaterThan(0);

  const ended = await command();
  expect(ended.code).toBe(0);
  const told = JSON.parse(ended.out);
  expect(told).toMatchObject({ units: { total: 4, ended: 4, failed: [], leftOut: [] } });
  expect(told.record).toEqual(JSON.parse(await readFile(told.paths.experiment, "utf8")));
  expect(ended.err).toMatch(/of 4 units done, \d left, 0 failing; spent/);
  expect(JSON.parse((await command("--dry-run")).out)).toMatchObject({ units: { left: 0 }, total: { calls: 0 } });
});

test("a definition that is not sound is told with its lines, as wrong use, before anything is made", {
  timeout: SLOW,
}, async () => {
  const root = await temporaryFolder();
  const file = join(root, "mine.yaml");
  await writeFile(
    file,
    "name: mine\nmodels: { a: { model: sim/large } }\nbenchmarks: {}\narms:\n  - { name: one, skill: two }\nusers: [b]\njudge: [c]\nseeds: [1]\n",
  );
  const { code, err } = await trace2skill(["experiment", file, "--out", join(root, "out")]);

  expect(code).toBe(2);
  expect(err).toContain(`${file}:5:18: arms[1].skill: there is no skill "two"; there is none`);
  expect(err).toContain(`${file}:6:9: users[1]: there is no model "b"; there are a`);
  expect(await readdir(root)).toEqual(["mine.yaml"]);
});

test("--dry-run refuses a folder that the experiment itself would refuse", { timeout: SLOW }, async () => {
  const root = await temporaryFolder();
  const file = join(root, "mine.json");
  await writeFile(file, JSON.stringify(SMALL));
  const record = { version: 1, kind: "experiment-record", definition: { ...SMALL, name: "another" } };
  await mkdir(join(root, "out"));
  await writeFile(join(root, "out", "experiment.json"), JSON.stringify({ ...record, cells: [], skills: [] }));
  const { code, err } = await trace2skill(["experiment", file, "--out", join(root, "out"), "--dry-run"]);

  expect(code).toBe(1);
  expect(err).toContain('holds the experiment "another", asked is "small"');
});

test("two experiments at once on one store make each unit once between them", { timeout: SLOW }, async () => {
  const root = await temporaryFolder();
  const file = join(root, "mine.json");
  const bare = { ...SMALL, skills: {}, arms: [{ name: "no skill" }] };
  await writeFile(file, JSON.stringify(bare));
  const command = (name: string) =>
    trace2skill(
      ["experiment", file, "--out", join(root, name), "--units", join(root, "units"), "--json"].concat([
        "--journal",
        join(root, `${name}.sqlite`),
      ]),
    );
  const [one, other] = await Promise.all([command("one"), command("other")]);

  expect([one.code, other.code], one.err + other.err).toEqual([0, 0]);
  const told = [one, other].map(({ out }) => JSON.parse(out));
  expect(told.map(({ calls }) => calls.made).toSorted((a, b) => a - b)).toEqual([0, expect.any(Number)]);
  expect(told.map(({ record }) => record.cells)).toEqual([told[0].record.cells, told[0].record.cells]);
});
