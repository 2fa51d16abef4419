/** What the units of an experiment that are left may be expected to take: from recorded averages where there are any, else from stated guesses. */
import { DEFAULTS } from "../../../distill/distill-options.ts";
import { countMerges } from "../../../distill/parallel.ts";
import type { DistillUnit } from "../../../reports/experiments/units.ts";
import type { Usage } from "../../records.ts";
import type { Outcome } from "../../run/outcome.ts";
import { mean } from "../../statistics/interval.ts";
import { sumUsage } from "../../usage.ts";
import { type CallerUsage, type ExpectedWork, times, usageFrom } from "../expected-usage.ts";
import { ASSUMED } from "../run-plan.ts";

/** Trials that tell what one takes. */
export interface Sample {
  readonly model: string;
  readonly benchmark: string;
  readonly trials: readonly Outcome[];
}

/** Of one trial. */
export interface PerTrial {
  readonly usage: Usage;
  readonly seconds: number;
  /** Share of trials that are not fully right. */
  readonly failing: number;
  /** Trials that it is the mean of; 0 for a guess. */
  readonly trials: number;
}

/** Nobody has measured these of the user's server. */
const SECONDS_A_CALL = 10;
const FAILING = 0.5;

/** Said with every estimate. */
export const ESTIMATE_ASSUMPTIONS = [
  `where no trial tells: ${ASSUMED.calls} calls, ${ASSUMED.inputTokens.toLocaleString("en-US")} tokens in and ${ASSUMED.outputTokens.toLocaleString("en-US")} out a trial, ${SECONDS_A_CALL} s a call, and ${100 * FAILING} % of trials failing`,
  "hours: units one after the other, as many trials at once as asked for, servers as fast as when they were measured",
];

/** The mean of the nearest trials: of the same model on the same benchmark, else of the model, else of the benchmark, else of all. */
export function perTrial(model: string, benchmark: string, samples: readonly Sample[]): PerTrial {
  const nearest = [
    samples.filter((sample) => sample.model === model && sample.benchmark === benchmark),
    samples.filter((sample) => sample.model === model),
    samples.filter((sample) => sample.benchmark === benchmark),
    samples,
  ];
  const told = nearest
    .map((group) => group.flatMap(({ trials }) => trials.filter(tells)))
    .find(({ length }) => length > 0);
  if (told === undefined)
    return { usage: ASSUMED, seconds: ASSUMED.calls * SECONDS_A_CALL, failing: FAILING, trials: 0 };
  return {
    usage: times(sumUsage(told.map(({ usage }) => usage)), 1 / told.length),
    seconds: mean(told.map(({ durationMs }) => durationMs / 1_000)),
    failing: mean(told.map(({ score }) => (score.kind === "scored" && score.value === 1 ? 0 : 1))),
    trials: told.length,
  };
}

/** Trials whose agent never began, and those whose tokens nobody told, tell nothing. */
function tells({ trajectory, usage }: Outcome): boolean {
  return trajectory !== null && !usage.untold;
}

export interface Expected {
  readonly usage: readonly CallerUsage[];
  readonly seconds: number;
}

/** @param left trials that are not there yet */
export function expectedRun(left: number, one: PerTrial, width: number): Expected {
  return { usage: [{ caller: "agent", usage: times(one.usage, left) }], seconds: (left * one.seconds) / width };
}

/** @param trials of the evolve run */
export function expectedDistillation(
  { choice, kind }: DistillUnit,
  trials: number,
  one: PerTrial,
  width: number,
): Expected {
  const {
    lessons,
    errorAnalyst = "agentic",
    fanIn = DEFAULTS.fanIn,
    merge = DEFAULTS.merge,
    batch = DEFAULTS.batch,
  } = choice;
  const strategy = kind === "memory" ? "retrieval" : (choice.strategy ?? DEFAULTS.strategy);
  const failed = lessons === "success" ? 0 : Math.round(trials * one.failing);
  const passed = lessons === "error" ? 0 : trials - Math.round(trials * one.failing);
  const sources = failed + passed;
  const loops = errorAnalyst === "agentic" ? failed : 0;
  const byModel = merge === "model";
  const writing = {
    parallel: { proposals: sources, merges: byModel ? countMerges(sources, fanIn) : 0, turns: 2 },
    sequential: {
      proposals: Math.ceil(sources / batch),
      merges: byModel && sources > 0 ? 1 : 0,
      turns: Math.ceil(sources / batch),
    },
    retrieval: { proposals: 0, merges: 0, turns: 0 },
  }[strategy];
  const work: ExpectedWork = {
    agent: 0,
    loops,
    errorCalls: failed - loops,
    successCalls: passed,
    proposals: writing.proposals,
    merges: writing.merges,
    fanIn: Math.min(fanIn, Math.max(2, sources)),
  };
  const prompt = one.usage.calls === 0 ? 0 : (one.usage.inputTokens + one.usage.outputTokens) / one.usage.calls;
  const usage = usageFrom({ trial: one.usage, prompt }, work);
  const callSeconds = one.usage.calls === 0 ? SECONDS_A_CALL : one.seconds / one.usage.calls;
  const atOnce = (loops * one.seconds + (sources - loops + writing.proposals) * callSeconds) / width;
  return { usage, seconds: atOnce + writing.turns * callSeconds };
}

/** A draft, and its repair where it needs one. */
export function expectedDraft(one: PerTrial): Expected {
  const calls = Math.max(1, one.usage.calls);
  return { usage: [{ caller: "parametric", usage: times(one.usage, 1 / calls) }], seconds: one.seconds / calls };
}
