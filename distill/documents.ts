/** The documents that a distillation writes, as zod schemas. No times in them: a repeated distillation writes the same bytes. */
import { z } from "zod";
import { FORMAT_VERSION, Message, Usage } from "../harness/records.ts";
import { isSafePath } from "../harness/skill/skill.ts";
import { Edit, Lesson, MergeFate, Patch, Refusal } from "./records.ts";

const version = z.literal(FORMAT_VERSION);

export const LessonSource = z.enum(["error", "success", "combined"]);
export type LessonSource = z.infer<typeof LessonSource>;
export const ErrorAnalyst = z.enum(["agentic", "single-call"]);
export type ErrorAnalyst = z.infer<typeof ErrorAnalyst>;

/** The script that an error analyst handed in, and what the harness found when it ran it afresh. */
export const Fix = z.strictObject({
  script: z.string(),
  verified: z.boolean(),
  /** It writes down what the evaluator showed as expected; never so where it shows nothing (`told.ts`). Of a real model, this costs the lessons; a simulated one has no other way with some tasks. */
  spelledOut: z.boolean(),
  /** What the scorer said, or why it could not be asked. Holds ground truth: for people, never for a model. */
  verdict: z.string(),
});
export type Fix = z.infer<typeof Fix>;

export const AnalysisOutcome = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("analysed") }),
  /** Nothing was asked of a model. */
  z.strictObject({
    kind: z.literal("skipped"),
    reason: z.enum(["protocol-failure", "unscored", "not-asked-for"]),
    detail: z.string(),
  }),
  z.strictObject({
    kind: z.literal("failed"),
    reason: z.enum([
      "unreadable-reply",
      "turn-limit",
      "context-limit",
      "model-failed",
      "sandbox-failed",
      "benchmark-broken",
    ]),
    detail: z.string(),
  }),
]);
export type AnalysisOutcome = z.infer<typeof AnalysisOutcome>;

/** One trial, analysed: `analyses/<trial>.json`. */
export const Analysis = z.strictObject({
  version,
  /** Hash of everything that decides this analysis; a stored one is used again only under the same. */
  unit: z.string(),
  trial: z.string(),
  task: z.string(),
  analyst: z.enum(["error", "single-call-error", "success", "none"]),
  outcome: AnalysisOutcome,
  /** All that were handed in, also those that were dropped. */
  lessons: z.array(Lesson),
  dropped: z.array(z.strictObject({ lesson: z.string(), reason: z.string() })),
  fix: Fix.nullable(),
  /** Expected values that the scorer named. Ground truth: for checks of the skill, never for a model. */
  expected: z.array(z.string()),
  /** What was said after the opening messages. */
  chat: z.array(Message),
  usage: Usage,
});
export type Analysis = z.infer<typeof Analysis>;

/** The lessons of one trial made into a patch: `patches/<trial>.json`. */
export const Proposal = z.strictObject({
  version,
  trial: z.string(),
  patch: Patch,
  /** Edits that could not be read or do not fit the start skill. */
  refused: z.array(Refusal),
  /** Lessons that no edit carries, with why. */
  left: z.array(z.strictObject({ lesson: z.string(), reason: z.string() })),
  /** What was wrong with the first reply, when it was asked again. */
  repaired: z.string().nullable(),
  /** Why the model could not be asked; null when it was. */
  fault: z.string().nullable(),
  usage: Usage,
});
export type Proposal = z.infer<typeof Proposal>;

/** One merge of a group: `merges/<level>-<n>.json`. */
export const Merge = z.strictObject({
  version,
  id: z.string(),
  /** From 1: level 0 is the proposed patches. */
  level: z.number().int(),
  index: z.number().int(),
  /** Ids of the patches merged. */
  inputs: z.array(z.string()),
  output: Patch,
  /** `program`: no reply could be used, so the edits were put together by the harness. */
  by: z.enum(["model", "program"]),
  fates: z.array(MergeFate),
  refused: z.array(Refusal),
  /** Names of edits in the reply that are none of the inputs, and the like. */
  notices: z.array(z.string()),
  /** Why the model could not be asked; null when it was. */
  fault: z.string().nullable(),
  usage: Usage,
});
export type Merge = z.infer<typeof Merge>;

/** Where an edit came from. */
export const Origin = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("proposed"), patch: z.string(), trial: z.string() }),
  z.strictObject({ kind: z.literal("merged"), merge: z.string(), covers: z.array(z.string()) }),
  /** A reference file that the harness made for rare lessons; its edits are those routed to it. */
  z.strictObject({ kind: z.literal("routing") }),
]);
export type Origin = z.infer<typeof Origin>;

export const EditFate = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("applied"), file: z.string(), lines: z.number().int() }),
  z.strictObject({ kind: z.literal("merged"), into: z.array(z.string()) }),
  z.strictObject({ kind: z.literal("dropped"), stage: z.enum(["merge", "route"]), reason: z.string() }),
  z.strictObject({ kind: z.literal("rejected"), problem: z.string() }),
]);
export type EditFate = z.infer<typeof EditFate>;

/** Every lesson has exactly one (invariant 6): the best that became of any of its edits. */
export const LessonFate = z.discriminatedUnion("kind", [
  /** `edits`: those applied. `merged`: its words were merged with those of other lessons. */
  z.strictObject({ kind: z.literal("in-skill"), edits: z.array(z.string()), merged: z.boolean() }),
  z.strictObject({
    kind: z.literal("in-reference"),
    files: z.array(z.string()),
    edits: z.array(z.string()),
    merged: z.boolean(),
  }),
  z.strictObject({ kind: z.literal("rejected"), problem: z.string() }),
  z.strictObject({
    kind: z.literal("dropped"),
    stage: z.enum(["analyse", "propose", "merge", "route"]),
    reason: z.string(),
  }),
]);
export type LessonFate = z.infer<typeof LessonFate>;

export const DistillationManifest = z.strictObject({
  version,
  kind: z.literal("distillation"),
  name: z.string(),
  options: z.strictObject({
    lessons: LessonSource,
    errorAnalyst: ErrorAnalyst,
    fanIn: z.number().int(),
    routeSupport: z.number().int(),
    maxSkillLines: z.number().int(),
    seed: z.number().int(),
  }),
  /** Everything that decides the result, hashed or named. */
  fingerprint: z.strictObject({
    trials: z.string(),
    start: z.string().nullable(),
    model: z.string(),
    endpoint: z.string(),
    simulated: z.boolean(),
    sampling: z.record(z.string(), z.unknown()),
    prompts: z.string(),
    benchmark: z.string().nullable(),
    sandbox: z.string().nullable(),
  }),
});
export type DistillationManifest = z.infer<typeof DistillationManifest>;

const Count = z.number().int();
/** Below the folder that it is joined to: a document may come from strangers. */
const Path = z.string().refine(isSafePath, { error: "expected a path that stays within the folder" });

const Finding = z.strictObject({
  file: Path,
  line: Count,
  rule: z.string(),
  severity: z.enum(["error", "warning"]),
  message: z.string(),
});

/** The whole of a distillation, read by reports: `distillation.json`, written last. */
export const Distillation = DistillationManifest.extend({
  skill: z.strictObject({
    name: z.string(),
    hash: z.string(),
    path: Path,
    skillLines: Count,
    files: z.array(Path),
  }),
  stages: z.strictObject({
    trials: Count,
    analysed: Count,
    skipped: Count,
    failed: Count,
    lessons: Count,
    /** Lessons that went on to the proposers. */
    lessonsKept: Count,
    /** Number of patches at each level: the proposed ones first, the last one last. */
    patchesPerLevel: z.array(Count),
    /** Number of edits in all patches of each level. */
    editsPerLevel: z.array(Count),
    editsProposed: Count,
    /** In the last patch. */
    editsMerged: Count,
    editsApplied: Count,
    editsRouted: Count,
    editsRejected: Count,
    /** Faults of ours or of the endpoint: with any, the same command tries those again. */
    faults: Count,
  }),
  usage: z.record(z.string(), Usage),
  analyses: z.array(Analysis.pick({ trial: true, task: true, analyst: true, outcome: true })),
  lessons: z.array(Lesson.extend({ fate: LessonFate })),
  edits: z.array(Edit.extend({ support: Count, origin: Origin, fate: EditFate })),
  merges: z.array(
    Merge.pick({ id: true, level: true, index: true, inputs: true, by: true }).extend({ output: z.string() }),
  ),
  /** Lines of the final skill that are not of the start skill, from 1, with the edits behind them. */
  lines: z.array(z.strictObject({ file: Path, line: Count, edits: z.array(z.string()).min(1) })),
  /** What a check of the final skill found; empty when it keeps all rules. */
  problems: z.array(Finding),
  /** What was changed on the way, such as a place that was not there. */
  notices: z.array(z.string()),
});
export type Distillation = z.infer<typeof Distillation>;
