/** Two skills against each other: by file as a unified diff, and by lesson where both were distilled. Pure. */
import type { Distillation } from "../distill/documents.ts";
import { lineageIndex } from "../distill/lineage.ts";
import { isUtf8, type Skill } from "../harness/skill/skill.ts";
import { fateText } from "./fate-text.ts";
import { type DiffLine, diffLines } from "./skill-diff-lines.ts";

export interface ComparedSkill {
  readonly skill: Skill;
  /** That made it; null when none tells of it. */
  readonly distillation: Distillation | null;
}

export interface Hunk {
  /** First line and number of lines, in the old and in the new file. */
  readonly before: readonly [number, number];
  readonly after: readonly [number, number];
  readonly lines: readonly DiffLine[];
  /** Lessons behind the lines that went, and behind those that came, best supported first. */
  readonly lessonsBefore: readonly HunkLesson[];
  readonly lessonsAfter: readonly HunkLesson[];
}

export interface HunkLesson {
  readonly id: string;
  readonly title: string;
  /** Distinct tasks behind the best supported of the lines that it stands in. */
  readonly support: number;
}

export interface FileDiff {
  readonly file: string;
  /** `binary`: it differs, and is no text. */
  readonly status: "added" | "removed" | "changed" | "binary";
  readonly hunks: readonly Hunk[];
}

export interface LessonChange {
  readonly id: string;
  readonly title: string;
  /** Largest support of its applied edits, and its fate in words; null where the skill's distillation does not hold it. */
  readonly before: LessonStand | null;
  readonly after: LessonStand | null;
}

export interface LessonStand {
  readonly support: number;
  readonly fate: string;
}

export interface SkillDiff {
  readonly files: readonly FileDiff[];
  /** Lessons that stand otherwise, or with other support, in the two; null unless both have a distillation. */
  readonly lessons: readonly LessonChange[] | null;
}

const CONTEXT = 3;

export function diffSkills(before: ComparedSkill, after: ComparedSkill): SkillDiff {
  const paths = [...new Set([...before.skill.files.keys(), ...after.skill.files.keys()])].sort(
    (one, other) => Number(other === "SKILL.md") - Number(one === "SKILL.md") || (one < other ? -1 : 1),
  );
  const lessons =
    before.distillation === null || after.distillation === null
      ? null
      : changedLessons(before.distillation, after.distillation);
  return { files: paths.flatMap((file) => diffFile(file, before, after)), lessons };
}

function diffFile(file: string, before: ComparedSkill, after: ComparedSkill): FileDiff[] {
  const [old, fresh] = [before.skill.files.get(file), after.skill.files.get(file)];
  if (old !== undefined && fresh !== undefined && Buffer.compare(old, fresh) === 0) return [];
  const status = old === undefined ? "added" : fresh === undefined ? "removed" : "changed";
  if (![old, fresh].every((bytes) => bytes === undefined || isUtf8(bytes)))
    return [{ file, status: "binary", hunks: [] }];
  const tell = [lessonsAt(file, before.distillation), lessonsAt(file, after.distillation)] as const;
  return [{ file, status, hunks: hunksOf(diffLines(linesOf(old), linesOf(fresh)), tell) }];
}

function linesOf(bytes: Uint8Array | undefined): string[] {
  if (bytes === undefined || bytes.length === 0) return [];
  const lines = new TextDecoder().decode(bytes).split("\n");
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

type LessonsAt = (lines: readonly number[]) => HunkLesson[];

function lessonsAt(file: string, distillation: Distillation | null): LessonsAt {
  if (distillation === null) return () => [];
  const find = lineageIndex(distillation);
  return (lines) => {
    const found = lines.flatMap((line) => find(file, line) ?? []);
    const supports = new Map<string, HunkLesson>();
    for (const { lessons, tasks } of found) {
      for (const { id, title } of lessons) {
        const support = Math.max(tasks.length, supports.get(id)?.support ?? 0);
        supports.set(id, { id, title, support });
      }
    }
    return [...supports.values()].sort((one, other) => other.support - one.support || (one.id < other.id ? -1 : 1));
  };
}

/** Changes that are near each other share a hunk. */
function hunksOf(lines: readonly DiffLine[], [before, after]: readonly [LessonsAt, LessonsAt]): Hunk[] {
  const changed = lines.flatMap(({ kind }, index) => (kind === "same" ? [] : [index]));
  const groups: [number, number][] = [];
  for (const index of changed) {
    const last = groups.at(-1);
    if (last !== undefined && index - last[1] <= 2 * CONTEXT) last[1] = index;
    else groups.push([index, index]);
  }
  return groups.map(([first, last]) => {
    const shown = lines.slice(Math.max(0, first - CONTEXT), last + CONTEXT + 1);
    const removed = shown.flatMap((line) => (line.kind === "removed" && line.before !== null ? [line.before] : []));
    const added = shown.flatMap((line) => (line.kind === "added" && line.after !== null ? [line.after] : []));
    return {
      before: extent(shown.flatMap((line) => line.before ?? [])),
      after: extent(shown.flatMap((line) => line.after ?? [])),
      lines: shown,
      lessonsBefore: before(removed),
      lessonsAfter: after(added),
    };
  });
}

function extent(numbers: readonly number[]): [number, number] {
  return [numbers[0] ?? 0, numbers.length];
}

function changedLessons(before: Distillation, after: Distillation): LessonChange[] {
  const [old, fresh] = [standsOf(before), standsOf(after)];
  const titles = new Map([...before.lessons, ...after.lessons].map(({ id, title }) => [id, title]));
  return [...titles].flatMap(([id, title]) => {
    const change = { id, title, before: old.get(id) ?? null, after: fresh.get(id) ?? null };
    const same = change.before?.place === change.after?.place && change.before?.support === change.after?.support;
    return same ? [] : [{ id, title, before: shown(change.before), after: shown(change.after) }];
  });
}

interface Stand extends LessonStand {
  /** Without the ids of edits, which differ from run to run. */
  readonly place: string;
}

function shown(stand: Stand | null): LessonStand | null {
  return stand === null ? null : { support: stand.support, fate: stand.fate };
}

function standsOf({ lessons, edits }: Distillation): Map<string, Stand> {
  const supports = new Map<string, number>();
  for (const { lessons: behind, support, fate } of edits) {
    if (fate.kind !== "applied") continue;
    for (const id of behind) supports.set(id, Math.max(support, supports.get(id) ?? 0));
  }
  return new Map(
    lessons.map(({ id, fate }) => {
      const place = fate.kind === "in-reference" ? `in ${fate.files.join(", ")}` : fate.kind;
      return [id, { support: supports.get(id) ?? 0, fate: fateText(fate), place }];
    }),
  );
}
