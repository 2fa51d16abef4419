/** A lineage for a terminal: one line back to its trials, or every lesson with its fate. Returns strings. */
import type { Distillation } from "../distill/documents.ts";
import type { Trial } from "../harness/records.ts";
import { printable } from "../harness/text.ts";
import { counted } from "./format.ts";
import type { LessonTrace, LineageReport, LineTrace } from "./lineage.ts";
import { textTable, wrap } from "./text-table.ts";

const LONGEST_COMMAND = 80;

/** @param trials those that are at hand, by their names in lessons */
export function lineText(report: LineageReport, { edits }: Distillation, trials: ReadonlyMap<string, Trial>): string {
  const behind = new Map(edits.map((edit) => [edit.id, edit]));
  return report.lines
    .flatMap((line) => [
      `${line.file}:${line.line}  ${printable(line.text)}`,
      line.lessons.length === 0 ? originText(line) : supportText(line),
      ...line.edits.flatMap((id) => editText(id, behind)),
      ...line.proposed.map(({ edit, patch, trial }) => `  proposed as ${edit} in patch ${patch}, from trial ${trial}`),
      ...report.lessons.flatMap((lesson) => lessonText(lesson, trials.get(lesson.trial) ?? null)),
    ])
    .join("\n");
}

function supportText({ lessons, trials, tasks }: LineTrace): string {
  return `  ${counted(lessons.length, "lesson")} of ${counted(trials.length, "trial")}, support ${counted(tasks.length, "task")}`;
}

function originText({ origin }: LineTrace): string {
  return `  no lesson: ${ORIGINS[origin] ?? origin}`;
}

const ORIGINS: Readonly<Record<string, string>> = {
  lessons: "an orphan",
  frame: "a line of the frame that creation starts from",
  parametric: "a line of the draft that the model wrote from what it knows",
  start: "a line of the start skill, moved here",
  split: "written by the harness when it moved part of a page",
};

function editText(id: string, edits: ReadonlyMap<string, Distillation["edits"][number]>): string[] {
  const edit = edits.get(id);
  if (edit === undefined) return [`  edit ${id}, which the distillation does not hold`];
  const { origin, body, support } = edit;
  const from =
    origin.kind === "merged"
      ? `made by merge ${origin.merge} of ${origin.covers.join(", ")}`
      : origin.kind === "routing"
        ? "a page that the harness made for rare lessons"
        : `of patch ${origin.patch}`;
  return [wrap(`  edit ${id}: ${body.op} in ${printable(body.file)}, support ${support}, ${from}`, { indent: "    " })];
}

function lessonText(lesson: LessonTrace, trial: Trial | null): string[] {
  const { id, kind, verified, title, rule, reason, trialFile, steps } = lesson;
  const proof = kind === "success" ? "success" : verified ? "error, fix verified" : "error, not verified";
  const told = steps.length === 0 ? "no step is named" : `step${steps.length > 1 ? "s" : ""} ${steps.join(", ")}`;
  return [
    `  lesson ${id} (${proof}): ${printable(title)}`,
    wrap(`      rule: ${printable(rule)}`, { indent: "        " }),
    ...(reason === "" ? [] : [wrap(`      why: ${printable(reason)}`, { indent: "        " })]),
    `      trial ${trialFile ?? `${lesson.trial} (its run is not at hand; name it with --run)`}; ${told}`,
    ...steps.flatMap((step) => stepText(step, trial)),
  ];
}

function stepText(number: number, trial: Trial | null): string[] {
  const action = trial?.trajectory?.steps[number - 1]?.action;
  if (action === undefined) return [];
  const said = action.kind === "command" ? action.command : action.kind;
  return [`        step ${number}: ${printable(said).slice(0, LONGEST_COMMAND)}`];
}

/** Every lesson with its fate, then what has none. */
export function fatesText({ lessons, lines, orphanLines, fatelessLessons }: LineageReport): string {
  const rows = lessons.map(({ id, title, lines: places, told }) => [
    `${id}  ${printable(title)}\n  ${printable(told)}`,
    String(places.length),
  ]);
  const table = textTable(
    [
      { head: "lesson and its fate", align: "left" },
      { head: "lines", align: "right" },
    ],
    rows,
  );
  const fated = lessons.length - fatelessLessons.filter(({ lesson }) => lessons.some(({ id }) => id === lesson)).length;
  return [
    ...(lessons.length === 0 ? [] : [table, ""]),
    `${fated} of ${counted(lessons.length, "lesson")} have a fate; ${lines.length - ownOrphans(orphanLines, lines)} of ${counted(lines.length, "added line")} have a lineage`,
    ...orphanLines.map(
      ({ file, line, problem, text }) => `orphan line ${file}:${line}: ${problem}: ${printable(text)}`,
    ),
    ...fatelessLessons.map(({ lesson, problem }) => `lesson without a fate ${lesson}: ${problem}`),
  ].join("\n");
}

function ownOrphans(orphans: LineageReport["orphanLines"], lines: LineageReport["lines"]): number {
  const known = new Set(lines.map(({ file, line }) => `${file}:${line}`));
  return orphans.filter(({ file, line }) => known.has(`${file}:${line}`)).length;
}
