/** Where edits and lines come from, and what becomes of edits and lessons: parts of `distillation.json`. */
import { z } from "zod";

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
  z.strictObject({ kind: z.literal("dropped"), stage: z.enum(["step", "merge", "route", "scan"]), reason: z.string() }),
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
  /** Of the retrieval strategy. `merged`: another lesson of the same task says the same, and the item has that one's id. */
  z.strictObject({ kind: z.literal("in-memory"), item: z.string(), merged: z.boolean() }),
  z.strictObject({ kind: z.literal("rejected"), problem: z.string() }),
  z.strictObject({
    kind: z.literal("dropped"),
    stage: z.enum(["analyse", "propose", "step", "merge", "route", "scan"]),
    reason: z.string(),
  }),
]);
export type LessonFate = z.infer<typeof LessonFate>;

/**
 * Where a line comes from that no edit wrote; left out where edits did. `frame`: our own words, where a creation starts
 * from nothing. `parametric`: the model's draft. `start`: a line of the start skill that was moved to another file.
 * `split`: title, contents and links that the harness wrote when it moved part of a page; its edits are those moved.
 */
export const LineKind = z.enum(["frame", "parametric", "start", "split"]);
export type LineKind = z.infer<typeof LineKind>;
