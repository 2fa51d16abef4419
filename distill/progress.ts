/** How far a distillation is, stage by stage. */

export interface DistillEvent {
  readonly stage: "draft" | "analyse" | "propose" | "step" | "merge" | "apply" | "shuffle";
  readonly done: number;
  /** Of a stage of merges: those of all levels. */
  readonly total: number;
  /** Analyses that failed, proposals without a usable edit, steps rolled back, merges made by program for want of a reply, edits that were rejected. */
  readonly failed: number;
}

export type Progress = (stage: DistillEvent["stage"], total: number, failed: boolean) => void;

/** Counts what is done, and tells it. */
export function progressOf(onEvent: (event: DistillEvent) => void): Progress {
  const counts = new Map<string, { done: number; failed: number }>();
  return (stage, total, failed) => {
    const before = counts.get(stage) ?? { done: 0, failed: 0 };
    const count = { done: before.done + 1, failed: before.failed + (failed ? 1 : 0) };
    counts.set(stage, count);
    onEvent({ stage, total, ...count });
  };
}
