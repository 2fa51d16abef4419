/** The documents that a distillation writes, as zod schemas. No times in them: a repeated distillation writes the same bytes. */
import { z } from "zod";
import { FORMAT_VERSION, Message, Usage } from "../harness/records.ts";
import { isSafePath } from "../harness/skill/skill.ts";
import { Draft as DraftChoice, ErrorAnalyst, LessonSource, MergeBy, Mode, StrategyName } from "./choices.ts";
import { EditFate, LessonFate, LineKind, Origin } from "./ends.ts";
import { ScanReport, Stability } from "./guard-reports.ts";
import { Edit, Lesson, MergeFate, Patch, Refusal } from "./records.ts";

export { ErrorAnalyst, LessonSource } from "./choices.ts";
export { EditFate, LessonFate, LineKind, Origin } from "./ends.ts";

const version = z.literal(FORMAT_VERSION);

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

/** What led to the parametric skill: `draft.json`; the skill itself is in `parametric/<name>/`. */
export const Draft = z.strictObject({
  version,
  /** What was said after the opening messages. */
  chat: z.array(Message),
  /** What was wrong with the first draft, when it was asked for again. */
  repaired: z.string().nullable(),
  /** Why no draft could be used; null when one was. */
  refused: z.string().nullable(),
  usage: Usage,
});
export type Draft = z.infer<typeof Draft>;

/**
 * How a proposer's edits were read: `json`, `mended` (JSON with brackets, quotes or commas put right by program), `markdown`
 * (the semantic format), `heuristic` (picked out of replies that keep no format).
 */
export const ReadAs = z.enum(["json", "mended", "markdown", "heuristic"]);
export type ReadAs = z.infer<typeof ReadAs>;

/** Lessons made into a patch: `patches/<trial>.json`, or within `steps/<n>.json`. */
export const Proposal = z.strictObject({
  version,
  /** Whose lessons it was asked for; trials of a batch are joined with `, `. */
  trial: z.string(),
  patch: Patch,
  /** Edits that could not be read or do not fit the start skill. */
  refused: z.array(Refusal),
  /** Lessons that no edit carries, with why. */
  left: z.array(z.strictObject({ lesson: z.string(), reason: z.string() })),
  /** Lessons that the skill states already, with its words for them: of steps alone, where the skill has learned before. */
  stated: z.array(z.strictObject({ lesson: z.string(), text: z.string() })).optional(),
  /** What was wrong with the first reply, when it was asked again. */
  repaired: z.string().nullable(),
  /** Left out when nothing could be read. */
  readAs: ReadAs.optional(),
  /** Why the model could not be asked; null when it was. */
  fault: z.string().nullable(),
  usage: Usage,
});
export type Proposal = z.infer<typeof Proposal>;

/** One step of the sequential strategy: `steps/<n>.json`. */
export const Step = z.strictObject({
  version,
  /** From 1. */
  step: z.number().int(),
  trials: z.array(z.string()),
  proposal: Proposal,
  outcome: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("applied"), edits: z.array(z.string()) }),
    /** There was nothing to apply. */
    z.strictObject({ kind: z.literal("unchanged") }),
    /** What the edits made broke the skill: it stayed as it was. */
    z.strictObject({ kind: z.literal("rolled-back"), reason: z.string() }),
  ]),
  /** The skill after the step. */
  skill: z.strictObject({ hash: z.string(), skillLines: z.number().int() }),
});
export type Step = z.infer<typeof Step>;

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
  /** `program`: asked for, or no reply could be used; duplicates were then found by their words. */
  by: MergeBy,
  /** Whether the model was asked anew, with another draw, because nothing of its first answer could be used. */
  retried: z.boolean().optional(),
  fates: z.array(MergeFate),
  refused: z.array(Refusal),
  /** Names of edits in the reply that are none of the inputs, and the like. */
  notices: z.array(z.string()),
  /** Why the model could not be asked; null when it was. */
  fault: z.string().nullable(),
  usage: Usage,
});
export type Merge = z.infer<typeof Merge>;

export const DistillationManifest = z.strictObject({
  version,
  kind: z.literal("distillation"),
  name: z.string(),
  options: z.strictObject({
    lessons: LessonSource,
    errorAnalyst: ErrorAnalyst,
    // With defaults, so that what was distilled before they were there is still read, and gone on with.
    mode: Mode.default("create"),
    draft: DraftChoice.default("frame"),
    strategy: StrategyName.default("parallel"),
    /** Trials a step, of the sequential strategy. */
    batch: z.number().int().default(1),
    merge: MergeBy.default("model"),
    fanIn: z.number().int(),
    routeSupport: z.number().int(),
    maxSkillLines: z.number().int(),
    maxReferenceLines: z.number().int().default(300),
    shuffleMerge: z.number().int().default(0),
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
    /** Of the ground truths that the finished skill is scanned for; left out where it is not. */
    truths: z.string().optional(),
    /** Who answered single roles instead of the model above, by role; left out where it answered all. */
    roles: z
      .record(
        z.string(),
        z.strictObject({
          model: z.string(),
          endpoint: z.string(),
          simulated: z.boolean(),
          sampling: z.record(z.string(), z.unknown()),
        }),
      )
      .optional(),
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
  /** Of the retrieval strategy, which leaves the skill as it is. */
  memory: z.strictObject({ hash: z.string(), path: Path, experiences: Count, items: Count }).optional(),
  /** What the edits were made to. Left out by distillations from before there was a choice. */
  start: z
    .strictObject({
      kind: z.enum(["given", "parametric", "frame"]),
      hash: z.string(),
      /** Of the draft's own folder, where it was kept as an arm of its own. */
      path: Path.nullable(),
      /** What was wrong with the model's first draft, when it was asked again; null when nothing was. */
      repaired: z.string().nullable(),
      /** Why no draft of the model could be used, so that the frame took its place; null otherwise. */
      refused: z.string().nullable(),
    })
    .optional(),
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
    /** Proposers whose first reply could not be used as it was, and who were asked again. */
    repaired: Count.optional(),
    /** Proposals in the semantic Markdown format. */
    markdown: Count.optional(),
    /** Proposals whose edits were mended by program, or picked out of replies that keep no format. */
    heuristics: Count.optional(),
    /** Groups whose merge was asked for anew. */
    mergesRetried: Count.optional(),
    /** Steps taken, and those of them that were rolled back: of the sequential strategy. */
    steps: Count.optional(),
    stepsRolledBack: Count.optional(),
  }),
  usage: z.record(z.string(), Usage),
  analyses: z.array(Analysis.pick({ trial: true, task: true, analyst: true, outcome: true })),
  lessons: z.array(Lesson.extend({ fate: LessonFate })),
  edits: z.array(Edit.extend({ support: Count, origin: Origin, fate: EditFate })),
  merges: z.array(
    Merge.pick({ id: true, level: true, index: true, inputs: true, by: true }).extend({ output: z.string() }),
  ),
  /** Lines of the final skill that do not stand in the start skill as given, from 1, with the edits behind them. */
  lines: z.array(z.strictObject({ file: Path, line: Count, edits: z.array(z.string()), origin: LineKind.optional() })),
  /** What a check of the final skill found; empty when it keeps all rules. */
  problems: z.array(Finding),
  /** What was changed on the way, such as a place that was not there. */
  notices: z.array(z.string()),
  /** Left out where no ground truth was at hand. */
  scan: ScanReport.optional(),
  /** Left out unless other orders were asked for. */
  stability: Stability.optional(),
});
export type Distillation = z.infer<typeof Distillation>;
