/** One trial to lessons: which analyst it gets, what is never analysed, and what becomes of a fault. */

import { messageOf } from "../harness/errors.ts";
import { hashJson } from "../harness/hash.ts";
import { FORMAT_VERSION, NO_USAGE, type Trajectory } from "../harness/records.ts";
import {
  BenchmarkError,
  ContextLimitError,
  type Images,
  ModelError,
  SandboxError,
  type Seen,
} from "../harness/roles.ts";
import { type Skill, skillText } from "../harness/skill/skill.ts";
import type { Analysed } from "./analysed.ts";
import { expectedValues } from "./answer-values.ts";
import type { Asking } from "./ask.ts";
import type { Analysis, AnalysisOutcome, ErrorAnalyst, LessonSource } from "./documents.ts";
import { analyseError } from "./error-analyst.ts";
import { injectionIn, shownIn } from "./injection.ts";
import type { DraftLesson } from "./lesson-guard.ts";
import { openingOf } from "./opening.ts";
import { SKILL_FILE } from "./paths.ts";
import { analyseInOneCall } from "./single-call-analyst.ts";
import { isRight, truthIn } from "./told.ts";
import { hashTrial, type NamedTrial } from "./trials.ts";
import type { Bench } from "./workspace.ts";

export interface AnalyseOptions {
  readonly start: Skill | null;
  readonly lessons: LessonSource;
  readonly errorAnalyst: ErrorAnalyst;
  /** Needed by the agentic analyst only. */
  readonly bench: Bench | null;
  readonly artifactsOf: (trial: NamedTrial) => string | null;
  /** Where the images are that a trial's agent was shown, and others are kept; null where there are none. */
  readonly imagesOf: (trial: NamedTrial) => Images | null;
  /** What a unit was shown before. */
  readonly seen: (unit: string) => Seen;
  /** Hash of what decides an analysis besides the trial: model, prompts, benchmark, start skill. */
  readonly context: string;
}

type Plan =
  | { readonly kind: "skip"; readonly outcome: Extract<AnalysisOutcome, { kind: "skipped" }> }
  | {
      readonly kind: "analyse";
      readonly analyst: "error" | "single-call-error" | "success";
      readonly agent: Trajectory;
    };

/** Id of an analysis: equal when everything that decides it is equal. */
export function analysisUnit(trial: NamedTrial, { context, lessons, errorAnalyst }: AnalyseOptions): string {
  return hashJson({ context, analyst: planFor(trial, { lessons, errorAnalyst }), trial: hashTrial(trial) });
}

/** How many of these trials would be analysed. */
export function isAnalysed(trial: NamedTrial, options: Pick<AnalyseOptions, "lessons" | "errorAnalyst">): boolean {
  return planFor(trial, options).kind === "analyse";
}

/**
 * Analyses one trial against the frozen start skill.
 * A fault of ours or of the endpoint is part of the record; what the user must mend, and an abort, are thrown.
 */
export async function analyse(trial: NamedTrial, options: AnalyseOptions, asking: Asking): Promise<Analysis> {
  const plan = planFor(trial, options);
  if (plan.kind === "skip") return record(trial, options, "none", nothing(plan.outcome));
  try {
    return record(trial, options, plan.analyst, await ask(trial, plan, options, asking));
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === null || asking.signal.aborted) throw error;
    return record(trial, options, plan.analyst, nothing({ kind: "failed", reason, detail: messageOf(error) }));
  }
}

const MAY_PASS: readonly string[] = ["model-failed", "sandbox-failed", "benchmark-broken"];

/** Faults that may be gone the next time: such an analysis is not kept for good. */
export function mayPass({ outcome }: Pick<Analysis, "outcome">): boolean {
  return outcome.kind === "failed" && MAY_PASS.includes(outcome.reason);
}

function planFor(trial: NamedTrial, { lessons, errorAnalyst }: Pick<AnalyseOptions, "lessons" | "errorAnalyst">): Plan {
  const { score, trajectory } = trial;
  const skip = (reason: Extract<AnalysisOutcome, { kind: "skipped" }>["reason"], detail: string): Plan => ({
    kind: "skip",
    outcome: { kind: "skipped", reason, detail },
  });
  if (score.kind === "unscored") return skip("unscored", `${score.reason}: ${score.detail}`);
  if (trajectory === null) return skip("unscored", "there is no trajectory");
  if (trajectory.exit === "format-errors") {
    return skip("protocol-failure", "the replies broke the protocol, which is no lesson on the task");
  }
  const passed = isRight(score);
  if (lessons === (passed ? "error" : "success")) {
    return skip("not-asked-for", `the trial ${passed ? "passed" : "failed"}; lessons are drawn from ${lessons} only`);
  }
  const ofErrors = errorAnalyst === "agentic" ? "error" : "single-call-error";
  return { kind: "analyse", analyst: passed ? "success" : ofErrors, agent: trajectory };
}

async function ask(
  trial: NamedTrial,
  { analyst, agent }: Extract<Plan, { kind: "analyse" }>,
  options: AnalyseOptions,
  asking: Asking,
): Promise<Analysed> {
  const { bench, artifactsOf } = options;
  const opening = openingOf(trial, agent, options.start, options.imagesOf(trial));
  switch (analyst) {
    case "error": {
      if (bench === null) throw new RangeError("the agentic analyst is given a benchmark and sandboxes, or not chosen");
      const seen = options.seen(analysisUnit(trial, options));
      const failed = { task: trial.task, agent, artifacts: artifactsOf(trial), seen, verdict: truthOf(trial) };
      return analyseError(failed, opening, asking, bench);
    }
    case "success":
    case "single-call-error":
      return analyseInOneCall(analyst, { task: trial.task, truth: truthOf(trial) }, opening, asking);
    default:
      return analyst satisfies never;
  }
}

/** What the trial's score tells of the task's answer: for checks, never for a model. */
function truthOf({ task, score, trajectory }: NamedTrial): string {
  return score.kind === "scored" ? truthIn(task, score, trajectory?.answer ?? "") : "";
}

function record(
  trial: NamedTrial,
  options: AnalyseOptions,
  analyst: Analysis["analyst"],
  analysed: Analysed,
): Analysis {
  const lessons = analysed.lessons.map(({ dropped: _, ...lesson }, index) => ({
    id: `${trial.id}#${index + 1}`,
    kind: analyst === "success" ? ("success" as const) : ("error" as const),
    trial: trial.id,
    task: trial.task.id,
    ...(trial.task.family !== undefined && { family: trial.task.family }),
    ...lesson,
  }));
  const screen = screenFor(trial, options);
  const dropped = analysed.lessons.flatMap((draft, index) => {
    const lesson = lessons[index]?.id;
    const reason = draft.dropped ?? screen(draft);
    return reason === null || lesson === undefined ? [] : [{ lesson, reason }];
  });
  return {
    version: FORMAT_VERSION,
    unit: analysisUnit(trial, options),
    trial: trial.id,
    task: trial.task.id,
    analyst,
    outcome: analysed.outcome,
    lessons,
    dropped,
    fix: analysed.fix,
    expected: expectedValues([...analysed.verdicts, truthOf(trial)], trial.task.instruction),
    chat: [...analysed.chat],
    usage: analysed.usage,
  };
}

/** What a stranger put into the task's data must not pass for a lesson. */
function screenFor(
  { task, trajectory }: NamedTrial,
  { start }: AnalyseOptions,
): (lesson: DraftLesson) => string | null {
  if (trajectory === null) return () => null;
  const startText = start === null ? "" : (skillText(start, SKILL_FILE) ?? "");
  const shown = shownIn(task, trajectory, startText);
  return (lesson) => injectionIn(lesson, shown);
}

function nothing(outcome: AnalysisOutcome): Analysed {
  return { outcome, lessons: [], fix: null, verdicts: [], chat: [], usage: NO_USAGE };
}

function reasonOf(error: unknown): Extract<AnalysisOutcome, { kind: "failed" }>["reason"] | null {
  if (error instanceof ModelError) return "model-failed";
  if (error instanceof ContextLimitError) return "context-limit";
  if (error instanceof SandboxError) return "sandbox-failed";
  if (error instanceof BenchmarkError) return "benchmark-broken";
  return null;
}
