/** What decides the results of an experiment beside its definition: models, benchmarks and skills, found out before anything runs. */
import { resolve } from "node:path";
import { bashAgent } from "../../../agents/bash-agent.ts";
import { loadBenchmark } from "../../../benchmarks/index.ts";
import { DEFAULTS } from "../../../distill/distill-options.ts";
import { PROMPTS_IDENTITY } from "../../../distill/manifest.ts";
import type {
  BenchmarkChoice,
  Experiment,
  ModelChoice as ModelAsked,
} from "../../../reports/experiments/definition.ts";
import type { PlanFacts } from "../../../reports/experiments/units.ts";
import { SetupError, UsageError } from "../../errors.ts";
import { shortHash } from "../../hash.ts";
import { addressesOf } from "../../model/endpoints.ts";
import { PRESETS } from "../../model/presets.ts";
import { checkSampling, type Sampling, samplingFields } from "../../model/sampling.ts";
import type { Benchmark } from "../../roles.ts";
import { readSkill } from "../../skill/read.ts";
import type { Skill } from "../../skill/skill.ts";
import type { Io } from "../io.ts";
import { namedSampling } from "../model-choice.ts";
import { readTasks } from "../options.ts";
import { endpointOf, type ModelChoice } from "../session.ts";
import { toolVersion } from "../version.ts";

/** How often and how long calls are tried, and how many at once: in no result. */
export type Connecting = Pick<ModelChoice, "maxRetries" | "retryMs" | "connections">;

export interface LoadedModel {
  readonly agent: ModelChoice;
  readonly analyst: ModelChoice;
  /** Of all its servers; left out for a built-in one. */
  readonly addresses?: readonly string[];
}

export interface Loaded {
  /** By alias. */
  readonly models: ReadonlyMap<string, LoadedModel>;
  readonly benchmarks: ReadonlyMap<string, Benchmark>;
  /** Those that are there, by their name in the definition. */
  readonly skills: ReadonlyMap<string, { readonly skill: Skill; readonly path: string }>;
  readonly facts: PlanFacts;
}

export interface LoadOptions {
  /** Folder that paths of the definition are from. */
  readonly base: string;
  readonly cacheDirectory: string;
  readonly connecting: Connecting;
  /** What a part of the definition is called in messages, such as with its line; its path when left out. */
  readonly at?: (path: readonly (string | number)[]) => string;
  /** Kind and version of the sandbox. */
  readonly sandbox: string;
  readonly io: Io;
}

/**
 * Loads what an experiment names: a wrong model, benchmark, split, task or skill is told here, with its name.
 * @throws UsageError, SetupError
 */
export async function loadExperiment(definition: Experiment, options: LoadOptions): Promise<Loaded> {
  const { at = (path) => path.join(".") } = options;
  const models = new Map(
    Object.entries(definition.models).map(([alias, asked]) => [
      alias,
      within(at(["models", alias]), () => loadedModel(alias, asked, options)),
    ]),
  );
  const benchmarks = new Map<string, Benchmark>();
  for (const [alias, choice] of Object.entries(definition.benchmarks))
    benchmarks.set(alias, await withinAsync(at(["benchmarks", alias]), () => loadChoice(choice, options)));
  const skills = new Map<string, { skill: Skill; path: string }>();
  for (const [name, choice] of Object.entries(definition.skills)) {
    if (!("folder" in choice)) continue;
    const path = resolve(options.base, choice.folder);
    skills.set(name, { skill: await withinAsync(at(["skills", name]), () => readSkill(path)), path });
  }
  return { models, benchmarks, skills, facts: factsOf({ models, benchmarks, skills }, options) };
}

function loadedModel(alias: string, asked: ModelAsked, { base, connecting, io }: LoadOptions): LoadedModel {
  const baseUrl = asked.baseUrl === undefined ? null : [asked.baseUrl].flat().join(",");
  const choiceWith = (sampling: Sampling): ModelChoice => ({
    name: asked.model,
    baseUrl,
    sampling,
    keyOf: alias,
    ...connecting,
  });
  const agent = choiceWith(samplingOf(asked.sampling, base));
  const analyst = asked.analystSampling === undefined ? agent : choiceWith(samplingOf(asked.analystSampling, base));
  refuseUnanswered(agent, io);
  return { agent, analyst, ...(baseUrl !== null && { addresses: addressesOf(baseUrl) }) };
}

/** @throws UsageError for a name that nobody answers to */
function refuseUnanswered(choice: ModelChoice, io: Io): void {
  try {
    endpointOf(choice, io);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${error.message}; in a definition it stands as baseUrl of the model`, { cause: error });
  }
}

function samplingOf(asked: ModelAsked["sampling"], base: string): Sampling {
  if (asked === undefined) return {};
  if (typeof asked !== "string") return samplingFields([checkSampling(asked, "sampling")]);
  return samplingFields([namedSampling(Object.hasOwn(PRESETS, asked) ? asked : resolve(base, asked), "sampling")]);
}

function loadChoice(
  { benchmark, split, data, tasks, settings = {} }: BenchmarkChoice,
  { base, cacheDirectory }: LoadOptions,
): Promise<Benchmark> {
  const given = Object.entries({ ...settings, split }).filter(([, value]) => value !== undefined);
  return loadBenchmark(benchmark, {
    data: data === undefined ? null : resolve(base, data),
    cacheDirectory,
    tasks: tasks === undefined ? { kind: "all" } : readTasks(tasks),
    settings: Object.fromEntries(given),
  });
}

function factsOf({ models, benchmarks, skills }: Omit<Loaded, "facts">, { io, sandbox }: LoadOptions): PlanFacts {
  const hashOf = (choice: ModelChoice) => shortHash([choice.name, endpointOf(choice, io), choice.sampling]);
  return {
    models: new Map(
      [...models].map(([alias, { agent, analyst }]) => [
        alias,
        { agent: hashOf(agent), analyst: hashOf(analyst), label: labelOf(agent.name) },
      ]),
    ),
    benchmarks: new Map(
      [...benchmarks].map(([alias, benchmark]) => [
        alias,
        {
          identity: shortHash([
            benchmark.name,
            benchmark.split,
            benchmark.dataHash,
            benchmark.scorer,
            benchmark.settings,
          ]),
          label: labelOf(`${benchmark.name}-${benchmark.split}`),
          tasks: benchmark.tasks.length,
          sealed: benchmark.tasks.filter((task) => benchmark.splitOf(task) === "test").length,
        },
      ]),
    ),
    folders: new Map([...skills].map(([name, { skill }]) => [name, skill.hash])),
    machine: shortHash([toolVersion(), sandbox, bashAgent("tools").identity, bashAgent("text").identity, DEFAULTS]),
    prompts: PROMPTS_IDENTITY,
  };
}

function labelOf(name: string): string {
  return name.replace(/[^\w.-]+/g, "-").slice(-40);
}

/** Says which part of the definition a problem is of. */
function within<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw placed(where, error);
  }
}

async function withinAsync<T>(where: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw placed(where, error);
  }
}

function placed(where: string, error: unknown): unknown {
  if (error instanceof UsageError) return new UsageError(`${where}: ${error.message}`, { cause: error });
  return error instanceof SetupError ? new SetupError(`${where}: ${error.message}`, { cause: error }) : error;
}
