/** A difference of skills for a terminal: a unified diff with the lessons behind each part of it. Returns strings. */
import { printable, visible } from "../harness/text.ts";
import { counted } from "./format.ts";
import type { FileDiff, Hunk, HunkLesson, LessonChange, SkillDiff } from "./skill-diff.ts";
import { wrap } from "./text-table.ts";

const MOST_LESSONS = 4;
const MARKS = { same: " ", removed: "-", added: "+" } as const;

/** Empty only when there is no difference at all. */
export function skillDiffText({ files, lessons }: SkillDiff): string {
  const changed = lessons ?? [];
  return [...files.map(fileText), ...(changed.length === 0 ? [] : [lessonsText(changed)])].join("\n\n");
}

function fileText({ file, status, hunks }: FileDiff): string {
  const [from, to] = [status === "added" ? "/dev/null" : `a/${file}`, status === "removed" ? "/dev/null" : `b/${file}`];
  if (status === "binary") return `a/${file} and b/${file} differ, and are no text`;
  return [`--- ${printable(from)}`, `+++ ${printable(to)}`, ...hunks.flatMap(hunkText)].join("\n");
}

function hunkText({ before, after, lines, lessonsBefore, lessonsAfter }: Hunk): string[] {
  return [
    `@@ -${before.join(",")} +${after.join(",")} @@`,
    ...lines.map(({ kind, text }) => (text === "" ? MARKS[kind].trimEnd() : `${MARKS[kind]}${visible(text)}`)),
    ...behindText("went", lessonsBefore),
    ...behindText("came", lessonsAfter),
  ];
}

/** `#` is no mark of a diff, so that `patch` skips these lines. */
function behindText(what: string, lessons: readonly HunkLesson[]): string[] {
  if (lessons.length === 0) return [];
  // Many trials teach the same in the same words.
  const titles = [...new Map(lessons.toReversed().map((lesson) => [lesson.title, lesson])).values()].reverse();
  const told = titles.slice(0, MOST_LESSONS).map(({ title, support }) => `${printable(title)} (support ${support})`);
  const more = titles.length > MOST_LESSONS ? `; and ${titles.length - MOST_LESSONS} more` : "";
  const text = `# behind what ${what}: ${counted(lessons.length, "lesson")}: ${told.join("; ")}${more}`;
  return [wrap(text, { indent: "#   " })];
}

function lessonsText(lessons: readonly LessonChange[]): string {
  return [
    `${counted(lessons.length, "lesson")} stand otherwise:`,
    ...lessons.map(({ id, title, before, after }) =>
      wrap(`  ${id}  ${printable(title)}: ${standText(before)} -> ${standText(after)}`, { indent: "    " }),
    ),
  ].join("\n");
}

function standText(stand: LessonChange["before"]): string {
  return stand === null ? "not there" : `${printable(stand.fate)} (support ${stand.support})`;
}
