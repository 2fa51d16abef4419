/** A lineage for a terminal: one line back to its trials, or every lesson with its fate. Returns strings. */
import type { Distillation } from "../distill/documents.ts";
import type { Trial } from "../harness/records.ts";
import { printable, visible } from "../harness/text.ts";
import { counted } from "./format.ts";
import type { LessonTrace, LineageReport, LineTrace } from "./lineage.ts";
import { textTable, wrap } from "./text-table.ts";

const LONGEST_COMMAND = 80;
/** Of a trial of which no step is named. */
const MOST_STEPS = 12;

export interface StepTrace {
  /** From 1, as analysts are shown them. */
  readonly step: number;
  /** The command, or the kind of what was done. */
  readonly said: string;
}

/** @param trials those that are at hand, by their names in lessons */
export function lineText(report: LineageReport, { edits }: Distillation, trials: ReadonlyMap<string, Trial>): string {
  const behind = new Map(edits.map((edit) => [edit.id, edit]));
  const lines = report.lines.flatMap((line) => [
    `${line.file}:${line.line}  ${printable(line.text)}`,
    line.lessons.length === 0 ? originText(line) : supportText(line),
    ...line.edits.flatMap((id) => editText(id, behind)),
    ...line.proposed.map(({ edit, patch, trial }) => `  proposed as ${edit} in patch ${patch}, from trial ${trial}`),
    ...report.lessons.flatMap((lesson) => lessonText(lesson, trials.get(lesson.trial) ?? null)),
  ]);
  // Names and ids may come from the document of a stranger.
  return visible(lines.join("\n"));
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
  const shown = stepsBehind(lesson, trial);
  const told =
    steps.length > 0
      ? `step${steps.length > 1 ? "s" : ""} ${steps.join(", ")}`
      : `no step is named${shown.length === 0 ? "" : `, it has ${shown.length}`}`;
  return [
    `  lesson ${id} (${proof}): ${printable(title)}`,
    wrap(`      rule: ${printable(rule)}`, { indent: "        " }),
    ...(reason === "" ? [] : [wrap(`      why: ${printable(reason)}`, { indent: "        " })]),
    `      trial ${trialFile ?? `${lesson.trial} (its run is not at hand; name it with --run)`}; ${told}`,
    ...shown
      .slice(0, MOST_STEPS)
      .map(({ step, said }) => `        step ${step}: ${printable(said).slice(0, LONGEST_COMMAND)}`),
    ...(shown.length > MOST_STEPS ? [`        and ${shown.length - MOST_STEPS} more`] : []),
  ];
}

/** The steps that the analyst named, else all of the trial, for one of them taught it; empty where it is not at hand. */
export function stepsBehind({ steps }: Pick<LessonTrace, "steps">, trial: Trial | null): StepTrace[] {
  const taken = trial?.trajectory?.steps ?? [];
  return taken.flatMap(({ action }, index) => {
    if (steps.length > 0 && !steps.includes(index + 1)) return [];
    return [{ step: index + 1, said: action.kind === "command" ? action.command : action.kind }];
  });
}

/** Every lesson with its fate, then what has none. */
export function fatesText({ authors, lessons, lines, orphanLines, fatelessLessons }: LineageReport): string {
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
  const told = [
    ...(lessons.length === 0 ? [] : [table, ""]),
    `written by ${printable(authors)}`,
    `${fated} of ${counted(lessons.length, "lesson")} have a fate; ${lines.length - ownOrphans(orphanLines, lines)} of ${counted(lines.length, "added line")} have a lineage`,
    ...orphanLines.map(
      ({ file, line, problem, text }) => `orphan line ${file}:${line}: ${problem}: ${printable(text)}`,
    ),
    ...fatelessLessons.map(({ lesson, problem }) => `lesson without a fate ${lesson}: ${problem}`),
  ];
  return visible(told.join("\n"));
}

function ownOrphans(orphans: LineageReport["orphanLines"], lines: LineageReport["lines"]): number {
  const known = new Set(lines.map(({ file, line }) => `${file}:${line}`));
  return orphans.filter(({ file, line }) => known.has(`${file}:${line}`)).length;
}
