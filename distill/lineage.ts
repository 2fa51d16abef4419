/** From a line of a distilled skill back to lessons and trials, and from lessons forward to what became of them (invariant 6). */
import type { Distillation, LessonFate } from "./documents.ts";

type FatedEdit = Distillation["edits"][number];
type FatedLesson = Distillation["lessons"][number];

export interface Lineage {
  readonly file: string;
  readonly line: number;
  /** The edits that wrote the line, best supported first. */
  readonly edits: readonly FatedEdit[];
  /** The edits as they were proposed, before any merge. */
  readonly proposed: readonly FatedEdit[];
  readonly lessons: readonly FatedLesson[];
  /** Names of the trials, sorted. */
  readonly trials: readonly string[];
  /** Distinct tasks of those trials, sorted. */
  readonly tasks: readonly string[];
}

/** Where a line comes from; null for a line of the start skill, or one that is not there. Lines count from 1. */
export function lineage(distillation: Distillation, file: string, line: number): Lineage | null {
  return lineageIndex(distillation)(file, line);
}

/** As `lineage`, for many lines of one distillation. */
export function lineageIndex(distillation: Distillation): (file: string, line: number) => Lineage | null {
  const byId = new Map(distillation.edits.map((edit) => [edit.id, edit]));
  const lessonsById = new Map(distillation.lessons.map((lesson) => [lesson.id, lesson]));
  const entries = new Map(distillation.lines.map((entry) => [`${entry.file}:${entry.line}`, entry]));
  const unique = (texts: readonly string[]) => [...new Set(texts)].sort();
  return (file, line) => {
    const entry = entries.get(`${file}:${line}`);
    if (entry === undefined) return null;
    const edits = entry.edits.flatMap((id) => byId.get(id) ?? []).toSorted((one, other) => other.support - one.support);
    const lessons = unique(edits.flatMap((edit) => edit.lessons)).flatMap((id) => lessonsById.get(id) ?? []);
    return {
      file,
      line,
      edits,
      proposed: leavesOf(edits, distillation.edits, byId),
      lessons,
      trials: unique(lessons.map(({ trial }) => trial)),
      tasks: unique(lessons.map(({ task }) => task)),
    };
  };
}

/** How many lessons met each fate; that of a memory is named only where there is one. */
export function countFates({ lessons }: Distillation): Partial<Record<LessonFate["kind"], number>> {
  const counts: Partial<Record<LessonFate["kind"], number>> = {
    "in-skill": 0,
    "in-reference": 0,
    rejected: 0,
    dropped: 0,
  };
  for (const { fate } of lessons) counts[fate.kind] = (counts[fate.kind] ?? 0) + 1;
  return counts;
}

function leavesOf(
  edits: readonly FatedEdit[],
  all: readonly FatedEdit[],
  byId: ReadonlyMap<string, FatedEdit>,
): FatedEdit[] {
  const seen = new Map<string, FatedEdit>();
  const visit = (edit: FatedEdit): void => {
    switch (edit.origin.kind) {
      case "proposed":
        seen.set(edit.id, edit);
        return;
      case "merged":
        for (const id of edit.origin.covers) visit(byId.get(id) ?? missing(id));
        return;
      case "routing": {
        // A file made for rare edits: those that stand in it.
        const { file } = edit.body;
        for (const other of all) if (other.body.file === file && other.origin.kind !== "routing") visit(other);
        return;
      }
      default:
        edit.origin satisfies never;
    }
  };
  for (const edit of edits) visit(edit);
  return [...seen.values()];
}

function missing(id: string): never {
  throw new Error(`the distillation names edit ${id} and does not hold it`);
}
