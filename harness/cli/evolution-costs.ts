/** What several distillations, the choice among them and the gate will cost: told before anything is paid for. */
import { isAnalysed } from "../../distill/analyse.ts";
import type { StrategyName } from "../../distill/choices.ts";
import { ANALYST_LIMITS } from "../../distill/error-analyst.ts";
import { countMerges } from "../../distill/parallel.ts";
import { type Parts, taskIdsOf } from "../../distill/selection-split.ts";
import { counted } from "../../reports/format.ts";
import type { Run } from "../run/store.ts";
import { trialName } from "../run/store.ts";
import { mean } from "../statistics/interval.ts";
import type { EvolutionPlan } from "./evolution.ts";
import { type CallerUsage, type ExpectedWork, expectedUsage } from "./expected-usage.ts";
import { openTrials } from "./perform-distill.ts";

/** The options of a distillation that its cost hangs on. */
export interface CostedDistillation {
  readonly lessons: "error" | "success" | "combined";
  readonly errorAnalyst?: "agentic" | "single-call";
  readonly fanIn: number;
  readonly merge?: "model" | "program";
  readonly strategy?: StrategyName;
  readonly batch?: number;
  readonly shuffleMerge?: number;
  /** Folder of the start skill, or `none`; left out, the model drafts one. */
  readonly start?: string;
}

export interface Expected {
  readonly calls: number;
  /** Bound by the limits on turns; repairs, and tries after a fault, come on top. */
  readonly mostCalls: number;
}

export interface Costs extends Expected {
  readonly distillations: number;
  /** Of agents, for scores and for the gate. */
  readonly trials: number;
  /** Per distillation. */
  readonly analyses: number;
  /** Trials with lessons that were drawn elsewhere, per distillation. */
  readonly recorded: number;
  /** Of all distillations. */
  readonly distilling: Expected;
  /** Of all trials. */
  readonly scoring: Expected;
  /** By caller, of all distillations and all trials. */
  readonly usage: readonly CallerUsage[];
  /** Units: tasks, or families of tasks. */
  readonly held: { readonly train: number; readonly validation: number; readonly gate: number };
}

/**
 * Counts distillations and trials, and expects as many calls of a trial, and of an agentic analyst, as the trials given took.
 * @param material runs, and how many trials recorded lessons are of that may be learned from
 * Nothing of the journal is looked at: what was paid for before costs nothing again.
 */
export function expectedCosts(
  { runs, recorded }: { readonly runs: readonly Run[]; readonly recorded: number },
  parts: Parts,
  { plan, options, turns, seeds }: { plan: EvolutionPlan; options: CostedDistillation; turns: number; seeds: number },
): Costs {
  const perTrial = callsPerTrial(runs);
  const one = distillationCosts({ trials: trialsOf(runs, parts.train), recorded }, options, perTrial);
  const distillations = plan.seeds.length;
  const trials = seeds * scoredTasks(parts, plan);
  const distilling = { calls: one.calls * distillations, mostCalls: one.mostCalls * distillations };
  const scoring = { calls: Math.round(trials * perTrial), mostCalls: trials * turns };
  return {
    distillations,
    trials,
    calls: distilling.calls + scoring.calls,
    mostCalls: distilling.mostCalls + scoring.mostCalls,
    analyses: one.analyses,
    recorded,
    distilling,
    scoring,
    usage: expectedUsage(runs, workOf(one.work, { distillations, trials })),
    held: { train: parts.train.length, validation: parts.validation.length, gate: parts.gate.length },
  };
}

function workOf(
  { fanIn, ...one }: Omit<ExpectedWork, "agent">,
  { distillations, trials }: { distillations: number; trials: number },
): ExpectedWork {
  const all = (count: number) => count * distillations;
  return {
    agent: trials,
    loops: all(one.loops),
    errorCalls: all(one.errorCalls),
    successCalls: all(one.successCalls),
    proposals: all(one.proposals),
    merges: all(one.merges),
    fanIn,
  };
}

/** One line for people. */
export function costsText({ distillations, trials, calls, mostCalls, analyses, recorded, held }: Costs): string {
  const back = held.validation + held.gate;
  const parts = [
    `${counted(distillations, "distillation")} of ${counted(analyses, "trial")} each${recorded === 0 ? "" : `, and recorded lessons of ${recorded} more`}`,
    `${counted(trials, "trial")} to score them`,
    `about ${calls} model calls (at most ${mostCalls}, repairs aside)`,
    ...(back === 0
      ? []
      : [`held back: ${held.validation} tasks for the choice, ${held.gate} for the gate, of ${back + held.train}`]),
  ];
  return `expected: ${parts.join("; ")}`;
}

/** Tasks tried in all: with each candidate on the part it is scored on, with two arms on that of the gate. */
function scoredTasks(parts: Parts, { seeds, scoredOn, gateMargin }: EvolutionPlan): number {
  const chosenOn = scoredOn === null ? 0 : taskIdsOf(parts[scoredOn]).length;
  const judgedOn = gateMargin === null ? 0 : taskIdsOf(parts.gate).length;
  return chosenOn * seeds.length + judgedOn * 2;
}

interface Sources {
  readonly trials: ReturnType<typeof trialsOf>;
  /** Trials with lessons that no analyst is asked for. */
  readonly recorded: number;
}

function distillationCosts(
  { trials, recorded }: Sources,
  options: CostedDistillation,
  perTrial: number,
): Expected & { analyses: number; work: Omit<ExpectedWork, "agent"> } {
  const { errorAnalyst = "agentic", fanIn } = options;
  const analysed = trials.filter((trial) => isAnalysed(trial, { lessons: options.lessons, errorAnalyst }));
  const failed = analysed.filter(({ score }) => score.kind === "scored" && score.value < 1).length;
  const loops = errorAnalyst === "agentic" ? failed : 0;
  const sources = analysed.length + recorded;
  const writing = writingCalls(sources, options);
  const single = analysed.length - loops + (options.start === undefined ? 1 : 0) + writing.proposals + writing.merges;
  const work = {
    loops,
    errorCalls: failed - loops,
    successCalls: analysed.length - failed,
    ...writing,
    fanIn: Math.min(fanIn, Math.max(2, sources)),
  };
  return {
    analyses: analysed.length,
    work,
    calls: Math.round(loops * perTrial) + single,
    mostCalls: loops * ANALYST_LIMITS.turns + single,
  };
}

/** Calls that make a skill of the lessons of so many trials, should each of them teach something. */
function writingCalls(
  sources: number,
  { fanIn, merge = "model", strategy = "parallel", batch = 1, shuffleMerge = 0 }: CostedDistillation,
): { proposals: number; merges: number } {
  const byModel = merge === "model";
  switch (strategy) {
    case "parallel":
      return { proposals: sources, merges: byModel ? countMerges(sources, fanIn) * (1 + shuffleMerge) : 0 };
    case "sequential":
      return { proposals: Math.ceil(sources / batch), merges: byModel && sources > 0 ? 1 : 0 };
    case "retrieval":
      return { proposals: 0, merges: 0 };
    default:
      return strategy satisfies never;
  }
}

function trialsOf(runs: readonly Run[], part: Parts["train"]) {
  const ids = new Set(taskIdsOf(part));
  return runs
    .flatMap(openTrials)
    .filter(({ task }) => ids.has(task.id))
    .map((trial) => ({ ...trial, id: trialName(trial.task.id, trial.seed) }));
}

function callsPerTrial(runs: readonly Run[]): number {
  const calls = runs
    .flatMap(openTrials)
    .flatMap(({ trajectory }) => (trajectory === null ? [] : [trajectory.steps.length]));
  return calls.length === 0 ? 1 : mean(calls);
}
