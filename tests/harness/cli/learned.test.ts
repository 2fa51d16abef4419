import { join } from "node:path";
import { expect, test } from "vitest";
import { trace2skill } from "../../support/command-line.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const run = (...rest: string[]) => ["run", "sample-spreadsheet", "--model", "sim/large", "--json", ...rest];

test("a skill tried on the tasks that it was distilled from is told apart from one tried on others", async () => {
  const cwd = await temporaryFolder();
  await trace2skill(run("--split", "evolve", "--tasks", "0:6", "--out", "evolve"), { cwd });
  const distilled = await trace2skill(["distill", "evolve", "--out", "d", "--model", "sim/large", "--json"], { cwd });
  expect(distilled.code, distilled.err).toBe(0);
  const skill = JSON.parse(distilled.out).paths.skill as string;

  const same = await trace2skill(run("--split", "evolve", "--tasks", "0:8", "--skill", skill, "--out", "same"), {
    cwd,
  });
  const other = await trace2skill(run("--split", "test", "--tasks", "0:4", "--skill", skill, "--out", "other"), {
    cwd,
  });
  const compared = await trace2skill(["compare", "--force", "evolve", "same"], { cwd });

  expect(JSON.parse(same.out).summary.learned).toBe(6);
  expect(JSON.parse(other.out).summary.learned).toBe(0);
  expect(compared.out).toMatch(/distilled from 6 of (these|the) 8\s+tasks: no held-out\s+score/);
});

test("a run is scored again by other rules, all or nothing, and its folder says by which", async () => {
  const cwd = await temporaryFolder();
  await trace2skill(run("--split", "evolve", "--tasks", "0:2", "--out", "run"), { cwd });

  const wrong = await trace2skill(["score", "run", "--recalculate", "libreoffice"], { cwd });
  const again = await trace2skill(["score", "run", "--json"], { cwd });

  expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining("sample-spreadsheet knows no --recalculate") });
  expect(JSON.parse(again.out)).toMatchObject({ changed: 0, summary: { scorer: "spreadsheet-cells/trace2skill" } });
  const resumed = await trace2skill(run("--split", "evolve", "--tasks", "0:2", "--out", "run"), { cwd });
  expect(JSON.parse(resumed.out).calls, resumed.err).toEqual({ made: 0, fromJournal: 0 });
  expect(JSON.parse(resumed.out).paths.run).toBe(join(cwd, "run"));
});
