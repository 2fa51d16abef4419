/** From what an experiment asks to the units that answer it: deterministic, and without a look at what was done before. */
import { shortHash } from "../../harness/hash.ts";
import { DEFAULT_LIMITS } from "../../harness/run/default-limits.ts";
import { refuseUnsound } from "./check.ts";
import type { ArmChoice, DistillChoice, Experiment, MemoryChoice, SkillChoice } from "./definition.ts";
import { own } from "./own.ts";
import { type At, refuseSealedEvolve } from "./sealed-evolve.ts";
import type {
  BenchmarkFacts,
  DistillUnit,
  MemoryUse,
  ModelFacts,
  Plan,
  PlanFacts,
  PlannedCell,
  PlannedSkill,
  SkillSource,
  Unit,
  UnitLimits,
} from "./units.ts";

const NONE: SkillSource = { kind: "none" };
/** As the paper's rival: what the one nearest task taught. */
const PAPER_TOP = 1;

/**
 * Plans an experiment: every baseline, evolve run, skill and memory once, however many cells share it.
 * Pure: the same definition and facts give the same plan, and equal parts of two experiments have equal ids.
 * @throws SetupError for a definition that is not sound, or that would distill from test tasks
 */
export function planExperiment(definition: Experiment, facts: PlanFacts, at: At = (path) => path.join(".")): Plan {
  refuseUnsound(definition);
  refuseSealedEvolve(definition, facts, at);
  const planner = new Planner(definition, facts);
  const skills = planner.allSkills();
  const cells = definition.arms.flatMap((arm) => planner.cellsOf(arm));
  return { units: planner.units(), cells, skills: [...skills, ...planner.memories()] };
}

class Planner {
  readonly #definition: Experiment;
  readonly #facts: PlanFacts;
  /** In the order of first need, which is an order of dependency: what a unit needs is added before it. */
  readonly #units = new Map<string, Unit>();
  readonly #memories = new Map<string, PlannedSkill>();

  constructor(definition: Experiment, facts: PlanFacts) {
    this.#definition = definition;
    this.#facts = facts;
  }

  units(): Unit[] {
    return [...this.#units.values()];
  }

  /** Those that an arm or another skill uses; a skill that nothing uses costs nothing. */
  allSkills(): PlannedSkill[] {
    const { skills, arms } = this.#definition;
    const used = new Set<string>();
    const use = (name: string | null | undefined): void => {
      if (name === null || name === undefined || used.has(name)) return;
      used.add(name);
      const choice = own(skills, name);
      if (choice === undefined) return;
      if ("distill" in choice) use(choice.distill.start);
      if ("placebo" in choice) use(choice.of);
    };
    for (const arm of arms) {
      use(arm.skill);
      use(arm.memory?.distill.start);
    }
    return Object.entries(skills)
      .filter(([name]) => used.has(name))
      .map(([name, choice]) => ({ name, author: authorOf(choice), source: this.#source(name) }));
  }

  memories(): PlannedSkill[] {
    return [...this.#memories.values()];
  }

  cellsOf(arm: ArmChoice): PlannedCell[] {
    const { users, judge, seeds } = this.#definition;
    const skill = arm.skill === undefined ? NONE : this.#source(arm.skill);
    const memory = arm.memory === undefined ? null : this.#memory(arm.name, arm.memory);
    return (arm.users ?? users).flatMap((user) =>
      (arm.judge ?? judge).map((benchmark) => {
        const own = this.#choice(benchmark).seeds ?? seeds;
        return {
          arm: arm.name,
          user,
          benchmark,
          unit: this.#run({ arm: arm.name, user, benchmark, skill, memory, seeds: own }),
        };
      }),
    );
  }

  #source(name: string): SkillSource {
    const choice = required(own(this.#definition.skills, name), `skill ${name}`);
    if ("folder" in choice)
      return { kind: "folder", name, hash: required(this.#facts.folders.get(name), `hash of the skill ${name}`) };
    if ("parametric" in choice) return made(this.#parametric(choice.parametric));
    if ("distill" in choice) return made(this.#distill("distill", choice.distill));
    const of = this.#source(choice.of);
    const seed = this.#definition.seeds[0];
    return made(
      this.#add({
        kind: "placebo",
        label: `placebo-${choice.placebo}`,
        placebo: choice.placebo,
        of,
        seed: seed ?? 0,
        decided: [choice.placebo, identityOf(of), seed],
        needs: needsOf(of),
      }),
    );
  }

  #parametric({ author, domain }: { author: string; domain?: string | undefined }): string {
    const benchmark = this.#toldBenchmark();
    const seed = this.#definition.seeds[0] ?? 0;
    const model = this.#model(author);
    return this.#add({
      kind: "parametric",
      label: `parametric.${model.label}`,
      author,
      benchmark,
      domain: domain ?? null,
      seed,
      decided: [model.analyst, this.#benchmark(benchmark).identity, domain, seed, this.#facts.prompts],
      needs: [],
    });
  }

  /** Whose kinds of task an author is told: the first that skills are distilled from, else the first that is judged on. */
  #toldBenchmark(): string {
    const { skills, arms, judge } = this.#definition;
    const distilled = [
      ...Object.values(skills).flatMap((choice) => ("distill" in choice ? [choice.distill.evolve] : [])),
      ...arms.flatMap(({ memory }) => (memory === undefined ? [] : [memory.distill.evolve])),
    ];
    return required(distilled[0] ?? judge[0], "benchmark");
  }

  #distill(kind: DistillUnit["kind"], choice: DistillChoice): string {
    const benchmark = this.#benchmark(choice.evolve);
    const start = choice.start === null ? NONE : this.#source(choice.start);
    const seed = choice.seed ?? this.#definition.seeds[0] ?? 0;
    const arm = choice.start ?? "no-skill";
    const { author, evolve, start: _, seed: __, ...method } = choice;
    const from = this.#run({ arm, user: author, benchmark: evolve, skill: start, memory: null, seeds: [seed] });
    const model = this.#model(author);
    return this.#add({
      kind,
      label: `${kind === "memory" ? "memory" : `skill-${choice.lessons}`}.${benchmark.label}.${model.label}`,
      choice,
      start,
      from,
      fromLabel: `${benchmark.label}.${model.label}`,
      seed,
      decided: [kind, method, model.analyst, from, identityOf(start), seed, this.#facts.prompts],
      needs: [from, ...needsOf(start)],
    });
  }

  #memory(arm: string, { distill, retrieval, top, embedder }: MemoryChoice): MemoryUse {
    const unit = this.#distill("memory", distill);
    this.#memories.set(arm, { name: arm, author: distill.author, source: made(unit) });
    return {
      unit,
      top: top ?? PAPER_TOP,
      retrieval: retrieval === "embedding" ? { kind: "embedding", model: embedder ?? null } : { kind: "bm25" },
    };
  }

  #run(asked: {
    arm: string;
    user: string;
    benchmark: string;
    skill: SkillSource;
    memory: MemoryUse | null;
    seeds: readonly number[];
  }): string {
    const { arm, user, benchmark, skill, memory, seeds } = asked;
    const [model, tasks] = [this.#model(user), this.#benchmark(benchmark)];
    const protocol = this.#choice(benchmark).protocol ?? "tools";
    const limits = limitsOf(this.#definition);
    const embedding = memory?.retrieval.kind === "embedding" ? memory.retrieval.model : null;
    const embedder = embedding === null ? null : this.#model(embedding).agent;
    const shown = memory && [memory.unit, memory.top, memory.retrieval.kind, embedder];
    return this.#add({
      kind: "run",
      label: `${tasks.label}.${model.label}`,
      arm,
      model: user,
      benchmark,
      skill,
      memory,
      protocol,
      seeds: [...seeds],
      limits,
      decided: [model.agent, tasks.identity, identityOf(skill), shown, protocol, sorted(seeds), limits],
      needs: [...needsOf(skill), ...(memory === null ? [] : [memory.unit])],
    });
  }

  #add(unit: Unplanned): string {
    const { decided, ...rest } = unit;
    const id = shortHash([unit.kind, this.#facts.machine, decided]);
    if (!this.#units.has(id)) this.#units.set(id, { id, ...rest } as Unit);
    return id;
  }

  #model(alias: string): ModelFacts {
    return required(this.#facts.models.get(alias), `model ${alias}`);
  }

  #benchmark(alias: string): BenchmarkFacts {
    return required(this.#facts.benchmarks.get(alias), `benchmark ${alias}`);
  }

  #choice(alias: string) {
    return required(own(this.#definition.benchmarks, alias), `benchmark ${alias}`);
  }
}

type Unplanned = Distribute<Unit> & { readonly decided: readonly unknown[] };
type Distribute<U> = U extends Unit ? Omit<U, "id"> : never;

function limitsOf({ limits = {} }: Experiment): UnitLimits {
  const given = Object.entries(limits).filter(([, value]) => value !== undefined);
  return { ...DEFAULT_LIMITS, ...Object.fromEntries(given) };
}

function authorOf(choice: SkillChoice): string | null {
  if ("parametric" in choice) return choice.parametric.author;
  return "distill" in choice ? choice.distill.author : null;
}

function made(unit: string): SkillSource {
  return { kind: "unit", unit };
}

function needsOf(source: SkillSource): string[] {
  return source.kind === "unit" ? [source.unit] : [];
}

/** Of a skill that was there its files count, not its name. */
function identityOf(source: SkillSource): string | null {
  switch (source.kind) {
    case "none":
      return null;
    case "folder":
      return source.hash;
    case "unit":
      return source.unit;
    default:
      return source satisfies never;
  }
}

function sorted(seeds: readonly number[]): number[] {
  return seeds.toSorted((one, other) => one - other);
}

/** What `refuseUnsound` has looked for is there. */
function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the plan lacks the ${what}`);
  return value;
}
