import { expect, test } from "vitest";
import type { Experiment } from "../../../reports/experiments/definition.ts";
import { planExperiment } from "../../../reports/experiments/plan.ts";
import type { Plan, Unit } from "../../../reports/experiments/units.ts";
import { experiment, factsFor, SOUND } from "../../support/experiments.ts";

const planned = (definition: Experiment, machine?: string, prompts?: string): Plan =>
  planExperiment(definition, factsFor(definition, machine, prompts));
const ids = ({ units }: Plan): string[] => units.map(({ id }) => id).sort();
/** Runs that something is made from. */
const evolved = ({ units }: Plan): Unit[] =>
  units.filter(({ id }) => units.some((unit) => "from" in unit && unit.from === id));
const ofKind = ({ units }: Plan, kind: Unit["kind"]): Unit[] => units.filter((unit) => unit.kind === kind);

test("two distillations that read the same trials share one evolve run, and every cell has a run of its own", () => {
  const plan = planned(experiment());

  expect(evolved(plan)).toMatchObject([
    { model: "large", benchmark: "evolve", seeds: [41], skill: { kind: "folder" } },
  ]);
  expect(ofKind(plan, "distill")).toHaveLength(2);
  expect(plan.cells).toHaveLength(4 * 2);
  expect(new Set(plan.cells.map(({ unit }) => unit)).size).toBe(8);
  expect(plan.units).toHaveLength(1 + 2 + 8);
});

test("what a unit needs stands before it", () => {
  const { units } = planned(experiment());
  const at = new Map(units.map(({ id }, index) => [id, index]));

  const late = units.flatMap(({ id, needs }) =>
    needs.filter((need) => (at.get(need) ?? Infinity) >= (at.get(id) ?? 0)),
  );
  expect(late).toEqual([]);
  expect(units.some(({ needs }) => needs.length > 0)).toBe(true);
});

test("names that a person chose are in no id: another experiment with other names shares every unit", () => {
  const renamed = experiment({
    name: "other",
    models: { big: { model: "sim/large" }, little: { model: "sim/small" } },
    benchmarks: { learn: SOUND.benchmarks.evolve, judge: SOUND.benchmarks.test },
    skills: {
      ours: SOUND.skills.human,
      d: { distill: { start: "ours", author: "big", evolve: "learn", lessons: "combined" } },
      e: { distill: { start: "ours", author: "big", evolve: "learn", lessons: "error" } },
    },
    arms: [{ name: "a" }, { name: "b", skill: "ours" }, { name: "c", skill: "d" }, { name: "d", skill: "e" }],
    users: ["little", "big"],
    judge: ["judge"],
    seeds: [41, 42],
  });

  expect(ids(planned(renamed))).toEqual(ids(planned(experiment())));
});

test("two arms that are the same thing are one run", () => {
  const plan = planned(experiment({ arms: [{ name: "one" }, { name: "two" }], users: ["large"], skills: {} }));

  expect(plan.cells.map(({ arm }) => arm)).toEqual(["one", "two"]);
  expect(plan.units).toHaveLength(1);
});

test.each<[string, Record<string, unknown>, number]>([
  ["other seeds to judge with", { seeds: [41, 43] }, 3],
  ["another limit", { limits: { turns: 5 } }, 0],
  [
    "other sampling of one user",
    { models: { ...SOUND.models, small: { model: "sim/small", sampling: { temperature: 0 } } } },
    7,
  ],
  [
    "other sampling of the author as analyst",
    { models: { ...SOUND.models, large: { model: "sim/large", analystSampling: { temperature: 0 } } } },
    5,
  ],
  ["other test tasks", { benchmarks: { ...SOUND.benchmarks, test: { ...SOUND.benchmarks.test, tasks: "0:2" } } }, 3],
])("%s keeps the units that it does not touch", (_, changed, kept) => {
  const before = new Set(ids(planned(experiment())));

  expect(ids(planned(experiment(changed))).filter((id) => before.has(id))).toHaveLength(kept);
});

test("another release or sandbox shares nothing", () => {
  const before = new Set(ids(planned(experiment())));

  expect(ids(planned(experiment(), "that")).filter((id) => before.has(id))).toEqual([]);
});

test("other prompts of analysts keep every run that no distilled skill is in, and make skills anew", () => {
  const skills = { ...SOUND.skills, known: { parametric: { author: "large" } } };
  const definition = experiment({ skills, arms: [...SOUND.arms, { name: "known", skill: "known" }] });
  const before = new Set(ids(planned(definition)));

  const kept = planned(definition, "this", "others").units.filter(({ id }) => before.has(id));
  expect(kept.map(({ kind, label }) => [kind, label])).toEqual([
    ["run", "sample-spreadsheet-evolve.sim-large"],
    ...["large", "small", "large", "small"].map((size) => ["run", `sample-spreadsheet-test.sim-${size}`]),
  ]);
});

test("seeds in another order are the same run", () => {
  const bare = { skills: {}, arms: [{ name: "none" }] };
  expect(ids(planned(experiment({ ...bare, seeds: [42, 41] })))).toEqual(
    ids(planned(experiment({ ...bare, seeds: [41, 42] }))),
  );
});

test("a skill that no arm uses costs nothing, and one that only another skill needs is made", () => {
  const arms = [{ name: "none" }, { name: "placebo", skill: "length" }];
  const skills = { ...SOUND.skills, length: { placebo: "same-length", of: "deep" } };
  const plan = planned(experiment({ arms, skills, users: ["small"] }));

  expect(plan.skills.map(({ name }) => name)).toEqual(["human", "deep", "length"]);
  expect(plan.units.map(({ kind }) => kind)).toEqual(["run", "distill", "placebo", "run", "run"]);
});

test("a memory is made once, from the trials that a skill is made from, and stands in the record under its arm", () => {
  const memory = { distill: { start: "human", author: "large", evolve: "evolve", lessons: "combined" } };
  const arms = [
    { name: "deep", skill: "deep" },
    { name: "remembers", memory },
  ];
  const plan = planned(experiment({ arms }));

  expect(ofKind(plan, "memory")).toHaveLength(1);
  expect(evolved(plan)).toHaveLength(1);
  expect(plan.skills.at(-1)).toMatchObject({ name: "remembers", author: "large" });
});

test("a benchmark's own seeds, and an arm's own users and benchmarks, hold for its cells alone", () => {
  const plan = planned(
    experiment({
      benchmarks: { ...SOUND.benchmarks, often: { benchmark: "sample-tables", seeds: [1, 2, 3] } },
      judge: ["test", "often"],
      arms: [{ name: "none" }, { name: "human", skill: "human", users: ["small"], judge: ["often"] }],
    }),
  );

  expect(plan.cells.map(({ arm, user, benchmark }) => `${arm} ${user} ${benchmark}`)).toEqual([
    "none large test",
    "none large often",
    "none small test",
    "none small often",
    "human small often",
  ]);
  const often = plan.units.filter((unit) => unit.kind === "run" && unit.benchmark === "often");
  expect(often.map((unit) => (unit.kind === "run" ? unit.seeds : []))).toEqual([
    [1, 2, 3],
    [1, 2, 3],
    [1, 2, 3],
  ]);
});

test("a skill is never distilled from tasks of the test half", () => {
  const definition = experiment({
    benchmarks: { ...SOUND.benchmarks, evolve: { benchmark: "sample-spreadsheet", split: "all" } },
  });

  expect(() => planned(definition)).toThrow(
    'skills.deep.distill.evolve: 4 of the 4 tasks of "evolve" are of the test half',
  );
});
