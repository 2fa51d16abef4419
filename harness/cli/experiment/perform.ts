/** One experiment from its definition: plans it, makes what is not there yet, and keeps its record. Shared by `experiment` and `reproduce`. */
import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import pLimit from "p-limit";
import { refuseUnsound } from "../../../reports/experiments/check.ts";
import type { Experiment } from "../../../reports/experiments/definition.ts";
import { planExperiment } from "../../../reports/experiments/plan.ts";
import type { ExperimentRecord } from "../../../reports/experiments/record.ts";
import type { Plan, Unit } from "../../../reports/experiments/units.ts";
import { BudgetReached, SetupError } from "../../errors.ts";
import { isWithin } from "../../run/sealed-reading.ts";
import type { Width } from "../../run/width.ts";
import { refuseTakenFolder } from "../free-folder.ts";
import type { Io } from "../io.ts";
import type { Counted } from "../progress.ts";
import type { Session } from "../session.ts";
import { type Connecting, type Loaded, loadExperiment } from "./facts.ts";
import { refuseOtherExperiment } from "./folder.ts";
import type { Bench, Made } from "./making.ts";
import { type Keeper, keepRecord } from "./record.ts";
import { makeUnit } from "./units.ts";

export interface ExperimentOptions {
  /** Of the experiment: its document, and whatever reports make of it. */
  readonly directory: string;
  readonly session: Session;
  readonly io: Io;
  /** Where runs and distillations are kept, for all experiments that name it. */
  readonly store: string;
  /** Folder that paths of the definition are from. */
  readonly base: string;
  /** What a part of the definition is called in messages, such as with its line; its path when left out. */
  readonly at?: (path: readonly (string | number)[]) => string;
  /** Trials, or analysts, at work at once in a unit. */
  readonly width: Width;
  readonly unitsAtOnce: number;
  readonly connecting: Connecting;
  readonly onEvent: (event: ExperimentEvent) => void;
}

/** What becomes of the units, as it happens. */
export type ExperimentEvent =
  | { readonly kind: "planned"; readonly plan: Plan }
  | { readonly kind: "begun"; readonly unit: Unit }
  | { readonly kind: "counted"; readonly unit: Unit; readonly counted: Counted }
  | { readonly kind: "ended"; readonly unit: Unit; readonly made: Made }
  /** The units that need it are left out, the others go on. */
  | { readonly kind: "failed"; readonly unit: Unit; readonly problem: string }
  | { readonly kind: "left-out"; readonly unit: Unit; readonly problem: string };

/**
 * Carries an experiment out, or goes on with it: what is in the store is read back, whichever experiment made it.
 * `experiment.json` is written at the beginning, after every unit, and at the end.
 * @returns the record; cells and skills that could not be made are not done, and told by events
 * @throws SetupError, UsageError before anything runs; BudgetReached, the reason of an abort, or a fault of ours after what was under way has ended
 */
export async function performExperiment(definition: Experiment, options: ExperimentOptions): Promise<ExperimentRecord> {
  const { session, io, onEvent } = options;
  const directory = resolve(options.directory);
  refuseTakenFolder(directory);
  await refuseOtherExperiment(directory, definition.name);
  const loaded = await loadFor(definition, options);
  const plan = planExperiment(definition, loaded.facts, options.at);
  for (const benchmark of loaded.benchmarks.values()) session.teach(benchmark);
  tellNotices(loaded, io);
  onEvent({ kind: "planned", plan });
  const stop = new AbortController();
  const bench = benchOf(loaded, { ...options, directory }, AbortSignal.any([io.signal, stop.signal]));
  refuseSkillsAround(bench);
  const keeper = keepRecord({ definition, plan, directory, bench });
  await keeper.write();
  await carryOut(plan, { bench, atOnce: options.unitsAtOnce, stop, onEvent, keeper });
  return keeper.write();
}

async function loadFor(definition: Experiment, options: ExperimentOptions): Promise<Loaded> {
  const { session, io, connecting, at } = options;
  refuseUnsound(definition); // what needs no look at the machine is told first
  return loadExperiment(definition, {
    base: resolve(options.base),
    cacheDirectory: session.cacheDirectory,
    connecting,
    sandbox: (await session.sandboxes()).identity,
    io,
    ...(at && { at }),
  });
}

function benchOf(loaded: Loaded, options: ExperimentOptions, signal: AbortSignal): Bench {
  const { directory, session, io, width, connecting } = options;
  const store = resolve(options.store);
  return { loaded, session, connecting, store, guarded: [store, directory], width, signal, io };
}

/** A skill's folder is read whole: with runs in it, their scores would be given to agents, and to whatever deepens it. */
function refuseSkillsAround({ loaded, guarded }: Bench): void {
  for (const [name, { path }] of loaded.skills) {
    const within = guarded.find((folder) => isWithin(path, folder) || isWithin(realpathSync(path), folder));
    if (within !== undefined)
      throw new SetupError(
        `skills.${name}: the folder ${path} holds ${within}, where this experiment writes: scores of trials would be part of the skill. ` +
          "Give --out and --units folders outside of it",
      );
  }
}

function tellNotices({ benchmarks }: Loaded, io: Io): void {
  const notices = [...benchmarks].flatMap(([alias, { notices: own }]) => own.map((notice) => `${alias}: ${notice}`));
  for (const notice of notices) io.err(`note: ${notice}`);
}

interface CarryingOut {
  readonly bench: Bench;
  readonly atOnce: number;
  /** Ends what is under way when one unit stops all. */
  readonly stop: AbortController;
  readonly onEvent: (event: ExperimentEvent) => void;
  readonly keeper: Keeper;
}

type End = { readonly kind: "made"; readonly made: Made } | { readonly kind: "not"; readonly problem: string };

/** Starts each unit when all that it needs is made; resolves when none is under way. */
async function carryOut(plan: Plan, carrying: CarryingOut): Promise<void> {
  const { bench, atOnce, stop, onEvent } = carrying;
  const limit = pLimit(atOnce);
  const ends = new Map<string, Promise<End>>();
  const endOf = async (unit: Unit): Promise<End> => {
    const made = new Map<string, Made>();
    for (const id of unit.needs) {
      const end = await ends.get(id);
      if (end?.kind === "made") made.set(id, end.made);
      else if (end?.kind === "not") {
        onEvent({ kind: "left-out", unit, problem: end.problem });
        return end;
      }
    }
    return limit(() => attempt(unit, made, carrying));
  };
  for (const unit of plan.units) ends.set(unit.id, endOf(unit));
  const settled = await Promise.allSettled(ends.values());
  const failure = settled.find((end) => end.status === "rejected");
  if (failure === undefined) return;
  throw bench.io.signal.aborted ? bench.io.signal.reason : (stop.signal.reason ?? failure.reason);
}

async function attempt(unit: Unit, made: ReadonlyMap<string, Made>, carrying: CarryingOut): Promise<End> {
  const { bench, stop, onEvent, keeper } = carrying;
  bench.signal.throwIfAborted();
  onEvent({ kind: "begun", unit });
  try {
    const onCount = (counted: Counted) => onEvent({ kind: "counted", unit, counted });
    const result = await makeUnit(unit, { bench, made, onCount });
    onEvent({ kind: "ended", unit, made: result });
    await keeper.add(unit.id, result);
    return { kind: "made", made: result };
  } catch (error) {
    if (error instanceof SetupError) {
      onEvent({ kind: "failed", unit, problem: error.message });
      return { kind: "not", problem: `${unit.label} failed: ${error.message}` };
    }
    // At a limit, what is under way is paid for and goes on to its next call; any other fault ends it at once.
    if (!(error instanceof BudgetReached)) stop.abort(error);
    throw error;
  }
}
