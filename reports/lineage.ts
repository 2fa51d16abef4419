/** Every line of a distilled skill back to trials and their steps, and every lesson forward to its fate (invariant 6). Pure. */
import type { Analysis, Distillation } from "../distill/documents.ts";
import { type Lineage, lineageIndex } from "../distill/lineage.ts";
import { authorsText } from "./authors.ts";
import { fateText } from "./fate-text.ts";
import { linesWithoutOrigin } from "./lineage-start.ts";

type Lesson = Distillation["lessons"][number];
type Edit = Distillation["edits"][number];

export interface LineTrace {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly text: string;
  /** `lessons`, or the kind of line that no lesson is behind, such as `parametric` for the model's own draft. */
  readonly origin: string;
  /** Ids, best supported first. */
  readonly edits: readonly string[];
  /** The edits that these were merged from. */
  readonly proposed: readonly { readonly edit: string; readonly patch: string; readonly trial: string }[];
  readonly lessons: readonly string[];
  readonly trials: readonly string[];
  /** Distinct tasks, sorted: their number is the line's support. */
  readonly tasks: readonly string[];
}

export interface LessonTrace {
  readonly id: string;
  readonly kind: Lesson["kind"];
  readonly title: string;
  readonly rule: string;
  readonly reason: string;
  readonly verified: boolean;
  readonly task: string;
  readonly trial: string;
  /** Of the stored trial; null where the run is not at hand. */
  readonly trialFile: string | null;
  /** Numbers of the trial's steps that the analyst named, from 1. */
  readonly steps: readonly number[];
  readonly fate: Lesson["fate"];
  /** The fate in words. */
  readonly told: string;
  /** Where in the skill its edits stand. */
  readonly lines: readonly { readonly file: string; readonly line: number }[];
}

export interface LineageReport {
  /** The models that wrote lessons and edits, by role where they differ. */
  readonly authors: string;
  /** Lines of the skill that do not stand in the start skill, in order. */
  readonly lines: readonly LineTrace[];
  readonly lessons: readonly LessonTrace[];
  /** Such lines that lead to no lesson and have no other origin; empty in a sound distillation. */
  readonly orphanLines: readonly { file: string; line: number; text: string; problem: string }[];
  /** Lessons of which no one knows what became; empty in a sound distillation. */
  readonly fatelessLessons: readonly { lesson: string; problem: string }[];
}

export interface LineageSources {
  readonly distillation: Distillation;
  /** Texts of the skill's files. */
  readonly files: ReadonlyMap<string, string>;
  /** Texts of the start skill's files, to find lines that the document does not own to; null when they are not at hand. */
  readonly start: ReadonlyMap<string, string> | null;
  /** As the analysts left them: a lesson that is only there was lost. Empty when they are not at hand. */
  readonly analyses: readonly Pick<Analysis, "lessons">[];
  /** Paths of stored trials by their names in lessons. */
  readonly trialFiles: ReadonlyMap<string, string>;
}

export function lineageReport(sources: LineageSources): LineageReport {
  const { distillation, files } = sources;
  const texts = new Map([...files].map(([file, text]) => [file, text.split(/\r?\n/)]));
  const find = lineageIndex(distillation);
  const lines = distillation.lines.map((entry) =>
    lineTrace(entry, find(entry.file, entry.line), texts.get(entry.file)?.[entry.line - 1] ?? ""),
  );
  const analysed = new Set(distillation.analyses.map(({ trial }) => trial));
  const unowned = linesWithoutOrigin(sources).map((line) => ({
    ...line,
    problem: "no edit and no start skill wrote it",
  }));
  return {
    authors: authorsText(distillation.fingerprint),
    lines,
    lessons: lessonTraces(sources),
    orphanLines: [...lines.flatMap((line) => orphanOf(line, analysed)), ...unowned],
    fatelessLessons: fateless(sources),
  };
}

/** The part of a report that is about one line; null when the line is not one that the distillation added. */
export function lineageOf(report: LineageReport, file: string, line: number): LineageReport | null {
  const lines = report.lines.filter((one) => one.file === file && one.line === line);
  if (lines.length === 0) return null;
  const behind = new Set(lines.flatMap(({ lessons }) => lessons));
  return {
    authors: report.authors,
    lines,
    lessons: report.lessons.filter(({ id }) => behind.has(id)),
    orphanLines: report.orphanLines.filter((one) => one.file === file && one.line === line),
    fatelessLessons: report.fatelessLessons.filter(({ lesson }) => behind.has(lesson)),
  };
}

function lineTrace(entry: Distillation["lines"][number], found: Lineage | null, text: string): LineTrace {
  const { file, line, origin } = entry;
  const { edits = [], proposed = [], lessons = [], trials = [], tasks = [] } = found ?? {};
  return {
    file,
    line,
    text,
    origin: origin ?? "lessons",
    edits: edits.map(({ id }) => id),
    proposed: proposed.flatMap(originOf),
    lessons: lessons.map(({ id }) => id),
    trials,
    tasks,
  };
}

function originOf({ id, origin }: Edit): LineTrace["proposed"] {
  return origin.kind === "proposed" ? [{ edit: id, patch: origin.patch, trial: origin.trial }] : [];
}

function orphanOf(line: LineTrace, analysed: ReadonlySet<string>): LineageReport["orphanLines"] {
  const { file, text } = line;
  const orphan = (problem: string) => [{ file, line: line.line, text, problem }];
  if (line.origin !== "lessons") return [];
  if (line.edits.length === 0) return orphan("no edit wrote it");
  if (line.lessons.length === 0) return orphan(`no lesson is behind its edits ${line.edits.join(", ")}`);
  const strange = line.trials.find((trial) => !analysed.has(trial));
  return strange === undefined ? [] : orphan(`trial ${strange} was not analysed`);
}

function lessonTraces({ distillation, trialFiles }: LineageSources): LessonTrace[] {
  const places = linesByLesson(distillation);
  return distillation.lessons.map((lesson) => {
    const { id, kind, title, rule, reason, verified, task, trial, fate } = lesson;
    const steps = stepsNamed(reason);
    const lines = places.get(id) ?? [];
    const trialFile = trialFiles.get(trial) ?? null;
    return {
      id,
      kind,
      title,
      rule,
      reason,
      verified,
      task,
      trial,
      trialFile,
      steps,
      fate,
      told: fateText(fate),
      lines,
    };
  });
}

function linesByLesson({ lines, edits }: Distillation): Map<string, { file: string; line: number }[]> {
  const behind = new Map(edits.map(({ id, lessons }) => [id, lessons]));
  const places = new Map<string, { file: string; line: number }[]>();
  for (const { file, line, edits: ids } of lines) {
    for (const lesson of new Set(ids.flatMap((id) => behind.get(id) ?? []))) {
      const known = places.get(lesson);
      if (known === undefined) places.set(lesson, [{ file, line }]);
      else known.push({ file, line });
    }
  }
  return places;
}

/** `step 3`, `steps 3 and 5`, `steps 3-5`: as trajectories number them for analysts. */
export function stepsNamed(text: string): number[] {
  const found = [...text.matchAll(/\bsteps?\s+(\d{1,4}(?:\s*(?:,|and|to|or|-|\u2013)\s*\d{1,4})*)/gi)];
  const numbers = found.flatMap(([, list = ""]) =>
    [...list.matchAll(/(\d+)(?:\s*(?:to|-|\u2013)\s*(\d+))?/g)].flatMap(span),
  );
  return [...new Set(numbers)].sort((one, other) => one - other);
}

const LONGEST_SPAN = 50;

function span([, from, to]: RegExpExecArray): number[] {
  const [first, last] = [Number(from), Number(to ?? from)];
  return Array.from({ length: Math.min(LONGEST_SPAN, Math.max(1, last - first + 1)) }, (_, index) => first + index);
}

function fateless({ distillation, analyses }: LineageSources): LineageReport["fatelessLessons"] {
  const known = new Set(distillation.lessons.map(({ id }) => id));
  const edits = new Map(distillation.edits.map((edit) => [edit.id, edit]));
  const lost = analyses
    .flatMap(({ lessons }) => lessons)
    .filter(({ id }) => !known.has(id))
    .map(({ id }) => ({ lesson: id, problem: "the analyst handed it in, and the distillation does not hold it" }));
  const unkept = distillation.lessons.flatMap(({ id, fate }) => {
    if (fate.kind !== "in-skill" && fate.kind !== "in-reference") return [];
    const applied = fate.edits.some((edit) => edits.get(edit)?.fate.kind === "applied");
    return applied ? [] : [{ lesson: id, problem: `it is said to be ${fate.kind}, and none of its edits was applied` }];
  });
  return [...lost, ...unkept];
}
