/** Skills and memories are made of evolve tasks only (invariant 9): told before anything runs. */
import { SetupError } from "../../harness/errors.ts";
import type { Experiment } from "./definition.ts";
import type { PlanFacts } from "./units.ts";

/** What a part of the definition is called in messages. */
export type At = (path: readonly (string | number)[]) => string;

/** @throws SetupError for skills or memories to be distilled from test tasks (invariant 9) */
export function refuseSealedEvolve({ skills, arms }: Experiment, { benchmarks }: PlanFacts, at: At): void {
  const evolves = [
    ...Object.entries(skills).flatMap(([name, choice]) =>
      "distill" in choice ? [{ path: ["skills", name, "distill", "evolve"], evolve: choice.distill.evolve }] : [],
    ),
    ...arms.flatMap(({ memory }, index) =>
      memory === undefined
        ? []
        : [{ path: ["arms", index, "memory", "distill", "evolve"], evolve: memory.distill.evolve }],
    ),
  ];
  for (const { path, evolve } of evolves) {
    const facts = benchmarks.get(evolve);
    if (facts === undefined || facts.sealed === 0) continue;
    throw new SetupError(
      `${at(path)}: ${facts.sealed} of the ${facts.tasks} tasks of ${JSON.stringify(evolve)} are of the test half: a skill is distilled from evolve ` +
        "tasks only, so that test scores stay out of it. Give that benchmark `split: evolve`, or tasks of it",
    );
  }
}
