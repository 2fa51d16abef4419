/** What became of every edit and every lesson, computed from the records of all stages (invariants 5 and 6). Pure. */
import type { Applied } from "./apply.ts";
import type { Analysis, Distillation, EditFate, LessonFate, Merge, Origin, Proposal } from "./documents.ts";
import { SKILL_FILE } from "./paths.ts";
import { type Edit, type Lesson, supportOf } from "./records.ts";
import type { Routed } from "./route.ts";

export interface Stages {
  readonly analyses: readonly Analysis[];
  readonly proposals: readonly Proposal[];
  readonly merges: readonly Merge[];
  readonly routed: Routed;
  readonly applied: Applied;
}

export type FatedEdit = Distillation["edits"][number];
export type FatedLesson = Distillation["lessons"][number];

/** Every edit that ever was, in the order in which they came up, with its one fate. */
export function fatesOfEdits({ proposals, merges, routed, applied }: Stages): FatedEdit[] {
  const final = new Map([...routed.edits, ...routed.made].map((edit) => [edit.id, edit]));
  const proposed = proposals.flatMap(({ patch, trial }) =>
    patch.edits.map((edit) => ({ edit, origin: { kind: "proposed", patch: patch.id, trial } satisfies Origin })),
  );
  const made = routed.made.map((edit) => ({ edit, origin: { kind: "routing" } satisfies Origin }));
  const all = [...proposed, ...merges.flatMap(mergedEdits), ...made];
  const merged = new Map(
    merges.flatMap(({ fates }) => fates.flatMap((fate) => (isEnd(fate) ? [[fate.edit, fate] as const] : []))),
  );
  const unique = [...new Map(all.map((one) => [one.edit.id, one])).values()];
  return unique.map(({ edit, origin }) => {
    const fate = fateOfEdit(edit, { merged: merged.get(edit.id), routed, applied });
    return { ...(final.get(edit.id) ?? edit), support: supportOf(edit), origin, fate };
  });
}

type End = Extract<Merge["fates"][number], { kind: "merged" | "dropped" }>;

function isEnd(fate: Merge["fates"][number]): fate is End {
  return fate.kind === "merged" || fate.kind === "dropped";
}

/** The edits that a merge made, not those that it passed on. */
function mergedEdits({ id, output, fates }: Merge): { edit: Edit; origin: Origin }[] {
  return output.edits.flatMap((edit) => {
    const covers = fates.flatMap((fate) => (fate.kind === "merged" && fate.into.includes(edit.id) ? [fate.edit] : []));
    const passedOn = fates.some((fate) => fate.edit === edit.id);
    return covers.length === 0 || passedOn ? [] : [{ edit, origin: { kind: "merged", merge: id, covers } }];
  });
}

function fateOfEdit(
  edit: Edit,
  { merged, routed, applied }: { merged: End | undefined; routed: Routed; applied: Applied },
): EditFate {
  // An edit that is in the output beside one that covers it as well is still there.
  const present = [...routed.edits, ...routed.made].find(({ id }) => id === edit.id);
  if (present === undefined && merged?.kind === "merged") return { kind: "merged", into: merged.into };
  if (present === undefined && merged?.kind === "dropped")
    return { kind: "dropped", stage: "merge", reason: merged.reason };
  const dropped = routed.dropped.find((drop) => drop.edit === edit.id);
  if (dropped !== undefined) return { kind: "dropped", stage: "route", reason: dropped.reason };
  const rejected = applied.rejected.find((rejection) => rejection.edit.id === edit.id);
  if (rejected !== undefined) return { kind: "rejected", problem: rejected.problem };
  const lines = applied.lines.filter(({ edits }) => edits.includes(edit.id)).length;
  return { kind: "applied", file: (present ?? edit).body.file, lines };
}

/** Every lesson with its fate: the best that became of any of its edits. */
export function fatesOfLessons(stages: Stages, edits: readonly FatedEdit[]): FatedLesson[] {
  const before = endsBefore(stages);
  return stages.analyses.flatMap(({ lessons }) =>
    lessons.map((lesson) => {
      const own = edits.filter((edit) => edit.lessons.includes(lesson.id) && edit.origin.kind !== "routing");
      return { ...lesson, fate: bestFate(own) ?? before.get(lesson.id) ?? unaccounted(lesson) };
    }),
  );
}

function bestFate(edits: readonly FatedEdit[]): LessonFate | null {
  const applied = edits.filter(({ fate }) => fate.kind === "applied");
  const inSkill = applied.filter(({ body }) => body.file === SKILL_FILE);
  const merged = (some: readonly FatedEdit[]) => some.every(({ origin }) => origin.kind === "merged");
  const ids = (some: readonly FatedEdit[]) => some.map(({ id }) => id);
  if (inSkill.length > 0) return { kind: "in-skill", edits: ids(inSkill), merged: merged(inSkill) };
  if (applied.length > 0) {
    const files = [...new Set(applied.map(({ body }) => body.file))];
    return { kind: "in-reference", files, edits: ids(applied), merged: merged(applied) };
  }
  const fates = edits.map(({ fate }) => fate);
  const rejected = fates.find((fate) => fate.kind === "rejected");
  if (rejected !== undefined) return rejected;
  return fates.find((fate) => fate.kind === "dropped") ?? null;
}

/** Lessons that ended before there was an edit: at the analyst's gate, or with the proposer. */
function endsBefore({ analyses, proposals }: Stages): Map<string, LessonFate> {
  const dropped = analyses.flatMap((analysis) =>
    analysis.dropped.map(({ lesson, reason }) => [lesson, end("analyse", reason)] as const),
  );
  const left = proposals.flatMap((proposal) =>
    proposal.left.map(({ lesson, reason }) => [lesson, end("propose", reason)] as const),
  );
  const refused = proposals.flatMap((proposal) =>
    proposal.refused.flatMap(({ lessons, problem }) =>
      lessons.map((lesson) => [lesson, { kind: "rejected", problem } as const] as const),
    ),
  );
  return new Map<string, LessonFate>([...refused, ...left, ...dropped]);
}

function end(stage: "analyse" | "propose", reason: string): LessonFate {
  return { kind: "dropped", stage, reason };
}

function unaccounted({ id }: Lesson): never {
  throw new Error(`lesson ${id} has no fate: a stage lost it`);
}
