/** What a distillation is asked to do: its options, their defaults, and what cannot be asked together. */
import { SetupError } from "../harness/errors.ts";
import type { Benchmark, Images, Model, Sandboxes, Seen } from "../harness/roles.ts";
import type { Skill } from "../harness/skill/skill.ts";
import { isAnalysed } from "./analyse.ts";
import type { Draft, ErrorAnalyst, LessonSource, MergeBy, Mode, StrategyName } from "./choices.ts";
import type { Analysis } from "./documents.ts";
import type { DistillEvent } from "./progress.ts";
import type { NamedTrial } from "./trials.ts";
import type { TruthSource } from "./truth-source.ts";

/** Paper: 32 patches a merge, 128 analysts at once, at most 500 lines; the Agent Skills guidance: short references. */
export const DEFAULTS = {
  draft: "frame",
  strategy: "parallel",
  merge: "model",
  batch: 1,
  fanIn: 32,
  width: 128,
  routeSupport: 2,
  maxSkillLines: 500,
  maxReferenceLines: 300,
  shuffleMerge: 0,
  truths: null,
} as const;

export interface DistillOptions {
  readonly trials: readonly NamedTrial[];
  /** Lessons drawn elsewhere, as analyses that no model is asked for (`recorded-lessons.ts`); they join those of the trials. */
  readonly given?: readonly Analysis[];
  /** What the document is to tell of where the trials came from, beside what the method tells. */
  readonly notices?: readonly string[];
  /** The skill to start from, or null: a creation then starts from a draft. */
  readonly start: Skill | null;
  /** Left out: `deepen` with a start skill, `create` without. */
  readonly mode?: Mode;
  /** What a creation starts from when no skill is given. */
  readonly draft?: Draft;
  /** Where the tasks' inputs come from; null suits all but the agentic error analyst. */
  readonly benchmark: Benchmark | null;
  readonly sandboxes: Sandboxes | null;
  readonly model: Model;
  readonly lessons: LessonSource;
  readonly errorAnalyst: ErrorAnalyst;
  readonly strategy?: StrategyName;
  readonly merge?: MergeBy;
  /** Trials a step, of the sequential strategy. */
  readonly batch?: number;
  readonly fanIn?: number;
  /** Model calls under way at once; sandboxes limit themselves. */
  readonly width?: number;
  /** Distinct problems that bring an addition into SKILL.md; 1 puts everything there. */
  readonly routeSupport?: number;
  /** A longer SKILL.md is split into references at the borders of sections. */
  readonly maxSkillLines?: number;
  /** A longer reference is split likewise. */
  readonly maxReferenceLines?: number;
  /** Merges of the same patches in so many other orders, to tell how much is owed to the order; of the parallel strategy. */
  readonly shuffleMerge?: number;
  /** Ground truths that the finished skill must not hold. Harness-side: no model and no stored file sees them. */
  readonly truths?: TruthSource | null;
  readonly seed: number;
  /** Of the new skill, and of its folder. */
  readonly name: string;
  /** Where everything is written. */
  readonly directory: string;
  /** Folder of what the agent left in a trial, or null. */
  readonly artifactsOf: (trial: NamedTrial) => string | null;
  /** Where the images are that the agent of a trial was shown; null where there are none. Only read. */
  readonly imagesOf: (trial: NamedTrial) => Images | null;
  /** What a unit of work was shown before; in the journal. */
  readonly seen: (unit: string) => Seen;
  /** Notes which calls a distillation used, so that they can be taken elsewhere with it; left out where nobody asks. */
  readonly usedBy?: <T>(distillation: string, work: () => T) => T;
  readonly onEvent: (event: DistillEvent) => void;
  readonly signal: AbortSignal;
}

export type Settled = DistillOptions & Required<Pick<DistillOptions, keyof typeof DEFAULTS | "mode">>;

/** Options with all defaults in place, and trials in order of name. An option that is `undefined` was not given. */
export function settle(options: DistillOptions): Settled {
  const trials = options.trials.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  const mode = options.mode ?? (options.start === null ? "create" : "deepen");
  return { ...options, ...chosenOf(options), trials, mode };
}

function chosenOf(options: DistillOptions): Required<Pick<DistillOptions, keyof typeof DEFAULTS>> {
  return {
    draft: options.draft ?? DEFAULTS.draft,
    strategy: options.strategy ?? DEFAULTS.strategy,
    merge: options.merge ?? DEFAULTS.merge,
    batch: options.batch ?? DEFAULTS.batch,
    fanIn: options.fanIn ?? DEFAULTS.fanIn,
    width: options.width ?? DEFAULTS.width,
    routeSupport: options.routeSupport ?? DEFAULTS.routeSupport,
    maxSkillLines: options.maxSkillLines ?? DEFAULTS.maxSkillLines,
    maxReferenceLines: options.maxReferenceLines ?? DEFAULTS.maxReferenceLines,
    shuffleMerge: options.shuffleMerge ?? DEFAULTS.shuffleMerge,
    truths: options.truths ?? DEFAULTS.truths,
  };
}

/** @throws SetupError for options that cannot lead to a skill */
export function checkOptions(options: Settled): void {
  const fail = (problem: string): never => {
    throw new SetupError(`distill: ${problem}`);
  };
  const { trials, fanIn, batch, mode, start, benchmark, sandboxes } = options;
  if (fanIn < 2) fail(`a merge takes at least 2 patches, found a fan-in of ${fanIn}`);
  if (batch < 1) fail(`a step takes the lessons of at least 1 trial, found a batch of ${batch}`);
  if (options.shuffleMerge > 0 && options.strategy !== "parallel")
    fail(`only the parallel strategy merges in an order that can be changed, found ${options.strategy}`);
  if (mode === "deepen" && start === null)
    fail("a skill is deepened that is given: give it, or choose the mode create");
  if (new Set(trials.map(({ id }) => id)).size < trials.length)
    fail("two trials have the same name; give each run a folder name of its own");
  if ((options.given ?? []).length === 0 && !trials.some((trial) => isAnalysed(trial, options))) {
    fail(
      `none of the ${trials.length} trials can teach anything: lessons are drawn from ${options.lessons} trials that were scored`,
    );
  }
  const needsBench = trials.length > 0 && options.errorAnalyst === "agentic" && options.lessons !== "success";
  if (needsBench && (benchmark === null || sandboxes === null)) {
    fail(
      "the agentic error analyst needs the benchmark's inputs and a sandbox. Give the benchmark's data, or choose the single-call analyst",
    );
  }
}
