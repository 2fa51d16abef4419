/** The words of distillation: lessons, edits, patches, and what became of a merged edit. The written documents are in `documents.ts`. */
import { z } from "zod";

/** What one trial teaches. */
export const Lesson = z.strictObject({
  /** `<trial>#<n>`, where trial is `<run>/<task>.<seed>`. */
  id: z.string(),
  kind: z.enum(["error", "success"]),
  trial: z.string(),
  task: z.string(),
  /** The problem that the task is a case of, where it is one of several. */
  family: z.string().optional(),
  /** A few words. */
  title: z.string().min(1),
  /** What to do, as a rule for any task of the kind. */
  rule: z.string().min(1),
  /** Why: what the trajectory shows. */
  reason: z.string(),
  /** Error lessons: whether the analyst's fix, run afresh by the harness, scored 1. Success lessons are not verified. */
  verified: z.boolean(),
});
export type Lesson = z.infer<typeof Lesson>;

const SKILL_PATH = z.string().min(1);
const content = z.string().min(1);
/** Text of a heading without its marks, as in `Writing results`. */
const section = z.string().min(1);

/** One change to one file of a skill; the operations are the paper's (research: method, section 1.6, format A). */
export const EditBody = z.discriminatedUnion("op", [
  z.strictObject({ op: z.literal("append_to_section"), file: SKILL_PATH, section, content }),
  z.strictObject({ op: z.literal("insert_after"), file: SKILL_PATH, section, anchor: content, content }),
  z.strictObject({ op: z.literal("insert_before"), file: SKILL_PATH, section, anchor: content, content }),
  z.strictObject({ op: z.literal("replace_in_section"), file: SKILL_PATH, section, old: content, content }),
  /** `after`: the section it follows, or null for the end of the file. `content` excludes the heading. */
  z.strictObject({
    op: z.literal("add_section"),
    file: SKILL_PATH,
    after: section.nullable(),
    heading: section,
    content,
  }),
  z.strictObject({ op: z.literal("delete_section"), file: SKILL_PATH, section }),
  /** `link`: the line that SKILL.md gets, which says when to read the file; file and line are one atom. */
  z.strictObject({ op: z.literal("create_file"), file: SKILL_PATH, content, link: content }),
  z.strictObject({ op: z.literal("delete_file"), file: SKILL_PATH }),
]);
export type EditBody = z.infer<typeof EditBody>;

export const Edit = z.strictObject({
  id: z.string(),
  body: EditBody,
  /** Ids of the lessons behind it, each once, sorted. */
  lessons: z.array(z.string()),
  /** Distinct problems of those lessons, sorted: tasks of one family are one. Its support is their number, counted by code. */
  tasks: z.array(z.string()),
});
export type Edit = z.infer<typeof Edit>;

export const Patch = z.strictObject({ id: z.string(), reasoning: z.string(), edits: z.array(Edit) });
export type Patch = z.infer<typeof Patch>;

/** What a merge did with one of its input edits; each input has exactly one (invariant 5). */
export const MergeFate = z.discriminatedUnion("kind", [
  /** Returned unchanged, under its own id. */
  z.strictObject({ kind: z.literal("kept"), edit: z.string() }),
  /** Covered by these output edits. */
  z.strictObject({ kind: z.literal("merged"), edit: z.string(), into: z.array(z.string()).min(1) }),
  z.strictObject({ kind: z.literal("dropped"), edit: z.string(), reason: z.string().min(1) }),
  /** The merger forgot it, or covered it only by an edit that was refused: returned by the harness as it was. */
  z.strictObject({ kind: z.literal("put-back"), edit: z.string() }),
]);
export type MergeFate = z.infer<typeof MergeFate>;

/** What a model wrote that could not become an edit, with why. */
export const Refusal = z.strictObject({
  written: z.unknown(),
  problem: z.string(),
  /** Lessons that the edit was to carry, as far as known. */
  lessons: z.array(z.string()),
});
export type Refusal = z.infer<typeof Refusal>;

/** What a lesson counts as in a support: its task, or the family whose tasks are cases of one problem. */
export function problemOf({ task, family }: Pick<Lesson, "task" | "family">): string {
  return family ?? task;
}

/** Distinct problems whose trials argue for an edit (invariant: counted by code, never asked of a model). */
export function supportOf(edit: Edit): number {
  return edit.tasks.length;
}
