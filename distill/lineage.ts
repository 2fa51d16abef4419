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
  const entry = distillation.lines.find((one) => one.file === file && one.line === line);
  if (entry === undefined) return null;
  const byId = new Map(distillation.edits.map((edit) => [edit.id, edit]));
  const edits = entry.edits.flatMap((id) => byId.get(id) ?? []).toSorted((one, other) => other.support - one.support);
  const ids = new Set(edits.flatMap((edit) => edit.lessons));
  const lessons = distillation.lessons.filter(({ id }) => ids.has(id));
  const unique = (texts: readonly string[]) => [...new Set(texts)].sort();
  return {
    file,
    line,
    edits,
    proposed: leavesOf(edits, distillation.edits, byId),
    lessons,
    trials: unique(lessons.map(({ trial }) => trial)),
    tasks: unique(lessons.map(({ task }) => task)),
  };
}

/** How many lessons met each fate. */
export function countFates({ lessons }: Distillation): Record<LessonFate["kind"], number> {
  const counts = { "in-skill": 0, "in-reference": 0, rejected: 0, dropped: 0 };
  for (const { fate } of lessons) counts[fate.kind] += 1;
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
