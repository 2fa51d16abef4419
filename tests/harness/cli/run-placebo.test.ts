import { join } from "node:path";
import { expect, test } from "vitest";
import { skillAsked } from "../../../harness/cli/placebo-asked.ts";
import { readRun } from "../../../harness/run/store.ts";
import { readSkill } from "../../../harness/skill/read.ts";
import { skillBody } from "../../../harness/skill/skill.ts";
import { trace2skill } from "../../support/command-line.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const SKILL = join(import.meta.dirname, "../../../distill/seeds/spreadsheet-work");
const run = (out: string, ...more: string[]) => [
  ...["run", "sample-spreadsheet", "--tasks", "totals-by-group-2", "--model", "sim/large", "--out", out, "--json"],
  ...more,
];

test("run --placebo gives the agent a placebo, labels the arm, says so in the manifest, resumes, and is compared with its skill", async () => {
  const cwd = await temporaryFolder();
  const asked = run("placebo", "--skill", SKILL, "--placebo", "same-length");
  const first = await trace2skill(asked, { cwd });
  expect(first.code, first.err).toBe(0);

  const skill = await readSkill(SKILL);
  const { manifest, trials } = await readRun(join(cwd, "placebo"));
  expect(manifest.arm).toBe("spreadsheet-work (placebo same-length)");
  expect(manifest.skill?.placebo).toEqual({ kind: "same-length", seed: 1, of: skill.hash });
  expect(manifest.fingerprint.skill).toBe(manifest.skill?.hash);
  expect(manifest.skill?.hash).not.toBe(skill.hash);

  const placebo = await readSkill(manifest.skill?.path ?? "");
  expect(placebo.hash).toBe(manifest.skill?.hash);
  const prompt = trials[0]?.trajectory?.prompt.map(({ content }) => content).join("\n") ?? "";
  expect(prompt).toContain(skillBody(placebo).split("\n").at(-1));
  expect(prompt).not.toMatch(/Use Python for anything|placebo/);

  const again = JSON.parse((await trace2skill(asked, { cwd })).out);
  expect(again.calls.made).toBe(0);
  expect(again.summary.placebo).toEqual(manifest.skill?.placebo);

  expect((await trace2skill(run("skill", "--skill", SKILL), { cwd })).code).toBe(0);
  const compared = await trace2skill(["compare", "placebo", "skill", "--json"], { cwd });
  expect(JSON.parse(compared.out).differences[0].baseline.arm).toBe("spreadsheet-work (placebo same-length)");
});

test.each(["same-length", "shuffled", "other-domain"] as const)(
  "--placebo %s is given under its name and mark; shuffled words alone come from the tasks that its skill learned from",
  async (kind) => {
    const directory = await temporaryFolder();
    const { skill, learned, label } = await skillAsked({ skill: SKILL, placebo: kind, placeboSeed: 7 }, directory);
    const { hash, name } = await readSkill(SKILL);

    expect(label).toBe(`spreadsheet-work (placebo ${kind})`);
    expect(skill?.placebo).toEqual({ kind, seed: 7, of: hash });
    expect(skill?.skill.hash).not.toBe(hash);
    expect(skill?.path).toBe(join(directory, "placebo", skill?.skill.hash.slice(0, 12) ?? "", name));
    expect(learned).toEqual(kind === "shuffled" ? [] : undefined);
  },
);

test("a placebo of nothing, and a seed without a placebo, are told before anything is read or written", async () => {
  const cwd = await temporaryFolder();
  for (const [more, message] of [
    [["--placebo", "shuffled"], /--placebo stands in for a skill: say which with --skill DIR/],
    [["--skill", SKILL, "--placebo-seed", "3"], /--placebo-seed says how --placebo is made: give it too/],
    [["--skill", SKILL, "--placebo", "sugar"], /same-length, shuffled, other-domain/],
  ] as const) {
    const refused = await trace2skill(run("out", ...more), { cwd });
    expect(refused.code).toBe(2);
    expect(refused.err).toMatch(message);
  }
  await expect(readRun(join(cwd, "out"))).rejects.toThrow();
});
