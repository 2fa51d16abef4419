/** What a strategy is: lessons to edits, and edits to the files of a skill. One file each; `strategies.ts` names them. */
import type { Memory } from "../harness/memory/memory.ts";
import type { Skill } from "../harness/skill/skill.ts";
import type { Applied } from "./apply.ts";
import type { Asking } from "./ask.ts";
import type { MergeBy } from "./choices.ts";
import type { Merge, Proposal, Step } from "./documents.ts";
import type { EditFate, LessonFate } from "./ends.ts";
import type { ScanReport } from "./guard-reports.ts";
import type { MergedPatches } from "./merge.ts";
import type { Progress } from "./progress.ts";
import type { TrialLessons } from "./propose.ts";
import type { Edit } from "./records.ts";
import type { Routed } from "./route.ts";
import type { DistillationFolder } from "./store.ts";
import type { TruthSource } from "./truth-source.ts";

export interface StrategyOptions {
  readonly merge: MergeBy;
  readonly fanIn: number;
  /** Trials a step. */
  readonly batch: number;
  /** Model calls under way at once. */
  readonly width: number;
  readonly routeSupport: number;
  readonly maxSkillLines: number;
  readonly maxReferenceLines: number;
  /** Ground truths that nothing distilled may hold; null where none is at hand. */
  readonly truths: TruthSource | null;
}

export interface Work {
  /** Trials that teach something, in order of name, each with the lessons that passed. */
  readonly sources: readonly TrialLessons[];
  /** The frozen start skill. */
  readonly base: Skill;
  /** Titles of lessons by id: they tell when a reference is worth reading. */
  readonly titles: ReadonlyMap<string, string>;
  /** What the agent was asked, by task. */
  readonly instructions: ReadonlyMap<string, string>;
  readonly asking: Asking;
  readonly options: StrategyOptions;
  readonly folder: DistillationFolder;
  readonly progress: Progress;
}

/** The files that edits make, and which of them were routed. */
export interface Made {
  readonly routed: Routed;
  readonly applied: Applied;
}

export interface Evolved {
  readonly proposals: readonly Proposal[];
  readonly merges: readonly Merge[];
  readonly levels: Pick<MergedPatches, "patchesPerLevel" | "editsPerLevel">;
  /** What the skill is made of: the edits of the last patch. */
  readonly edits: readonly Edit[];
  /** Routes, applies and splits: the skill with these edits and none else. Pure, so that it can be made again without some. */
  readonly make: (edits: readonly Edit[], titles: ReadonlyMap<string, string>) => Made;
  /** Of a strategy that goes step by step. */
  readonly steps?: readonly Step[];
  /** Edits that later steps took out again, and those that were rolled back, with what became of them. */
  readonly gone?: ReadonlyMap<string, EditFate>;
  /** What the user should know of how it went. */
  readonly notices?: readonly string[];
  /** Of a strategy that puts lessons elsewhere than into the skill: what became of them there. */
  readonly elsewhere?: ReadonlyMap<string, LessonFate>;
  /** Where that is a memory, with what its own scan for ground truths found. */
  readonly memory?: Memory;
  readonly scan?: ScanReport;
}

export type Strategy = (work: Work) => Promise<Evolved>;
