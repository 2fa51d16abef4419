import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeSkill } from "../../../harness/skill/write.ts";
import { trace2skill } from "../../support/command-line.ts";
import { skill } from "../../support/distill-builders.ts";
import { distilledFolder } from "../../support/distilled.ts";
import { temporaryFolder } from "../../support/temporary.ts";

/** The commands under "Example" of a verb's help, without the program's name. */
async function examplesOf(...verb: string[]): Promise<string[][]> {
  const { out } = await trace2skill([...verb, "--help"]);
  const [, examples = ""] = out.split(/Examples?:\n/);
  return examples
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).slice(1));
}

test.each(["show", "lineage", "diff", "lint"])(
  "the examples in the help of skill %s work as they stand",
  async (verb) => {
    const cwd = await temporaryFolder();
    await distilledFolder(join(cwd, "runs/demo/distilled/combined"));
    await distilledFolder(join(cwd, "runs/demo/distilled/error"));
    await writeSkill(skill(), join(cwd, "runs/demo/distilled/combined/skill/weak"));
    const folder = await distilledFolder(join(cwd, "runs/demo/distilled/combined"));
    const examples = await examplesOf("skill", verb);

    expect(examples.length).toBeGreaterThan(0);
    for (const args of examples) {
      // The demo's skill has a name of its own; line 12 of ours is of the start skill, so the first added one is taken.
      const own = args.map((arg) =>
        arg.endsWith("spreadsheet-work") ? folder.skillPath : arg.replace("SKILL.md:12", "SKILL.md:20"),
      );
      const { code, out, err } = await trace2skill(own, { cwd });
      expect(code, `${args.join(" ")}\n${out}\n${err}`).toBe(0);
    }
  },
);

test("skill lineage of a distillation's folder, and of its skill's, accounts for every line and lesson", async () => {
  const cwd = await temporaryFolder();
  const { skillPath } = await distilledFolder(join(cwd, "out"));
  await writeSkill(skill(), join(cwd, "start"));

  const whole = await trace2skill(["skill", "lineage", "out", "--start", "start", "--json"], { cwd });
  const report = JSON.parse(whole.out);
  expect(whole.code, whole.err).toBe(0);
  expect(Object.keys(report)).toEqual(["authors", "lines", "lessons", "orphanLines", "fatelessLessons"]);
  expect([report.orphanLines, report.fatelessLessons, report.lessons.length]).toEqual([[], [], 5]);

  const first = report.lines.find(({ text }: { text: string }) => text === "- Look at the last row.");
  const one = await trace2skill(["skill", "lineage", skillPath, `SKILL.md:${first.line}`, "--json"], { cwd });
  expect(JSON.parse(one.out)).toMatchObject({ lines: [first], lessons: [{ id: "run/t1.1#1", steps: [1, 2] }] });
});

test.each([
  [["SKILL.md"], 2, /expected FILE:LINE such as SKILL.md:12/],
  [["SKILL.md:0"], 2, /lines count from 1/],
  [["gone.md:1"], 1, /the skill has no file gone.md; it has SKILL.md, references\/dates.md/],
  [["SKILL.md:999"], 1, /SKILL.md has 34 lines, asked for was line 999/],
  [["SKILL.md:8"], 1, /SKILL.md:8 is a line of the start skill.*the nearest that a lesson wrote is SKILL.md:20/],
  [["--run", "nowhere"], 1, /--run nowhere is no run folder/],
  [["--start", "out/skill/weak"], 1, /is not the skill that was started from: expected hash/],
])("skill lineage out %s is told what is wrong", async (args, code, message) => {
  const cwd = await temporaryFolder();
  await distilledFolder(join(cwd, "out"));

  const ended = await trace2skill(["skill", "lineage", "out", ...args], { cwd });

  expect({ code: ended.code, out: ended.out }).toEqual({ code, out: "" });
  expect(ended.err).toMatch(message);
});

test("a skill that was changed by hand has no lineage, is shown without support, and differs with a note", async () => {
  const cwd = await temporaryFolder();
  const { skillPath } = await distilledFolder(join(cwd, "out"));
  await distilledFolder(join(cwd, "other"));
  await writeFile(join(skillPath, "references/dates.md"), "# Dates\n\nBy hand.\n");

  const lineage = await trace2skill(["skill", "lineage", "out"], { cwd });
  expect([lineage.code, lineage.err]).toEqual([
    1,
    expect.stringMatching(/is not the skill that .* tells of .*distill again/),
  ]);
  const shown = await trace2skill(["skill", "show", "out"], { cwd });
  expect(shown.err).toMatch(/note: .*no support is shown/);
  expect(shown.out).toMatch(/No distillation tells of this skill/);
  const diff = await trace2skill(["skill", "diff", "other", "out"], { cwd });
  expect(diff.out).toContain("-- Write dates as dates.\n+By hand.");
  expect(diff.err).toMatch(/its lessons are not shown/);
});

test("skill diff of equal skills says so, and --json is one document", async () => {
  const cwd = await temporaryFolder();
  await distilledFolder(join(cwd, "one"));
  await distilledFolder(join(cwd, "other"));

  const text = await trace2skill(["skill", "diff", "one", "other"], { cwd });
  const json = await trace2skill(["skill", "diff", "one", "other", "--json"], { cwd });

  expect(text.out).toBe("no difference\n");
  expect(JSON.parse(json.out)).toMatchObject({ files: [], lessons: [] });
});

test("a folder without a distillation is told how to make one", async () => {
  const cwd = await temporaryFolder();
  await writeSkill(skill(), join(cwd, "weak"));

  const { code, err } = await trace2skill(["skill", "lineage", "weak"], { cwd });

  expect(code).toBe(1);
  expect(err).toMatch(/^error: weak: expected the folder of a distillation, or of its skill.*trace2skill distill RUN/);
});

test("skill lint takes the folder of a distillation for its skill, and of a folder without SKILL.md tells that alone", async () => {
  const cwd = await temporaryFolder();
  const { skillPath } = await distilledFolder(join(cwd, "out"));
  await writeFile(join(cwd, "out/notes.md"), "# Notes\n\nText.\n");

  const whole = await trace2skill(["skill", "lint", "out"], { cwd });
  const own = await trace2skill(["skill", "lint", skillPath], { cwd });
  await mkdir(join(cwd, "plain"));
  await writeFile(join(cwd, "plain/notes.txt"), "Text.\n");
  const other = await trace2skill(["skill", "lint", "plain"], { cwd });

  expect([whole.code, whole.out]).toEqual([own.code, own.out]);
  expect([other.code, other.out.split("\n")]).toEqual([
    1,
    [expect.stringContaining("skill-md"), "1 error, 0 warnings", ""],
  ]);
});

test("names of files in a skill of strangers steer no terminal", async () => {
  const cwd = await temporaryFolder();
  await writeSkill(skill(undefined, { "references/\u001b[31mred.md": "# A \u001b[2J\n\nText.\n" }), join(cwd, "weak"));
  await distilledFolder(join(cwd, "out"));

  for (const args of [
    ["lint", "weak"],
    ["show", "weak"],
    ["diff", "out", "weak"],
    ["lineage", "out", "\u001b[31m:1"],
  ]) {
    const { out, err } = await trace2skill(["skill", ...args], { cwd });
    expect(out + err).toContain("\ufffd");
    expect(out + err).not.toContain("\u001b");
  }
});
