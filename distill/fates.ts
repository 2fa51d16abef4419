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
  /** Edits that hold a ground truth; left out where the skill was not scanned. */
  readonly refused?: readonly { readonly edit: string; readonly reason: string }[];
  /** Edits that ended on the way, step by step. */
  readonly gone?: ReadonlyMap<string, EditFate>;
  /** Lessons that were put elsewhere than into the skill. */
  readonly elsewhere?: ReadonlyMap<string, LessonFate>;
}

export type FatedEdit = Distillation["edits"][number];
export type FatedLesson = Distillation["lessons"][number];

/** Every edit that ever was, in the order in which they came up, with its one fate. */
export function fatesOfEdits(stages: Stages): FatedEdit[] {
  const { proposals, merges, routed } = stages;
  const proposed = proposals.flatMap(({ patch, trial }) =>
    patch.edits.map((edit) => ({ edit, origin: { kind: "proposed", patch: patch.id, trial } satisfies Origin })),
  );
  const made = routed.made.map((edit) => ({ edit, origin: { kind: "routing" } satisfies Origin }));
  const all = [...proposed, ...merges.flatMap(mergedEdits), ...made];
  const unique = [...new Map(all.map((one) => [one.edit.id, one])).values()];
  const found = lookUp(stages);
  return unique.map(({ edit, origin }) => {
    const final = found.final.get(edit.id) ?? edit;
    return { ...final, support: supportOf(final), origin, fate: fateOfEdit(final, found) };
  });
}

type End = Extract<Merge["fates"][number], { kind: "merged" | "dropped" }>;

function isEnd(fate: Merge["fates"][number]): fate is End {
  return fate.kind === "merged" || fate.kind === "dropped";
}

/** The edits that a merge made, not those that it passed on. */
function mergedEdits({ id, output, fates }: Merge): { edit: Edit; origin: Origin }[] {
  const inputs = new Set(fates.map(({ edit }) => edit));
  const covers = new Map<string, string[]>();
  for (const fate of fates) {
    for (const into of fate.kind === "merged" ? fate.into : []) {
      const own = covers.get(into) ?? [];
      own.push(fate.edit);
      covers.set(into, own);
    }
  }
  return output.edits.flatMap((edit) => {
    const own = covers.get(edit.id);
    return own === undefined || inputs.has(edit.id)
      ? []
      : [{ edit, origin: { kind: "merged" as const, merge: id, covers: own } }];
  });
}

/** What decides the fate of an edit, by its id. */
interface Found {
  readonly final: ReadonlyMap<string, Edit>;
  readonly merged: ReadonlyMap<string, End>;
  readonly ended: ReadonlyMap<string, EditFate>;
  /** Number of lines by file. */
  readonly lines: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

function lookUp({ merges, routed, applied, refused = [], gone = new Map() }: Stages): Found {
  const ends = merges.flatMap(({ fates }) => fates.filter(isEnd));
  const lines = new Map<string, Map<string, number>>();
  for (const { file, edits, origin } of applied.lines) {
    for (const id of origin === undefined ? edits : []) {
      const own = lines.get(id) ?? new Map<string, number>();
      lines.set(id, own.set(file, (own.get(file) ?? 0) + 1));
    }
  }
  return {
    final: new Map([...routed.edits, ...routed.made].map((edit) => [edit.id, edit])),
    merged: new Map(ends.map((fate) => [fate.edit, fate])),
    ended: new Map<string, EditFate>([
      ...applied.rejected.map(({ edit, problem }) => [edit.id, { kind: "rejected", problem } as const] as const),
      ...routed.dropped.map(
        ({ edit, reason }) => [edit, { kind: "dropped", stage: "route", reason } as const] as const,
      ),
      ...gone,
      ...refused.map(({ edit, reason }) => [edit, { kind: "dropped", stage: "scan", reason } as const] as const),
    ]),
    lines,
  };
}

function fateOfEdit(edit: Edit, { final, merged, ended, lines }: Found): EditFate {
  const own = merged.get(edit.id);
  // An edit that is in the output beside one that covers it as well is still there.
  if (!final.has(edit.id) && own?.kind === "merged" && ended.get(edit.id) === undefined)
    return { kind: "merged", into: own.into };
  const end = ended.get(edit.id);
  if (end !== undefined) return end;
  if (!final.has(edit.id) && own?.kind === "dropped") return { kind: "dropped", stage: "merge", reason: own.reason };
  const places = lines.get(edit.id) ?? new Map<string, number>();
  const file = places.size === 0 || places.has(edit.body.file) ? edit.body.file : mainOf(places);
  return { kind: "applied", file, lines: [...places.values()].reduce((sum, count) => sum + count, 0) };
}

/** SKILL.md where any line is there, for all agents read it; else the first file. */
function mainOf(places: ReadonlyMap<string, number>): string {
  return places.has(SKILL_FILE) ? SKILL_FILE : ([...places.keys()].sort()[0] ?? SKILL_FILE);
}

/** Every lesson with its fate: the best that became of any of its edits. */
export function fatesOfLessons(stages: Stages, edits: readonly FatedEdit[]): FatedLesson[] {
  const before = endsBefore(stages);
  const byLesson = new Map<string, FatedEdit[]>();
  for (const edit of edits.filter(({ origin }) => origin.kind !== "routing")) {
    for (const lesson of edit.lessons) {
      const own = byLesson.get(lesson) ?? [];
      own.push(edit);
      byLesson.set(lesson, own);
    }
  }
  return stages.analyses.flatMap(({ lessons }) =>
    lessons.map((lesson) => {
      const { id } = lesson;
      const fate = stages.elsewhere?.get(id) ?? bestFate(byLesson.get(id) ?? []) ?? before.get(id);
      return { ...lesson, fate: fate ?? unaccounted(lesson) };
    }),
  );
}

function bestFate(edits: readonly FatedEdit[]): LessonFate | null {
  const applied = edits.flatMap(({ id, origin, fate }) =>
    fate.kind === "applied" ? [{ id, origin, file: fate.file }] : [],
  );
  const inSkill = applied.filter(({ file }) => file === SKILL_FILE);
  const merged = (some: typeof applied) => some.every(({ origin }) => origin.kind === "merged");
  const ids = (some: typeof applied) => some.map(({ id }) => id);
  if (inSkill.length > 0) return { kind: "in-skill", edits: ids(inSkill), merged: merged(inSkill) };
  if (applied.length > 0) {
    const files = [...new Set(applied.map(({ file }) => file))];
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
