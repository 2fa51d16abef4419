/** What a user may choose about a distillation; part of its manifest. */
import { z } from "zod";

export const LessonSource = z.enum(["error", "success", "combined"]);
export type LessonSource = z.infer<typeof LessonSource>;
export const ErrorAnalyst = z.enum(["agentic", "single-call"]);
export type ErrorAnalyst = z.infer<typeof ErrorAnalyst>;
/** `deepen`: from a skill that the user gives. `create`: from a draft. */
export const Mode = z.enum(["deepen", "create"]);
export type Mode = z.infer<typeof Mode>;
/** What a creation starts from: a draft that the model writes from what it knows, or a bare frame of our own words. */
export const Draft = z.enum(["parametric", "frame"]);
export type Draft = z.infer<typeof Draft>;
/** One file each, named in `strategies.ts`. */
export const StrategyName = z.enum(["parallel", "sequential", "retrieval"]);
export type StrategyName = z.infer<typeof StrategyName>;
/** Who merges edits: the model, as in the paper, or a program that knows exact and near duplicates only. */
export const MergeBy = z.enum(["model", "program"]);
export type MergeBy = z.infer<typeof MergeBy>;
