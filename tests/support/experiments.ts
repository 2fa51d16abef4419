/** Definitions of experiments, and facts that stand in for what is loaded. */
import { Experiment } from "../../reports/experiments/definition.ts";
import type { PlanFacts } from "../../reports/experiments/units.ts";

/** A small whole one: two authors, three kinds of skill, all arms on one benchmark. */
export const SOUND = {
  name: "sound",
  models: { large: { model: "sim/large" }, small: { model: "sim/small" } },
  benchmarks: {
    evolve: { benchmark: "sample-spreadsheet", split: "evolve" },
    test: { benchmark: "sample-spreadsheet", split: "test" },
  },
  skills: {
    human: { folder: "skills/human" },
    deep: { distill: { start: "human", author: "large", evolve: "evolve", lessons: "combined" } },
    errors: { distill: { start: "human", author: "large", evolve: "evolve", lessons: "error" } },
  },
  arms: [
    { name: "none" },
    { name: "human", skill: "human" },
    { name: "deep", skill: "deep" },
    { name: "errors", skill: "errors" },
  ],
  users: ["large", "small"],
  judge: ["test"],
  seeds: [41, 42],
};

export function experiment(changed: Record<string, unknown> = {}): Experiment {
  return Experiment.parse({ ...SOUND, ...changed });
}

/** As if each alias were loaded; benchmarks named for a test half are of it. */
export function factsFor(definition: Experiment, machine = "this", prompts = "these"): PlanFacts {
  return {
    models: new Map(
      Object.entries(definition.models).map(([alias, { model, sampling, analystSampling }]) => {
        const agent = JSON.stringify([model, sampling]);
        return [
          alias,
          {
            agent,
            analyst: analystSampling ? JSON.stringify([model, analystSampling]) : agent,
            label: model.replace("/", "-"),
          },
        ];
      }),
    ),
    benchmarks: new Map(
      Object.entries(definition.benchmarks).map(([alias, choice]) => {
        const { benchmark, split = "all", tasks = "" } = choice;
        return [
          alias,
          {
            identity: `${benchmark} ${split} ${tasks}`,
            label: `${benchmark}-${split}`,
            tasks: 4,
            sealed: split === "evolve" ? 0 : 4,
          },
        ];
      }),
    ),
    folders: new Map(
      Object.entries(definition.skills).flatMap(([name, choice]) =>
        "folder" in choice ? [[name, `hash of ${choice.folder}`] as const] : [],
      ),
    ),
    machine,
    prompts,
  };
}
