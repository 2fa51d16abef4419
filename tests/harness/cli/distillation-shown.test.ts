import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { Distillation } from "../../../distill/documents.ts";
import { shownDistillation } from "../../../harness/cli/distillation-shown.ts";
import { SetupError } from "../../../harness/errors.ts";
import { FORMAT_VERSION } from "../../../harness/records.ts";
import { writeSkill } from "../../../harness/skill/write.ts";
import { skill as skillOf } from "../../support/distill-builders.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const skill = skillOf();

function distilled(parts: { path?: string; files?: string[]; line?: string } = {}) {
  const { path = "skill/weak", files = ["SKILL.md"], line = "SKILL.md" } = parts;
  const count = 0;
  return {
    version: FORMAT_VERSION,
    kind: "distillation",
    name: "weak",
    options: { lessons: "error", errorAnalyst: "agentic", fanIn: 2, routeSupport: 2, maxSkillLines: 500, seed: 1 },
    fingerprint: {
      trials: "",
      start: null,
      model: "m",
      endpoint: "e",
      simulated: true,
      sampling: {},
      prompts: "",
      benchmark: null,
      sandbox: null,
    },
    skill: { name: "weak", hash: skill.hash, path, skillLines: 1, files },
    stages: {
      trials: count,
      analysed: count,
      skipped: count,
      failed: count,
      lessons: count,
      lessonsKept: count,
      patchesPerLevel: [],
      editsPerLevel: [],
      editsProposed: count,
      editsMerged: count,
      editsApplied: count,
      editsRouted: count,
      editsRejected: count,
      faults: count,
    },
    usage: {},
    analyses: [],
    lessons: [],
    edits: [
      {
        id: "e",
        body: { op: "append_to_section", file: "SKILL.md", section: "Reading", content: "x" },
        lessons: ["l"],
        tasks: ["t"],
        support: 1,
        origin: { kind: "proposed", patch: "p", trial: "r/t.1" },
        fate: { kind: "applied", file: "SKILL.md", lines: 1 },
      },
    ],
    merges: [],
    lines: [{ file: line, line: 8, edits: ["e"] }],
    problems: [],
    notices: [],
  };
}

let folder = "";
beforeEach(async () => {
  folder = await temporaryFolder();
});

test("the skill's lines are read from where the document says", async () => {
  await writeSkill(skill, join(folder, "skill/weak"));

  const shown = await shownDistillation(folder, Distillation.parse(distilled()), "d");

  expect(shown.skill.hash).toBe(skill.hash);
  expect(shown.lines).toMatchObject([{ file: "SKILL.md", text: "Work carefully." }]);
});

describe("a document of strangers", () => {
  test.each([
    ["a skill elsewhere", { path: "../../../etc" }],
    ["a skill at the root", { path: "/etc" }],
    ["a file elsewhere", { files: ["../../../etc/passwd"] }],
    ["a line of a file elsewhere", { line: "references/../../x" }],
  ])("that names %s is not read", (_, parts) => {
    expect(Distillation.safeParse(distilled(parts)).success).toBe(false);
  });

  test("whose skill is another than the document speaks of is refused", async () => {
    await writeSkill(skill, join(folder, "skill/weak"));
    await mkdir(join(folder, "skill/weak/references"));
    await writeFile(join(folder, "skill/weak/references/new.md"), "new");

    const shown = shownDistillation(folder, Distillation.parse(distilled()), "d");

    await expect(shown).rejects.toThrow(SetupError);
    await expect(shown).rejects.toThrow(/has changed since it was distilled/);
  });

  test("that names a file which the skill does not have shows no lines of it", async () => {
    await writeSkill(skill, join(folder, "skill/weak"));

    const shown = await shownDistillation(
      folder,
      Distillation.parse(distilled({ files: ["passwd"], line: "passwd" })),
      "d",
    );

    expect(shown.lines).toEqual([]);
  });
});
