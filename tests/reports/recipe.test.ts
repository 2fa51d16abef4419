import { expect, test } from "vitest";
import { Experiment } from "../../reports/experiments/definition.ts";
import { recipeOf } from "../../reports/recipe.ts";

const DISTILL = { evolve: "evolve", lessons: "combined" };

const definition = Experiment.parse({
  name: "recipes",
  models: { large: { model: "sim/large" }, small: { model: "sim/small" } },
  benchmarks: { evolve: { benchmark: "sample-spreadsheet", split: "evolve" } },
  skills: {
    human: { folder: "human" },
    "by-large": { distill: { ...DISTILL, start: "human", author: "large" } },
    "by-small": { distill: { ...DISTILL, start: "human", author: "small" } },
    "one-by-one": { distill: { ...DISTILL, start: "human", author: "small", strategy: "sequential", batch: 1 } },
    scratch: { distill: { ...DISTILL, start: null, author: "small" } },
    noise: { placebo: "shuffled", of: "by-small" },
  },
  arms: [
    { name: "none" },
    ...["human", "by-large", "by-small", "one-by-one", "scratch", "noise"].map((skill) => ({ name: skill, skill })),
    { name: "recalled", memory: { distill: { ...DISTILL, start: null, author: "large" }, top: 2 } },
    { name: "recalled more", memory: { distill: { ...DISTILL, start: null, author: "small" }, top: 4 } },
  ],
  users: ["large"],
  judge: ["evolve"],
  seeds: [41],
});

const recipe = (name: string) => recipeOf(definition.arms.find((arm) => arm.name === name)!, definition);

test("skills that differ in their author alone have one recipe, and all else makes another", () => {
  expect(recipe("by-large")?.key).toBe(recipe("by-small")?.key);

  const others = ["human", "by-small", "one-by-one", "scratch", "noise", "recalled", "recalled more"].map(recipe);
  expect(new Set(others.map((one) => one?.key)).size).toBe(others.length);
});

test("a bare arm has none, and the others are told in words", () => {
  expect(recipe("none")).toBeNull();
  expect(["one-by-one", "scratch", "noise", "recalled"].map((name) => recipe(name)?.text)).toEqual([
    "combined lessons, on human, sequential, batch 1, of evolve",
    "combined lessons, from nothing, of evolve",
    "placebo (shuffled) of combined lessons, on human, of evolve",
    "memory of combined lessons, from nothing, of evolve",
  ]);
});
