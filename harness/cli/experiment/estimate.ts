/** What is left of an experiment and what it may be expected to take: reads what is there, asks no model and writes nothing. */
import { resolve } from "node:path";
import { refuseUnsound } from "../../../reports/experiments/check.ts";
import type { Experiment } from "../../../reports/experiments/definition.ts";
import { planExperiment } from "../../../reports/experiments/plan.ts";
import type { Unit } from "../../../reports/experiments/units.ts";
import { SetupError } from "../../errors.ts";
import { costOf, type Money, type Prices } from "../../prices/prices.ts";
import { NO_USAGE, type Usage } from "../../records.ts";
import { readOutcomes } from "../../run/store.ts";
import { openSandboxesOf, type SandboxChoice } from "../../sandbox/open.ts";
import { sum } from "../../statistics/interval.ts";
import { sumUsage } from "../../usage.ts";
import { cacheDirectoryOf } from "../benchmark-of.ts";
import { ASSUMPTIONS, type CallerUsage, rounded } from "../expected-usage.ts";
import { definedOf, type Io } from "../io.ts";
import { endpointOf } from "../session.ts";
import { isSimulatedModel } from "../simulated-models.ts";
import {
  ESTIMATE_ASSUMPTIONS,
  type Expected,
  expectedDistillation,
  expectedDraft,
  expectedRun,
  type PerTrial,
  perTrial,
  type Sample,
} from "./expected.ts";
import { type Connecting, type Loaded, loadExperiment } from "./facts.ts";
import { type Finding, type Made, unitFolder } from "./making.ts";
import { trialsThere } from "./run.ts";
import { unitThere } from "./units.ts";

export interface EstimateOptions {
  readonly store: string;
  /** Folder that paths of the definition are from. */
  readonly base: string;
  readonly connecting: Connecting;
  /** What a part of the definition is called in messages; its path when left out. */
  readonly at?: (path: readonly (string | number)[]) => string;
  readonly sandbox: SandboxChoice;
  readonly prices: Prices;
  readonly width: number;
  /** Run folders whose trials tell what one takes, beside those of the experiment's own units. */
  readonly samples: readonly string[];
  readonly io: Io;
}

/** Of units, trials or distillations. */
export interface Counts {
  readonly total: number;
  readonly done: number;
  readonly left: number;
}

export interface ExperimentEstimate {
  readonly dryRun: true;
  readonly name: string;
  readonly units: Counts;
  readonly trials: Counts;
  /** Skills and memories that are made of trials. */
  readonly distillations: Counts;
  /** Of what is left, by alias of the model and by caller. */
  readonly expected: readonly (CallerUsage & { readonly model: string; readonly simulated: boolean })[];
  readonly total: Usage;
  readonly hours: number;
  readonly cost: Money;
  /** Trials that the averages come from; 0 where all is guessed. */
  readonly measuredTrials: number;
  readonly assumptions: readonly string[];
}

/** @throws SetupError, UsageError for what would stop the experiment before anything runs */
export async function estimateExperiment(
  definition: Experiment,
  options: EstimateOptions,
): Promise<ExperimentEstimate> {
  const { base, connecting, sandbox, store, io, at } = options;
  refuseUnsound(definition);
  const loaded = await loadExperiment(definition, {
    base,
    cacheDirectory: cacheDirectoryOf(io),
    connecting,
    sandbox: await sandboxIdentity(sandbox, io),
    io,
    ...(at && { at }),
  });
  const plan = planExperiment(definition, loaded.facts, at);
  const shelves = await look(plan.units, { bench: { loaded, store }, made: new Map() });
  const given = new Set(options.samples.map((folder) => resolve(folder)));
  const samples = [...(await samplesOf(given)), ...ownSamples(shelves, loaded, given)];
  const parts = shelves.flatMap((shelf) =>
    shelf.made === null ? [expectedOf(shelf, { loaded, samples, width: options.width })] : [],
  );
  return summed({ definition, shelves, parts, samples, loaded, options });
}

/** A machine that cannot make sandboxes can still plan for one that can: what is there was made elsewhere, and counts as not there. */
async function sandboxIdentity(choice: SandboxChoice, io: Io): Promise<string> {
  try {
    await using sandboxes = await openSandboxesOf(choice, definedOf(io.env));
    return sandboxes.identity;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    io.err(`note: there is no sandbox here, so that nothing counts as done: ${error.message}`);
    return "none here";
  }
}

/** A unit, and how much of it is there. */
interface Shelf {
  readonly unit: Unit;
  /** Null while nobody can tell where it will lie. */
  readonly folder: string | null;
  readonly made: Made | null;
  /** Of a run: trials that are there. */
  readonly trials: Awaited<ReturnType<typeof trialsThere>>;
}

/** Where a unit lies hangs on how what it needs came out: of one that lacks something, nothing is there. */
async function look(units: readonly Unit[], { bench }: Finding): Promise<Shelf[]> {
  const made = new Map<string, Made>();
  const shelves: Shelf[] = [];
  for (const unit of units) {
    if (!unit.needs.every((id) => made.has(id))) {
      shelves.push({ unit, folder: null, made: null, trials: [] });
      continue;
    }
    const there = await unitThere(unit, { bench, made });
    const folder = unitFolder(unit, { bench, made });
    const trials = unit.kind === "run" ? await trialsThere(folder) : [];
    shelves.push({ unit, folder, made: there, trials });
    if (there !== null) made.set(unit.id, there);
  }
  return shelves;
}

async function samplesOf(folders: ReadonlySet<string>): Promise<Sample[]> {
  const runs = await Promise.all([...folders].map(readOutcomes));
  return runs.map(({ manifest, trials }) => ({
    model: manifest.model.name,
    benchmark: manifest.benchmark.name,
    trials,
  }));
}

/** @param given folders whose trials count already */
function ownSamples(shelves: readonly Shelf[], loaded: Loaded, given: ReadonlySet<string>): Sample[] {
  return shelves.flatMap(({ unit, folder, trials }) =>
    unit.kind === "run" && trials.length > 0 && !given.has(folder ?? "")
      ? [{ ...placeOf(unit.model, unit.benchmark, loaded), trials }]
      : [],
  );
}

function placeOf(model: string, benchmark: string, { models, benchmarks }: Loaded) {
  return { model: models.get(model)?.agent.name ?? "", benchmark: benchmarks.get(benchmark)?.name ?? "" };
}

interface Estimating {
  readonly loaded: Loaded;
  readonly samples: readonly Sample[];
  readonly width: number;
}

interface Part extends Expected {
  /** Alias; null where no model is asked. */
  readonly model: string | null;
  readonly from: PerTrial | null;
}

function expectedOf({ unit, trials }: Shelf, { loaded, samples, width }: Estimating): Part {
  const one = (model: string, benchmark: string) => {
    const place = placeOf(model, benchmark, loaded);
    return perTrial(place.model, place.benchmark, samples);
  };
  switch (unit.kind) {
    case "run": {
      const from = one(unit.model, unit.benchmark);
      const left = trialsOf(unit, loaded) - trials.filter(({ score }) => score.kind === "scored").length;
      return { ...expectedRun(left, from, width), model: unit.model, from };
    }
    case "distill":
    case "memory": {
      const { author, evolve } = unit.choice;
      const from = one(author, evolve);
      const count = loaded.benchmarks.get(evolve)?.tasks.length ?? 0;
      return { ...expectedDistillation(unit, count, from, width), model: author, from };
    }
    case "parametric": {
      const from = one(unit.author, unit.benchmark);
      return { ...expectedDraft(from), model: unit.author, from };
    }
    case "placebo":
      return { usage: [], seconds: 0, model: null, from: null };
    default:
      return unit satisfies never;
  }
}

function trialsOf(
  { benchmark, seeds }: { benchmark: string; seeds: readonly number[] },
  { benchmarks }: Loaded,
): number {
  return (benchmarks.get(benchmark)?.tasks.length ?? 0) * seeds.length;
}

interface Summing {
  readonly definition: Experiment;
  readonly shelves: readonly Shelf[];
  readonly parts: readonly Part[];
  readonly samples: readonly Sample[];
  readonly loaded: Loaded;
  readonly options: EstimateOptions;
}

function summed({ definition, shelves, parts, samples, loaded, options }: Summing): ExperimentEstimate {
  const all = parts.flatMap(({ model, usage }) => (model === null ? [] : usage.map((one) => ({ ...one, model }))));
  const groups = Map.groupBy(all, ({ model, caller }) => JSON.stringify([model, caller]));
  const expected = [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { model, caller } = first;
    const simulated = isSimulatedModel(loaded.models.get(model)?.agent.name ?? "");
    return [{ model, caller, usage: rounded(sumUsage(group.map(({ usage }) => usage))), simulated }];
  });
  const runs = shelves.flatMap(({ unit, trials }) =>
    unit.kind === "run"
      ? [{ total: trialsOf(unit, loaded), done: trials.filter(({ score }) => score.kind === "scored").length }]
      : [],
  );
  const distillations = shelves.filter(({ unit }) => unit.kind === "distill" || unit.kind === "memory");
  const billed = expected.flatMap(({ model, usage }) => {
    const choice = loaded.models.get(model)?.agent;
    return choice === undefined ? [] : [{ model: choice.name, endpoint: endpointOf(choice, options.io), usage }];
  });
  return {
    dryRun: true,
    name: definition.name,
    units: counts(shelves.length, shelves.filter(({ made }) => made !== null).length),
    trials: counts(sum(runs.map(({ total }) => total)), sum(runs.map(({ done }) => done))),
    distillations: counts(distillations.length, distillations.filter(({ made }) => made !== null).length),
    expected,
    total: expected.length === 0 ? NO_USAGE : sumUsage(expected.map(({ usage }) => usage)),
    hours: sum(parts.map(({ seconds }) => seconds)) / 3_600,
    cost: costOf(billed, options.prices),
    measuredTrials: sum(samples.map(({ trials }) => trials.length)),
    assumptions: [...ESTIMATE_ASSUMPTIONS, ...ASSUMPTIONS],
  };
}

function counts(total: number, done: number): Counts {
  return { total, done, left: total - done };
}
