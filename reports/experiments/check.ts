/** Whether the names in a definition refer to each other soundly: all that can be told before anything is loaded. */
import { BENCHMARK_NAMES, isKnown } from "../../benchmarks/index.ts";
import { UsageError } from "../../harness/errors.ts";
import { hiddenCharacter } from "../../harness/text.ts";
import type { DistillChoice, Experiment } from "./definition.ts";
import { own } from "./own.ts";

/** Where in the definition something is wrong, and what. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** @throws UsageError with the first problem, for a definition that no file tells the lines of */
export function refuseUnsound(definition: Experiment): void {
  const [first] = problemsOf(definition);
  if (first !== undefined)
    throw new UsageError(`experiment ${definition.name}: ${first.path.join(".")}: ${first.message}`);
}

/** All problems, in the order of the definition. */
export function problemsOf(definition: Experiment): Problem[] {
  return [
    ...nameProblems(definition),
    ...hiddenIn(definition, []),
    ...benchmarkProblems(definition),
    ...skillProblems(definition),
    ...cycleProblems(definition),
    ...armProblems(definition),
    ...baselineProblems(definition),
    ...namesIn(definition.users, ["users"], modelNames(definition), "model"),
    ...namesIn(definition.judge, ["judge"], Object.keys(definition.benchmarks), "benchmark"),
    ...repeated(definition.seeds, ["seeds"], "seed"),
  ];
}

/** It heads tables and messages. */
const LONGEST_NAME = 200;

function nameProblems({ name }: Experiment): Problem[] {
  if (name.trim() === "") return [problem(["name"], "has no character that shows: give the experiment a name")];
  if (/[\r\n]/.test(name)) return [problem(["name"], "expected one line, found several")];
  if (name.length <= LONGEST_NAME) return [];
  return [problem(["name"], `has ${name.length} characters, at most ${LONGEST_NAME} are shown: say more in \`about\``)];
}

/** What a person cannot see in an editor steers terminals, and ends paths early. */
function hiddenIn(value: unknown, path: Problem["path"]): Problem[] {
  if (typeof value === "string") {
    const hidden = hiddenCharacter(value);
    return hidden === null ? [] : [problem(path, `holds a character that does not show (${hidden}): take it out`)];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    hiddenIn(part, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

function modelNames({ models }: Experiment): string[] {
  return Object.keys(models);
}

function benchmarkProblems({ benchmarks }: Experiment): Problem[] {
  return Object.entries(benchmarks).flatMap(([name, { benchmark, seeds }]) => [
    ...(isKnown(benchmark)
      ? []
      : [problem(["benchmarks", name, "benchmark"], unknown("benchmark", benchmark, BENCHMARK_NAMES))]),
    ...repeated(seeds ?? [], ["benchmarks", name, "seeds"], "seed"),
  ]);
}

function skillProblems(definition: Experiment): Problem[] {
  const skillNames = Object.keys(definition.skills);
  return Object.entries(definition.skills).flatMap(([name, choice]): Problem[] => {
    const path = ["skills", name];
    if ("folder" in choice) return [];
    if ("placebo" in choice) return nameIn(choice.of, [...path, "of"], skillNames, "skill");
    if ("parametric" in choice)
      return nameIn(choice.parametric.author, [...path, "parametric", "author"], modelNames(definition), "model");
    const problems = distillProblems(choice.distill, [...path, "distill"], definition);
    return choice.distill.strategy === "retrieval"
      ? [
          ...problems,
          problem(
            [...path, "distill", "strategy"],
            "retrieval makes a memory, no skill: give it as `memory` of an arm",
          ),
        ]
      : problems;
  });
}

function distillProblems(
  { start, author, evolve, mode, strategy, batch }: DistillChoice,
  path: readonly (string | number)[],
  definition: Experiment,
): Problem[] {
  return [
    ...(start === null ? [] : nameIn(start, [...path, "start"], Object.keys(definition.skills), "skill")),
    ...(start === null && mode === "deepen"
      ? [problem([...path, "mode"], "deepen needs a skill to start from: give `start` the name of one")]
      : []),
    ...nameIn(author, [...path, "author"], modelNames(definition), "model"),
    ...nameIn(evolve, [...path, "evolve"], Object.keys(definition.benchmarks), "benchmark"),
    ...(batch !== undefined && strategy !== "sequential"
      ? [
          problem(
            [...path, "batch"],
            "says how many trials a step of the sequential strategy takes: give `strategy: sequential` too",
          ),
        ]
      : []),
  ];
}

/** A skill that is made, by way of others, from itself. Each cycle is told once, at its first skill. */
function cycleProblems({ skills }: Experiment): Problem[] {
  const next = (name: string): string | null => {
    const choice = own(skills, name);
    if (choice === undefined) return null;
    if ("distill" in choice) return choice.distill.start;
    return "placebo" in choice ? choice.of : null;
  };
  const told = new Set<string>();
  return Object.keys(skills).flatMap((name) => {
    const chain = [name];
    let at = next(name);
    while (at !== null && !chain.includes(at)) {
      chain.push(at);
      at = next(at);
    }
    if (at !== name || chain.some((link) => told.has(link))) return [];
    for (const link of chain) told.add(link);
    return [problem(["skills", name], `the skill is made from itself: ${[...chain, name].join(" from ")}`)];
  });
}

function armProblems(definition: Experiment): Problem[] {
  const { arms, users, judge, skills } = definition;
  const names = arms.map(({ name }) => name);
  const each = arms.flatMap((arm, index): Problem[] => {
    const path = ["arms", index];
    const memory = arm.memory?.distill;
    return [
      ...(arm.skill === undefined ? [] : nameIn(arm.skill, [...path, "skill"], Object.keys(skills), "skill")),
      ...(arm.baseline === undefined ? [] : nameIn(arm.baseline, [...path, "baseline"], names, "arm")),
      ...(arm.baseline === arm.name ? [problem([...path, "baseline"], "an arm is not compared with itself")] : []),
      ...namesIn(arm.users ?? [], [...path, "users"], users, "model of `users`"),
      ...namesIn(arm.judge ?? [], [...path, "judge"], judge, "benchmark of `judge`"),
      ...(memory === undefined ? [] : distillProblems(memory, [...path, "memory", "distill"], definition)),
      ...(memory?.strategy === undefined || memory.strategy === "retrieval"
        ? []
        : [
            problem(
              [...path, "memory", "distill", "strategy"],
              `a memory is made by retrieval: leave \`strategy: ${memory.strategy}\` out`,
            ),
          ]),
      ...(arm.memory?.embedder === undefined
        ? []
        : nameIn(arm.memory.embedder, [...path, "memory", "embedder"], modelNames(definition), "model")),
    ];
  });
  return [...each, ...repeated(names, ["arms"], "arm name")];
}

/** A cell of an arm is compared with that of its baseline, which has to be there: told before anything is paid for. */
function baselineProblems({ arms, users, judge }: Experiment): Problem[] {
  return arms.flatMap((arm, index): Problem[] => {
    const name = arm.baseline ?? arms[0]?.name;
    const baseline = arms.find((one) => one.name === name);
    if (baseline === undefined || baseline === arm) return [];
    const lacking = [
      ...without(arm.users ?? users, baseline.users).map((user) => `with ${user}`),
      ...without(arm.judge ?? judge, baseline.judge).map((benchmark) => `on ${benchmark}`),
    ];
    if (lacking.length === 0) return [];
    const message = `its baseline ${JSON.stringify(name)} is not judged ${lacking.join(", ")}, so that there would be nothing to compare with: judge that arm likewise, or choose another \`baseline\``;
    return [problem(["arms", index, ...(arm.baseline === undefined ? [] : ["baseline"])], message)];
  });
}

/** @param kept all when left out */
function without(names: readonly string[], kept: readonly string[] = names): string[] {
  return names.filter((name) => !kept.includes(name));
}

function namesIn(
  given: readonly string[],
  path: readonly (string | number)[],
  known: readonly string[],
  what: string,
): Problem[] {
  return [
    ...given.flatMap((name, index) => nameIn(name, [...path, index], known, what)),
    ...repeated(given, path, "name"),
  ];
}

function nameIn(name: string, path: readonly (string | number)[], known: readonly string[], what: string): Problem[] {
  return known.includes(name) ? [] : [problem(path, unknown(what, name, known))];
}

function repeated(given: readonly (string | number)[], path: readonly (string | number)[], what: string): Problem[] {
  return given.flatMap((value, index) =>
    given.indexOf(value) < index
      ? [problem([...path, index], `the ${what} ${JSON.stringify(value)} stands there before: give each once`)]
      : [],
  );
}

function unknown(what: string, name: string, known: readonly string[]): string {
  const there = known.length === 0 ? "there is none" : `there are ${known.join(", ")}`;
  return `there is no ${what} ${JSON.stringify(name)}; ${there}`;
}

function problem(path: readonly (string | number)[], message: string): Problem {
  return { path, message };
}
