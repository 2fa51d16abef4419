/** What an analyst comes back with, whichever it was. */
import type { Message, Usage } from "../harness/records.ts";
import type { AnalysisOutcome, Fix } from "./documents.ts";
import type { DraftLesson } from "./lesson-guard.ts";

export interface AnalysedLesson extends DraftLesson {
  readonly verified: boolean;
  /** Why the lesson is not used, or null. */
  readonly dropped: string | null;
}

export interface Analysed {
  readonly outcome: AnalysisOutcome;
  readonly lessons: readonly AnalysedLesson[];
  readonly fix: Fix | null;
  /** All that a scorer said of the task, whole: ground truth, for checks and never for a model. */
  readonly verdicts: readonly string[];
  readonly chat: readonly Message[];
  readonly usage: Usage;
}
