import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type DistillOptions, distill } from "../../distill/distill.ts";
import { type Distillation, DistillationManifest, Draft, Merge, Proposal } from "../../distill/documents.ts";
import { type ModelCall, ModelError } from "../../harness/roles.ts";
import { fileNameOf } from "../../harness/run/store.ts";
import { lintSkill } from "../../harness/skill/lint.ts";
import { readSkill } from "../../harness/skill/read.ts";
import { unseen } from "../support/builders.ts";
import { skill } from "../support/distill-builders.ts";
import { distillScript, fenced, json, type Part, type Parts } from "../support/distill-script.ts";
import type { ScriptedReply } from "../support/scripted-model.ts";
import { sumTask, sumTrial } from "../support/sum-benchmark.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { expectWholeLineage } from "../support/whole-lineage.ts";

const DRAFT =
  "---\ndescription: How to add. Use it for sums.\n---\n\n# Adding\n\n## Before you start\n\n- Look at all lines.\n";

async function setup(parts: Parts = {}, more: Partial<DistillOptions> = {}) {
  const model = distillScript(parts);
  const options: DistillOptions = {
    trials: [1, 2, 3, 4].map((number) => sumTrial(number, 0)),
    start: null,
    benchmark: null,
    sandboxes: null,
    model,
    lessons: "error",
    errorAnalyst: "single-call",
    seed: 1,
    name: "adding-up",
    directory: join(await temporaryFolder(), "out"),
    artifactsOf: () => null,
    imagesOf: () => null,
    seen: unseen,
    onEvent: () => {},
    signal: new AbortController().signal,
    ...more,
  };
  return { model, options };
}

const originsIn = (done: Distillation) => new Set(done.lines.map(({ origin }) => origin ?? "edits"));

describe("a creation from the model's own draft", () => {
  const author = { "skill author": () => ({ content: DRAFT }) };

  test("keeps the draft as a skill folder of its own, and marks its lines in what comes of it", async () => {
    const { options } = await setup(author, { draft: "parametric" });
    const done = await distill(options);
    await expectWholeLineage(done, options.directory, null);
    const draft = await readSkill(join(options.directory, "parametric", "adding-up"));
    expect(lintSkill(draft, "adding-up")).toEqual([]);
    expect(done.start).toEqual({
      kind: "parametric",
      hash: draft.hash,
      path: "parametric/adding-up",
      repaired: null,
      refused: null,
    });
    expect(originsIn(done)).toEqual(new Set(["parametric", "edits"]));
    expect(done.usage.parametric).toMatchObject({ calls: 1 });
    expect(Draft.parse(JSON.parse(await readFile(join(options.directory, "draft.json"), "utf8"))).refused).toBeNull();
  });

  test("shows analysts and proposers the draft, and analyses anew when it is another", async () => {
    const { options, model } = await setup(author, { draft: "parametric" });
    await distill(options);
    const analyst = model.asked.find(({ caller }) => caller === "error-analyst");
    expect(JSON.stringify(analyst?.messages)).toContain("Look at all lines.");
    const proposer = model.asked.find(({ caller }) => caller === "proposer");
    expect(fenced(proposer as ModelCall, "skill-file")[0]).toContain("Look at all lines.");
  });

  test("falls back to the frame when the model cannot write one, and says why", async () => {
    const { options } = await setup({ "skill author": () => ({ content: "" }) }, { draft: "parametric" });
    const done = await distill(options);
    expect(done.start).toMatchObject({ kind: "frame", path: null, refused: "the page is empty" });
    expect(originsIn(done)).toEqual(new Set(["frame", "edits"]));
  });
});

test("a creation from the bare frame asks for no draft, and its lines are marked as ours", async () => {
  const { options, model } = await setup();
  const done = await distill(options);
  await expectWholeLineage(done, options.directory, null);
  expect(model.asked.some(({ caller }) => caller === "parametric")).toBe(false);
  expect(done.start).toMatchObject({ kind: "frame", path: null });
  expect(originsIn(done)).toEqual(new Set(["frame", "edits"]));
});

test("a skill that is deepened keeps its own lines unmarked, but for the name that the new one gets", async () => {
  const { options } = await setup({ proposer: (call) => appending(call, "Reading") }, { start: skill() });
  const done = await distill(options);
  await expectWholeLineage(done, options.directory, skill());
  expect(done.lines.filter(({ origin }) => origin !== undefined)).toEqual([
    { file: "SKILL.md", line: 2, edits: [], origin: "frame" },
  ]);
  await expect(distill({ ...options, start: null, mode: "deepen" })).rejects.toThrow(
    "a skill is deepened that is given",
  );
});

function appending(call: Parameters<Part>[0], section: string): ScriptedReply {
  const lessons: { id: string; rule: string }[] = JSON.parse(fenced(call, "lessons")[0] ?? "[]");
  const edits = lessons.map(({ id, rule }) => ({
    op: "append_to_section",
    file: "SKILL.md",
    section,
    content: `- ${rule}`,
    lessons: [id],
  }));
  return json({ reasoning: "", edits });
}

test("support counts problems: tasks of one family are cases of one, and all tasks are remembered", async () => {
  const familyOf = (number: number) => (number <= 3 ? { family: "first" } : {});
  const trials = [1, 2, 3, 4].map((number) =>
    sumTrial(number, 0, { task: { ...sumTask(number), ...familyOf(number) } }),
  );
  const { options } = await setup({}, { trials });
  const done = await distill(options);
  const [merged] = done.edits.filter(({ origin }) => origin.kind === "merged");
  expect(merged).toMatchObject({ support: 2, tasks: ["first", "sum-4"] });
  expect(merged?.lessons).toHaveLength(4);
  expect(done.lessons.map(({ task }) => task)).toEqual(["sum-1", "sum-2", "sum-3", "sum-4"]);
  const alone = await setup({}, { trials: trials.slice(0, 3) });
  expect((await distill(alone.options)).lessons.every(({ fate }) => fate.kind === "in-reference")).toBe(true);
});

async function readAsIn(directory: string) {
  const paths = [1, 2, 3, 4].map((number) => join(directory, "patches", `${fileNameOf(`run/sum-${number}.41`)}.json`));
  return Promise.all(paths.map(async (path) => Proposal.parse(JSON.parse(await readFile(path, "utf8"))).readAs));
}

describe("how proposers answer is counted", () => {
  const markdown = (id: string, section = "Before you start") =>
    `===== PATCH START =====\nReasoning: so\nItems:\n[ITEM_1_START]\nTarget File: SKILL.md\nEdit Intent: append\nLocation Hint: ${section}\nLessons: ${id}\nChange Instruction:\n- Add all.\n[ITEM_1_END]\n===== PATCH END =====`;
  const idIn = (call: Parameters<Part>[0]) => `run/sum-${/sum-(\d)/.exec(fenced(call, "lessons")[0] ?? "")?.[1]}.41#1`;

  test("Markdown patches, repairs and heuristics, each edit with its lesson", async () => {
    const proposer: Part = (call) => {
      const id = idIn(call);
      const again = call.messages.length > 2;
      if (id.includes("sum-1")) return { content: markdown(id) };
      if (id.includes("sum-2")) return { content: again ? markdown(id) : "I would append to the section." };
      const edit = `{"op": "append_to_section", "file": "SKILL.md", "section": "Before you start", "content": "- Add all."`;
      if (id.includes("sum-3")) return { content: `\`\`\`json\n{"edits": [${edit},]}\n\`\`\`` };
      return { content: `First { this, then ${edit}} and ]] that is all {{ ` };
    };
    const { options } = await setup({ proposer });
    const done = await distill(options);
    await expectWholeLineage(done, options.directory, null);
    expect(done.stages).toMatchObject({ markdown: 2, repaired: 2, heuristics: 2, editsProposed: 4 });
    expect(await readAsIn(options.directory)).toEqual(["markdown", "markdown", "mended", "heuristic"]);
    expect(done.lessons.find(({ task }) => task === "sum-2")?.fate.kind).toBe("in-skill");
  });

  test("an item that fits nowhere is asked for again, like any other edit", async () => {
    const { options, model } = await setup({
      proposer: (call) => ({ content: markdown(idIn(call)).replace("append", "replace_in_section") }),
    });
    const done = await distill(options);
    expect(model.asked.filter(({ caller }) => caller === "proposer")).toHaveLength(8);
    expect(done.stages).toMatchObject({ repaired: 4, editsProposed: 0, heuristics: 0 });
    expect(done.lessons.every(({ fate }) => fate.kind === "rejected")).toBe(true);
  });
});

describe("a merge that fails", () => {
  const mergesIn = async (directory: string) =>
    Merge.parse(JSON.parse(await readFile(join(directory, "merges", "1-1.json"), "utf8")));

  test("is asked for once more with another draw, and the second answer is used", async () => {
    const merger: Part = ({ draw, ...call }) =>
      draw === 0 ? { content: "Sorry." } : distillScriptPart({ draw, ...call });
    const { options, model } = await setup({ merger });
    const done = await distill(options);
    expect(model.asked.filter(({ caller }) => caller === "merger").map(({ draw }) => draw)).toEqual([0, 0, 1]);
    expect(await mergesIn(options.directory)).toMatchObject({
      by: "model",
      retried: true,
      usage: { calls: 3 },
      fault: null,
    });
    expect(done.stages.mergesRetried).toBe(1);
  });

  test("twice is merged by program: near duplicates become one, nothing is passed on as it was", async () => {
    const proposer: Part = (call) => {
      const number = Number(/sum-(\d)/.exec(fenced(call, "lessons")[0] ?? "")?.[1]);
      const content =
        number % 2
          ? "- Add up all the lines of the file, down to the last."
          : "- Add up all lines of the file, down to the very last.";
      return json({
        reasoning: "",
        edits: [{ op: "append_to_section", file: "SKILL.md", section: "Before you start", content }],
      });
    };
    const { options } = await setup({ proposer, merger: () => ({ content: "Sorry." }) });
    const done = await distill(options);
    expect(await mergesIn(options.directory)).toMatchObject({ by: "program", retried: true, usage: { calls: 4 } });
    expect(done.edits.filter(({ fate }) => fate.kind === "applied")).toMatchObject([{ support: 4 }]);
    await expectWholeLineage(done, options.directory, null);
  });

  test("through the endpoint is a fault as well, which the same command tries again", async () => {
    const merger: Part = () => {
      throw new ModelError("HTTP 500");
    };
    const { options } = await setup({ merger });
    expect((await distill(options)).stages.faults).toBe(1);
    const { model } = await setup();
    expect((await distill({ ...options, model })).stages.faults).toBe(0);
  });
});

function distillScriptPart(call: Parameters<Part>[0]): ScriptedReply {
  const patches: { edits: Record<string, unknown>[] }[] = JSON.parse(fenced(call, "patches")[0] ?? "[]");
  const [first, ...rest] = patches.flatMap(({ edits }) => edits);
  const { id, support: _, ...body } = first ?? {};
  return json({ reasoning: "", edits: [{ ...body, covers: [id, ...rest.map((edit) => edit.id)] }], dropped: [] });
}

describe("--merge program", () => {
  test("merges as one level with no model call", async () => {
    const { options, model } = await setup({}, { merge: "program" });
    const done = await distill(options);
    await expectWholeLineage(done, options.directory, null);
    expect(model.asked.some(({ caller }) => caller === "merger")).toBe(false);
    expect(done.stages).toMatchObject({ patchesPerLevel: [4, 1], editsPerLevel: [4, 1], faults: 0 });
  });
});

test("a SKILL.md that grows too long is split, and its lines are still known", async () => {
  const proposer: Part = (call) => {
    const number = /sum-(\d)/.exec(fenced(call, "lessons")[0] ?? "")?.[1] ?? "";
    const content = Array.from({ length: 40 }, (_, n) => `- Rule ${number} ${"abcdefghij"[n % 10]}${n}.`).join("\n");
    return json({
      reasoning: "",
      edits: [{ op: "add_section", file: "SKILL.md", after: null, heading: `Part ${number}`, content }],
    });
  };
  const { options } = await setup({ proposer }, { routeSupport: 1, maxSkillLines: 120, maxReferenceLines: 30 });
  const done = await distill(options);
  await expectWholeLineage(done, options.directory, null);
  expect(done.skill.skillLines).toBeLessThanOrEqual(120);
  expect(done.skill.files.length).toBeGreaterThan(3);
  expect(done.problems).toEqual([]);
  expect(done.notices.join("\n")).toMatch(/the section "Part \d", with a support of 1, is now references\/part-\d\.md/);
  const moved = done.lessons.filter(({ fate }) => fate.kind === "in-reference");
  expect(moved.length).toBeGreaterThan(0);
});

describe("a folder is known by its options", () => {
  test.each([
    ["strategy", { strategy: "sequential" }],
    ["merge", { merge: "program" }],
    ["batch", { batch: 4 }],
    ["maxReferenceLines", { maxReferenceLines: 100 }],
    ["draft", { draft: "parametric" }],
    ["mode", { start: skill(), mode: "create" }],
  ] as const)("another %s is refused there, and named", async (part, more) => {
    const { options } = await setup({}, { start: part === "mode" ? skill() : null, lessons: "error" });
    await distill({ ...options, ...(part === "mode" && { mode: "deepen" }) });
    await expect(distill({ ...options, ...more })).rejects.toThrow(
      new RegExp(`holds another distillation \\(.*${part}: `),
    );
  });

  test("and one from before there was a choice is read with what it was then", () => {
    const before = {
      lessons: "error",
      errorAnalyst: "agentic",
      fanIn: 32,
      routeSupport: 2,
      maxSkillLines: 500,
      seed: 1,
    };
    expect(DistillationManifest.shape.options.parse(before)).toMatchObject({
      mode: "create",
      draft: "frame",
      strategy: "parallel",
      merge: "model",
      batch: 1,
      maxReferenceLines: 300,
    });
  });
});
