/** The guards on the whole way from trials to a skill. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type DistillOptions, distill } from "../../distill/distill.ts";
import { truthSource } from "../../distill/truth-source.ts";
import type { Task } from "../../harness/records.ts";
import type { Benchmark } from "../../harness/roles.ts";
import type { AnswerKeyEntry } from "../../harness/simulator/answer-key.ts";
import { unseen } from "../support/builders.ts";
import { distillScript, fenced, json } from "../support/distill-script.ts";
import { sumBenchmark, sumTask, sumTrial } from "../support/sum-benchmark.ts";
import { temporaryFolder } from "../support/temporary.ts";

const signal = new AbortController().signal;

const keyOf = ({ id, instruction }: Task, text: string): AnswerKeyEntry => ({
  task: id,
  instruction,
  kind: "sum",
  habits: [],
  sheet: "",
  program: null,
  slips: {},
  cells: [],
  text,
});

/** Sums whose answers are known; number 3 is of the test half. */
async function benchmarkWith(answers: Readonly<Record<string, string>>): Promise<Benchmark> {
  const benchmark = await sumBenchmark(await temporaryFolder(), 3);
  return {
    ...benchmark,
    splitOf: ({ id }) => (id === "sum-3" ? "test" : "evolve"),
    answerKey: async (tasks) => tasks.map((task) => keyOf(task, answers[task.id] ?? "")),
  };
}

async function optionsFor(rules: Readonly<Record<string, string>>, more: Partial<DistillOptions> = {}) {
  const model = distillScript({
    "success analyst": (call) => {
      const task = fenced(call, "task")[0] ?? "";
      const rule = Object.entries(rules).find(([number]) => task.endsWith(`${number}.`))?.[1] ?? "Check the sum.";
      return json({ lessons: [{ title: "A point", rule, reason: "Or it fails." }] });
    },
  });
  const options: DistillOptions = {
    trials: [1, 2].map((number) => sumTrial(number, 1)),
    start: null,
    benchmark: null,
    sandboxes: null,
    model,
    lessons: "success",
    errorAnalyst: "single-call",
    routeSupport: 1,
    seed: 1,
    name: "adding-up",
    directory: join(await temporaryFolder(), "out"),
    artifactsOf: () => null,
    imagesOf: () => null,
    seen: unseen,
    onEvent: () => undefined,
    signal,
    ...more,
  };
  return { options, model };
}

test("an answer of another task, evolve or test, does not get into the skill; no model and no file is shown it", async () => {
  const truths = truthSource([await benchmarkWith({ "sum-2": "Blue Heron Ltd", "sum-3": "Grey Goose Inc" })], {
    sandboxes: null,
    signal,
  });
  // Lessons of trial 1 and 2, each with the answer of a task that is not its own: what the analysts' guard cannot see.
  const { options, model } = await optionsFor(
    { 1: "Write Blue Heron Ltd first.", 2: "Write Grey Goose Inc last." },
    { truths },
  );

  const done = await distill(options);

  expect(done.scan).toEqual({ values: { evolve: 1, test: 1 }, refused: 2, common: {} });
  expect(done.lessons.map(({ fate }) => fate)).toEqual([
    { kind: "dropped", stage: "scan", reason: "it holds a value of the answer of task sum-2" },
    { kind: "dropped", stage: "scan", reason: "it holds a value of the answer of a task of the test half" },
  ]);
  const text = await readFile(join(options.directory, done.skill.path, "SKILL.md"), "utf8");
  expect(text).not.toMatch(/heron|goose/i);
  expect(await distill(options)).toEqual(done);
  // All that was sent are the words of analysts; the instructions of the test task are in no prompt either.
  expect(model.asked.flatMap(({ messages }) => messages.map(({ content }) => content)).join("\n")).not.toContain(
    sumTask(3).instruction,
  );
});

test("without ground truths at hand the document says nothing of a scan, and other truths are another distillation", async () => {
  const { options } = await optionsFor({});
  expect((await distill(options)).scan).toBeUndefined();
  const truths = truthSource([await benchmarkWith({})], { sandboxes: null, signal });
  await expect(distill({ ...options, truths })).rejects.toThrow("holds another distillation (truths:");
});

test("other orders of merging are told beside the skill, change nothing of it, and are asked for of the parallel strategy only", async () => {
  const plain = await optionsFor({ 1: "One.", 2: "Two." });
  const shuffled = await optionsFor({ 1: "One.", 2: "Two." }, { shuffleMerge: 3 });

  const done = await distill(shuffled.options);

  expect(done.stability).toMatchObject({ orders: 3, faults: 0, stable: 1, lessons: [{ inSkill: 4 }, { inSkill: 4 }] });
  expect(done.skill.hash).toBe((await distill(plain.options)).skill.hash);
  expect(shuffled.model.asked.filter(({ caller }) => caller === "merger")).toHaveLength(4);
  await expect(distill({ ...shuffled.options, strategy: "sequential" })).rejects.toThrow("only the parallel strategy");
});
