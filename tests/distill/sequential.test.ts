import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DistillOptions, distill } from "../../distill/distill.ts";
import { type Distillation, Step } from "../../distill/documents.ts";
import { lineage } from "../../distill/lineage.ts";
import type { ModelCall } from "../../harness/roles.ts";
import { readSkill } from "../../harness/skill/read.ts";
import type { Skill } from "../../harness/skill/skill.ts";
import { unseen } from "../support/builders.ts";
import { skill } from "../support/distill-builders.ts";
import { distillScript, fenced, json, type Part, type Parts } from "../support/distill-script.ts";
import { sumTrial } from "../support/sum-benchmark.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { expectWholeLineage } from "../support/whole-lineage.ts";

type Written = Record<string, unknown>;
const bullet = (content: string, section = "Reading"): Written => ({
  op: "append_to_section",
  file: "SKILL.md",
  section,
  content,
});
const stepOf = (call: ModelCall) => {
  const ids: string[] = JSON.parse(fenced(call, "lessons")[0] ?? "[]").map(({ id }: { id: string }) => id);
  return { ids, numbers: ids.map((id) => Number(/sum-(\d+)\./.exec(id)?.[1])) };
};

/** A proposer that says for the lesson of trial n what `edits[n - 1]` holds. */
function proposer(edits: readonly (readonly Written[])[], stated: readonly Written[] = []): Part {
  return (call) => {
    const { ids, numbers } = stepOf(call);
    const own = ids.flatMap((id, index) =>
      (edits[(numbers[index] ?? 0) - 1] ?? []).map((edit) => ({ lessons: [id], ...edit })),
    );
    return json({ reasoning: "", edits: own, stated: stated.filter(({ lesson }) => ids.includes(String(lesson))) });
  };
}

interface Setup {
  readonly done: Distillation;
  readonly model: ReturnType<typeof distillScript>;
  readonly options: DistillOptions;
  readonly text: string;
  readonly start: Skill;
}

async function run(parts: Parts, count: number, more: Partial<DistillOptions> = {}): Promise<Setup> {
  const model = distillScript(parts);
  const start = skill();
  const options: DistillOptions = {
    trials: Array.from({ length: count }, (_, n) => sumTrial(n + 1, 0)),
    start,
    benchmark: null,
    sandboxes: null,
    model,
    lessons: "error",
    errorAnalyst: "single-call",
    strategy: "sequential",
    seed: 1,
    name: "weak",
    directory: join(await temporaryFolder(), "out"),
    artifactsOf: () => null,
    imagesOf: () => null,
    seen: unseen,
    onEvent: () => {},
    signal: new AbortController().signal,
    ...more,
  };
  const done = await distill(options);
  await expectWholeLineage(done, options.directory, options.start);
  const made = await readSkill(join(options.directory, done.skill.path));
  return { done, model, options, start, text: new TextDecoder().decode(made.files.get("SKILL.md")) };
}

async function stepsIn(directory: string): Promise<Step[]> {
  const names = (await readdir(join(directory, "steps"))).sort();
  return Promise.all(
    names.map(async (name) => Step.parse(JSON.parse(await readFile(join(directory, "steps", name), "utf8")))),
  );
}

const fateOf = (done: Distillation, number: number) => done.lessons.find(({ task }) => task === `sum-${number}`)?.fate;
const tasksOf = ({ done, text }: Setup, line: string) =>
  lineage(done, "SKILL.md", text.split("\n").indexOf(line) + 1)?.tasks;

test("each step sees the skill as the one before left it, trial after trial in order", async () => {
  const { model, options } = await run(
    { proposer: proposer([[bullet("- One.")], [bullet("- Two.")], [bullet("- Three.")]]) },
    3,
  );
  const asked = model.asked.filter(({ caller }) => caller === "proposer");
  expect(asked.map((call) => stepOf(call).numbers)).toEqual([[1], [2], [3]]);
  expect(
    asked.map((call) => ["- One.", "- Two."].filter((line) => fenced(call, "skill-file")[0]?.includes(line)).length),
  ).toEqual([0, 1, 2]);
  expect((await stepsIn(options.directory)).map(({ outcome }) => outcome.kind)).toEqual([
    "applied",
    "applied",
    "applied",
  ]);
});

test("a batch of four trials is one step, and an edit that names none of its lessons claims the support of none", async () => {
  const unnamed = () => json({ reasoning: "", edits: [bullet("- Said by nobody.")] });
  const { done, options } = await run({ proposer: unnamed }, 6, { batch: 4 });
  expect((await stepsIn(options.directory)).map(({ trials }) => trials.length)).toEqual([4, 2]);
  expect(done.stages).toMatchObject({ steps: 2, editsProposed: 0, repaired: 2 });
});

describe("in the end the steps are consolidated", () => {
  const same = [[bullet("- Same.")], [bullet("- Rare.")], [bullet("- Same.")], [bullet("- Same.", "Writing")]];

  test("duplicates become one with the support of all, and what is rare goes to a reference", async () => {
    const setup = await run({ proposer: proposer(same) }, 4);
    const { done, text } = setup;
    expect(text.match(/- Same\./g)).toHaveLength(1);
    expect(tasksOf(setup, "- Same.")).toEqual(["sum-1", "sum-3", "sum-4"]);
    expect(text).not.toContain("- Rare.");
    expect(fateOf(done, 2)).toMatchObject({ kind: "in-reference" });
    expect(fateOf(done, 3)).toMatchObject({ kind: "in-skill", merged: true });
    expect(done.stages.editsPerLevel).toEqual([4, 4, 2]);
  });

  test("by program without a model call where that is asked for", async () => {
    const { done, model } = await run({ proposer: proposer(same) }, 4, { merge: "program" });
    expect(model.asked.filter(({ caller }) => caller === "merger")).toEqual([]);
    expect(done.merges.map(({ by }) => by)).toEqual(["program"]);
    expect(fateOf(done, 4)).toMatchObject({ kind: "in-skill", merged: true });
  });

  test("at a route support of 1 everything stays in SKILL.md", async () => {
    const { text } = await run({ proposer: proposer(same) }, 4, { routeSupport: 1 });
    expect(text).toContain("- Rare.");
  });

  test("sections that steps added go with their headings, after the section they were put after", async () => {
    const added = [
      [{ op: "add_section", file: "SKILL.md", after: "Reading", heading: "Dates", content: "- Day." }],
      [bullet("- Month.", "Dates")],
      [bullet("- Day.", "Dates")],
      [bullet("- Month.", "Dates")],
    ];
    const setup = await run({ proposer: proposer(added) }, 4);
    expect(setup.text).toMatch(/```\n\n## Dates\n\n- (Day|Month)\.\n- (Day|Month)\.\n\n## Writing/);
    expect(tasksOf(setup, "- Month.")).toEqual(["sum-2", "sum-4"]);
  });
});

describe("steps that change what earlier steps wrote", () => {
  const replace = (old: string, content: string): Written => ({
    op: "replace_in_section",
    file: "SKILL.md",
    section: "Reading",
    old,
    content,
  });

  test("words that are bettered keep the lessons behind them", async () => {
    const setup = await run({ proposer: proposer([[bullet("- One.")], [replace("- One.", "- One and two.")]]) }, 2);
    expect(tasksOf(setup, "- One and two.")).toEqual(["sum-1", "sum-2"]);
    expect(setup.text).not.toContain("- One.");
  });

  test("text of the start skill that is replaced stays in its place, though one task argues for it", async () => {
    const setup = await run(
      { proposer: proposer([[replace("- Look at all sheets.", "- Look at each sheet.")], [bullet("- More.")]]) },
      2,
    );
    expect(setup.text).toContain("## Reading\n\n- Look at each sheet.\n- Print the first rows.");
    expect(tasksOf(setup, "- Look at each sheet.")).toEqual(["sum-1"]);
  });

  test("words that are taken out leave their lesson with the reason", async () => {
    const { done, text } = await run(
      {
        proposer: proposer([
          [{ op: "add_section", file: "SKILL.md", after: null, heading: "Dates", content: "- Day." }],
          [{ op: "delete_section", file: "SKILL.md", section: "Dates" }],
        ]),
      },
      2,
    );
    expect(text).not.toContain("Dates");
    expect(fateOf(done, 1)).toMatchObject({
      kind: "dropped",
      stage: "step",
      reason: expect.stringMatching(/^step 2 took its words out \(e-\w+, delete_section\)$/),
    });
  });

  test("a lesson that the skill states already stands behind the words that state it", async () => {
    const stated = [
      { lesson: "run/sum-2.41#1", text: "- One." },
      { lesson: "run/sum-3.41#1", text: "- Look at all sheets." },
    ];
    const setup = await run({ proposer: proposer([[bullet("- One.")], [], []], stated) }, 3);
    expect(tasksOf(setup, "- One.")).toEqual(["sum-1", "sum-2"]);
    expect(fateOf(setup.done, 2)).toMatchObject({ kind: "in-skill" });
    expect(fateOf(setup.done, 3)).toEqual({
      kind: "dropped",
      stage: "propose",
      reason: 'the skill states it already: "- Look at all sheets."',
    });
  });
});

describe("a step that breaks the skill is rolled back", () => {
  test("its edits are recorded with the reason, and the next step starts from the skill before it", async () => {
    const dead = [[bullet("- One.")], [bullet("- See [more](references/gone.md).")], [bullet("- Three.")]];
    const { done, model, text } = await run({ proposer: proposer(dead) }, 3, { routeSupport: 1 });
    expect(text).toContain("- Three.");
    expect(text).not.toContain("gone.md");
    expect(fateOf(done, 2)).toMatchObject({
      kind: "rejected",
      problem: expect.stringMatching(/^step 2 was rolled back: SKILL.md:\d+: link-dead/),
    });
    expect(done.stages).toMatchObject({ steps: 3, stepsRolledBack: 1 });
    expect(
      fenced(model.asked.findLast(({ caller }) => caller === "proposer") as ModelCall, "skill-file")[0],
    ).not.toContain("gone.md");
  });

  test("too long a page is split first, and rolled back only where nothing can leave it", async () => {
    const long = (name: string) => Array.from({ length: 30 }, (_, n) => `- ${name} ${n}.`).join("\n");
    const section = (heading: string): Written => ({
      op: "add_section",
      file: "SKILL.md",
      after: null,
      heading,
      content: long(heading),
    });
    const options = { maxSkillLines: 60, routeSupport: 1 };
    const split = await run({ proposer: proposer([[section("A")], [section("B")]]) }, 2, options);
    expect(split.done.skill.files).toContain("references/a.md");
    expect(split.done.stages.stepsRolledBack).toBe(0);
    const top = await run(
      { proposer: proposer([[bullet(long("x"), "Workbooks")], [bullet(long("y"), "Workbooks")]]) },
      2,
      options,
    );
    expect(top.done.stages.stepsRolledBack).toBe(1);
  });
});

test("a kill between two steps costs nothing: the same command writes the same bytes", async () => {
  const parts = { proposer: proposer([[bullet("- One.")], [bullet("- One.")], [bullet("- Three.")]]) };
  const { options } = await run(parts, 3);
  const files = async () => {
    const names = (await readdir(options.directory, { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    );
    return Promise.all(
      names.map(async (entry) => [entry.name, await readFile(join(entry.parentPath, entry.name), "utf8")]),
    );
  };
  const before = await files();
  await rm(join(options.directory, "distillation.json"));
  await rm(join(options.directory, "skill"), { recursive: true });
  await rm(join(options.directory, "steps", "0003.json"));
  await mkdir(join(options.directory, "steps"), { recursive: true });
  await distill({ ...options, model: distillScript(parts) });
  expect(await files()).toEqual(before);
});

test("whatever steps propose, every line walks back and every lesson has its fate", async () => {
  const where = fc.constantFrom("Reading", "Writing", "Formulas", "New", "Workbooks", "Nowhere");
  const text = fc.constantFrom(
    "- One.",
    "- Two.",
    "- One.\n- Two.",
    "Words.\n\n### Below\n\n- Deep.",
    "```python\nx = 1\n```",
    "| a | b |",
    "- See [x](references/x.md).",
  );
  const anchors = fc.constantFrom(
    "- One.",
    "- Two.",
    "- Look at all sheets.",
    "Words.",
    "# open the file",
    "Always re-calc before saving.",
  );
  const file = fc.constant("SKILL.md");
  const edit = fc.oneof(
    fc.record({ op: fc.constant("append_to_section"), file, section: where, content: text }),
    fc.record({
      op: fc.constantFrom("insert_after", "insert_before"),
      file,
      section: where,
      anchor: anchors,
      content: text,
    }),
    fc.record({ op: fc.constant("replace_in_section"), file, section: where, old: anchors, content: text }),
    fc.record({
      op: fc.constant("add_section"),
      file,
      after: fc.oneof(where, fc.constant(null)),
      heading: where,
      content: text,
    }),
    fc.record({ op: fc.constant("delete_section"), file, section: where }),
    fc.record({
      op: fc.constant("create_file"),
      file: fc.constantFrom("references/x.md", "references/y.md"),
      content: fc.constant("# X\n\n- In x."),
      link: fc.constant("read it"),
    }),
    fc.record({ op: fc.constant("delete_file"), file: fc.constant("references/x.md") }),
  );
  const merger: Part = (call) => {
    const [patch] = JSON.parse(fenced(call, "patches")[0] ?? "[]") as { edits: (Written & { id: string })[] }[];
    const [first, second, third] = patch?.edits ?? [];
    const { id: _, support: __, ...body }: Written = first ?? {};
    const dropped = third === undefined ? [] : [{ edit: third.id, reason: "Known." }];
    return json({ reasoning: "", edits: [{ ...body, covers: [first?.id, second?.id] }], dropped });
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(edit, { maxLength: 3 }), { minLength: 2, maxLength: 6 }),
      fc.constantFrom(1, 2, 4),
      fc.constantFrom(1, 2),
      fc.constantFrom(34, 500),
      async (edits, batch, routeSupport, maxSkillLines) => {
        const limits = { batch, routeSupport, maxSkillLines, maxReferenceLines: 20 };
        await run({ proposer: proposer(edits), merger }, edits.length, limits);
      },
    ),
    { numRuns: 40 },
  );
}, 120_000);
