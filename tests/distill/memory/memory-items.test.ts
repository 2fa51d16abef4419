import { expect, test } from "vitest";
import { remember } from "../../../distill/memory/memory-items.ts";
import type { Lesson } from "../../../distill/records.ts";
import { lesson } from "../../support/distill-builders.ts";

const instructionOf = (task: string) => `Instruction of ${task}.`;
const of = (task: string, seed: number, number: number, parts: Partial<Lesson> = {}) =>
  lesson({ id: `run/${task}.${seed}#${number}`, trial: `run/${task}.${seed}`, task, ...parts });

test("a task's lessons are one experience, found by its instruction; title, rule and reason are what is shown", () => {
  const lessons = [
    of("b", 41, 1, { title: "Sum", rule: "Sum with care.", reason: "Sums were off.", kind: "success" }),
    of("a", 41, 1, { title: "Sort", rule: "Sort by date.", family: "sorting" }),
    of("b", 42, 1, { title: "Read", rule: "Read back." }),
  ];
  const { memory } = remember("tidy", lessons, instructionOf);
  expect(memory.name).toBe("tidy");
  expect(memory.experiences.map(({ task, family, situation }) => ({ task, family, situation }))).toEqual([
    { task: "a", family: "sorting", situation: "Instruction of a." },
    { task: "b", family: null, situation: "Instruction of b." },
  ]);
  expect(memory.experiences[1]?.items).toEqual([
    {
      id: "run/b.41#1",
      kind: "success",
      title: "Sum",
      description: "Sums were off.",
      content: "Sum with care.",
      lessons: ["run/b.41#1"],
      trials: ["run/b.41"],
    },
    expect.objectContaining({ id: "run/b.42#1", title: "Read", kind: "error" }),
  ]);
});

test("lessons of one task in the same words are one item with all of them behind it; those of another task stay apart", () => {
  const words = { title: "Sum", rule: "Sum with care." };
  const lessons = [
    of("a", 41, 1, words),
    of("a", 42, 1, { title: " sum", rule: "Sum  with\ncare.", reason: "Another." }),
    of("a", 42, 2, { title: "Sum", rule: "Sum twice." }),
    of("b", 41, 1, words),
  ];
  const { memory, fates } = remember("tidy", lessons, instructionOf);
  expect(memory.experiences.map(({ items }) => items.map((item) => [item.id, item.lessons, item.trials]))).toEqual([
    [
      ["run/a.41#1", ["run/a.41#1", "run/a.42#1"], ["run/a.41", "run/a.42"]],
      ["run/a.42#2", ["run/a.42#2"], ["run/a.42"]],
    ],
    [["run/b.41#1", ["run/b.41#1"], ["run/b.41"]]],
  ]);
  expect(Object.fromEntries(fates)).toEqual({
    "run/a.41#1": { kind: "in-memory", item: "run/a.41#1", merged: false },
    "run/a.42#1": { kind: "in-memory", item: "run/a.41#1", merged: true },
    "run/a.42#2": { kind: "in-memory", item: "run/a.42#2", merged: false },
    "run/b.41#1": { kind: "in-memory", item: "run/b.41#1", merged: false },
  });
});

test("no lessons make an empty memory, and every lesson that is given has a fate", () => {
  expect(remember("tidy", [], instructionOf).memory.experiences).toEqual([]);
  const lessons = Array.from({ length: 300 }, (_, index) =>
    of(`t${index % 40}`, 41 + (index % 3), index, { rule: `Rule ${index % 7}` }),
  );
  const { memory, fates } = remember("tidy", lessons, instructionOf);
  expect([...fates.keys()].sort()).toEqual(lessons.map(({ id }) => id).sort());
  const held = memory.experiences.flatMap(({ items }) => items.flatMap((item) => item.lessons));
  expect(held.sort()).toEqual([...fates.keys()].sort());
  expect(remember("tidy", lessons, instructionOf).memory.hash).toBe(memory.hash);
});
