/** A small finished distillation: edits that the real program applied, and the document that tells of them. */
import { join } from "node:path";
import { applyEdits } from "../../distill/apply.ts";
import { Distillation } from "../../distill/documents.ts";
import type { Edit, Lesson } from "../../distill/records.ts";
import { FORMAT_VERSION } from "../../harness/records.ts";
import { writeJson } from "../../harness/run/files.ts";
import { parseSkill, type Skill } from "../../harness/skill/skill.ts";
import { writeSkill } from "../../harness/skill/write.ts";
import { lesson, skill } from "./distill-builders.ts";

/** Lessons of five tasks: one by itself, two merged, one in a reference, one dropped by its analyst. */
export const LESSONS = {
  alone: of("t1", "Look at the end"),
  one: of("t2", "Keep formulas"),
  other: of("t3", "Keep every formula"),
  rare: of("t4", "Dates as dates"),
  dropped: of("t5", "No proof"),
};

function of(task: string, title: string): Lesson {
  return lesson({ trial: `run/${task}.1`, task, title, reason: `At steps 1 and 2 it was missed.` });
}

type Fated = Distillation["edits"][number];

const EDITS = {
  alone: make("e-alone", [LESSONS.alone], {
    op: "append_to_section",
    file: "SKILL.md",
    section: "Reading",
    content: "- Look at the last row.",
  }),
  one: make("e-one", [LESSONS.one], writing("- Keep formulas.")),
  other: make("e-other", [LESSONS.other], writing("- Keep all formulas.")),
  merged: make("e-merged", [LESSONS.one, LESSONS.other], writing("- Keep every formula as it is.")),
  rare: make("e-rare", [LESSONS.rare], {
    op: "create_file",
    file: "references/dates.md",
    content: "# Dates\n\n- Write dates as dates.",
    link: "[references/dates.md](references/dates.md): read it when there are dates.",
  }),
};

function writing(content: string): Edit["body"] {
  return { op: "append_to_section", file: "SKILL.md", section: "Writing", content };
}

function make(id: string, lessons: readonly Lesson[], body: Edit["body"]): Edit {
  return { id, body, lessons: lessons.map((one) => one.id), tasks: lessons.map(({ task }) => task) };
}

/** The start skill is `base`; what is in it besides the edits' lines is of the start. */
export function distilled(base: Skill = skill()): { distillation: Distillation; skill: Skill } {
  const applied = applyEdits(base.files, [EDITS.alone, EDITS.merged, EDITS.rare]);
  const made = parseSkill(applied.files, base.name);
  const proposed = (edit: Edit, fate: Fated["fate"]): Fated => ({
    ...edit,
    support: edit.tasks.length,
    origin: { kind: "proposed", patch: `p-${edit.id}`, trial: edit.lessons[0]?.split("#")[0] ?? "" },
    fate,
  });
  const stands = ({ id, body }: Edit): Fated["fate"] => ({
    kind: "applied",
    file: body.file,
    lines: applied.lines.filter(({ edits }) => edits.includes(id)).length,
  });
  const document = {
    version: FORMAT_VERSION,
    kind: "distillation",
    name: base.name,
    options: { lessons: "error", errorAnalyst: "agentic", fanIn: 2, routeSupport: 1, maxSkillLines: 500, seed: 1 },
    fingerprint: {
      ...{ trials: "t", start: base.hash, model: "sim/large", endpoint: "simulated:1", simulated: true },
      ...{ sampling: {}, prompts: "p", benchmark: null, sandbox: null },
    },
    skill: {
      ...{ name: base.name, hash: made.hash, path: `skill/${base.name}`, skillLines: 1 },
      files: [...made.files.keys()].sort(),
    },
    stages: {
      ...{ trials: 5, analysed: 5, skipped: 0, failed: 0, lessons: 5, lessonsKept: 4 },
      ...{ patchesPerLevel: [4, 1], editsPerLevel: [4, 3], editsProposed: 4, editsMerged: 3, editsApplied: 3 },
      ...{ editsRouted: 0, editsRejected: 0, faults: 0 },
    },
    usage: {},
    analyses: Object.values(LESSONS).map(({ trial, task }) => ({
      ...{ trial, task, analyst: "error", outcome: { kind: "analysed" } },
    })),
    lessons: [
      { ...LESSONS.alone, fate: { kind: "in-skill", edits: ["e-alone"], merged: false } },
      { ...LESSONS.one, fate: { kind: "in-skill", edits: ["e-merged"], merged: true } },
      { ...LESSONS.other, fate: { kind: "in-skill", edits: ["e-merged"], merged: true } },
      {
        ...LESSONS.rare,
        fate: { kind: "in-reference", files: ["references/dates.md"], edits: ["e-rare"], merged: false },
      },
      { ...LESSONS.dropped, fate: { kind: "dropped", stage: "analyse", reason: "the fix did not pass" } },
    ],
    edits: [
      proposed(EDITS.alone, stands(EDITS.alone)),
      proposed(EDITS.one, { kind: "merged", into: ["e-merged"] }),
      proposed(EDITS.other, { kind: "merged", into: ["e-merged"] }),
      {
        ...proposed(EDITS.merged, stands(EDITS.merged)),
        origin: { kind: "merged", merge: "m-1", covers: ["e-one", "e-other"] },
      },
      proposed(EDITS.rare, stands(EDITS.rare)),
    ],
    merges: [{ id: "m-1", level: 1, index: 0, inputs: ["p-e-one", "p-e-other"], by: "model", output: "p-m" }],
    lines: applied.lines,
    problems: [],
    notices: [],
  };
  return { distillation: Distillation.parse(document), skill: made };
}

/** Writes the folder that `distill` would; returns the paths of its parts. */
export async function distilledFolder(directory: string, base?: Skill): Promise<{ skillPath: string }> {
  const { distillation, skill: made } = distilled(base);
  const skillPath = join(directory, distillation.skill.path);
  await writeSkill(made, skillPath);
  await writeJson(join(directory, "distillation.json"), distillation);
  return { skillPath };
}
