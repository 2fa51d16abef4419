import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type DistillOptions, distill } from "../../../distill/distill.ts";
import { countFates } from "../../../distill/lineage.ts";
import { readDistillation } from "../../../distill/store.ts";
import type { TruthSource } from "../../../distill/truth-source.ts";
import { readMemory } from "../../../harness/memory/memory.ts";
import { readSkill } from "../../../harness/skill/read.ts";
import { unseen } from "../../support/builders.ts";
import { skill } from "../../support/distill-builders.ts";
import { distillScript, fenced, json } from "../../support/distill-script.ts";
import { sumTrial } from "../../support/sum-benchmark.ts";
import { temporaryFolder } from "../../support/temporary.ts";

/** Three failed, one passed; the second teaches nothing that may be kept, and the third says one thing twice. */
const TRIALS = [sumTrial(1, 0), sumTrial(2, 0), sumTrial(3, 0), sumTrial(4, 1)];

const say = (...rules: string[]) =>
  json({ lessons: rules.map((rule) => ({ title: rule.slice(0, 20), rule, reason: "Else it fails." })) });

async function setup(more: Partial<DistillOptions> = {}) {
  const directory = join(await temporaryFolder(), "out");
  const model = distillScript({
    "single-call error analyst": (call) => {
      const task = fenced(call, "task")[0] ?? "";
      if (/2\.$/.test(task)) return say("Write what the evaluator expects.");
      return /3\.$/.test(task) ? say("Add all lines.", "add ALL  lines.", "Read back.") : say("Add all lines.");
    },
  });
  const options: DistillOptions = {
    trials: TRIALS,
    start: skill(),
    benchmark: null,
    sandboxes: null,
    model,
    lessons: "combined",
    errorAnalyst: "single-call",
    strategy: "retrieval",
    seed: 1,
    name: "adding-up",
    directory,
    artifactsOf: () => null,
    imagesOf: () => null,
    seen: unseen,
    onEvent: () => {},
    signal: new AbortController().signal,
    ...more,
  };
  return { options, model, directory };
}

test("the retrieval strategy makes a memory of the lessons that passed, asks no model beyond the analysts, and leaves the skill", async () => {
  const { options, model, directory } = await setup();
  const done = await distill(options);
  const memory = await readMemory(join(directory, "memory"));
  expect(memory.experiences.map(({ task, situation, items }) => [task, situation, items.length])).toEqual([
    ["sum-1", "Add up the numbers of file number 1.", 1],
    ["sum-3", "Add up the numbers of file number 3.", 2],
    ["sum-4", "Add up the numbers of file number 4.", 1],
  ]);
  expect(done.memory).toEqual({ hash: memory.hash, path: "memory", experiences: 3, items: 4 });
  expect(memory.name).toBe("adding-up");
  expect(new Set(model.asked.map(({ caller }) => caller))).toEqual(new Set(["error-analyst", "success-analyst"]));
  const kept = await readSkill(join(directory, done.skill.path));
  expect(new TextDecoder().decode(kept.files.get("SKILL.md"))).toContain("Always re-calc before saving.");
  expect(done.lines.flatMap(({ edits }) => edits)).toEqual([]);
  expect(done.edits).toEqual([]);
});

test("invariant 6: every lesson has a fate, and every item of the memory is the end of those that say so", async () => {
  const { options, directory } = await setup();
  const done = await distill(options);
  const { experiences } = await readMemory(join(directory, "memory"));
  expect(
    done.lessons.map(({ id, fate }) => [id, fate.kind === "in-memory" ? [fate.item, fate.merged] : fate.kind]),
  ).toEqual([
    ["run/sum-1.41#1", ["run/sum-1.41#1", false]],
    ["run/sum-2.41#1", "dropped"],
    ["run/sum-3.41#1", ["run/sum-3.41#1", false]],
    ["run/sum-3.41#2", ["run/sum-3.41#1", true]],
    ["run/sum-3.41#3", ["run/sum-3.41#3", false]],
    ["run/sum-4.41#1", ["run/sum-4.41#1", false]],
  ]);
  expect(countFates(done)).toMatchObject({ "in-memory": 5, dropped: 1, "in-skill": 0 });
  const told = done.lessons.flatMap(({ id, fate }) => (fate.kind === "in-memory" ? [`${fate.item} < ${id}`] : []));
  const held = experiences.flatMap(({ items }) =>
    items.flatMap((item) => item.lessons.map((id) => `${item.id} < ${id}`)),
  );
  expect(held.sort()).toEqual(told.sort());
});

test("the same command again asks nothing; a memory that was lost or changed is made again, the same bytes", async () => {
  const { options, model, directory } = await setup();
  await distill(options);
  const path = join(directory, "memory", "memory.json");
  const bytes = await readFile(path, "utf8");
  const asked = model.asked.length;
  for (const spoil of [() => rm(path), () => writeFile(path, bytes.replace("Read back.", "Read on."))]) {
    await spoil();
    await distill(options);
    expect(await readFile(path, "utf8")).toBe(bytes);
  }
  expect(model.asked).toHaveLength(asked);
  expect((await readDistillation(directory)).memory?.items).toBe(4);
});

test("no item of a memory holds a value of an answer: such a lesson is dropped, told without the value", async () => {
  const truths: TruthSource = {
    identity: "x",
    truths: async () => [{ task: "unseen-9", split: "test", value: "Read back 48213.77" }],
    instructions: new Map(),
    inInputs: async () => [],
  };
  const lines = sumTrial(5, 1, { seed: 41 });
  const { options, model, directory } = await setup({ truths, trials: [...TRIALS, lines] });
  const leaky = distillScript({
    "single-call error analyst": () => say("Add all lines."),
    "success analyst": (call) =>
      say(/5\.$/.test(fenced(call, "task")[0] ?? "") ? "Read back 48,213.77 at the end." : "Check the sum."),
  });
  const done = await distill({ ...options, model: leaky });
  expect(model.asked).toEqual([]);
  expect(done.lessons.find(({ task }) => task === "sum-5")?.fate).toEqual({
    kind: "dropped",
    stage: "scan",
    reason: "it holds a value of the answer of a task of the test half",
  });
  expect(done.scan).toMatchObject({ values: { evolve: 0, test: 1 }, refused: 1 });
  expect(await readFile(join(directory, "memory", "memory.json"), "utf8")).not.toMatch(/48,?213/);
});

test("another strategy in the same folder is refused", async () => {
  const { options } = await setup();
  await distill(options);
  await expect(distill({ ...options, strategy: "parallel" })).rejects.toThrow(
    /strategy: "retrieval" there, "parallel" asked/,
  );
});
