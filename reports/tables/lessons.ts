/** A distillation as tables: what was learned and what became of it, and the lines of the skill that lessons are behind. */
import type { Distillation, ReportedLesson } from "../experiment.ts";
import { counted, withoutMarker } from "../format.ts";
import type { Column, Table, TableCell } from "../table.ts";

export interface ShownLessons {
  /** Rows; the notes tell how many there are. */
  readonly most: number;
  /** What is said of each: `brief` its title and fate, `rules` what it says too, `all` also its tasks and what became of it. */
  readonly detail: "brief" | "rules" | "all";
}

/** A row a lesson, best supported first. */
export function lessonsAsTable(distillation: Distillation, { most, detail }: ShownLessons): Table {
  const { name, lessons } = distillation;
  const sorted = lessons.toSorted((a, b) => b.tasks.length - a.tasks.length).slice(0, most);
  const columns = COLUMNS.filter((column) => column.from.includes(detail));
  return {
    id: `lessons-${name}`,
    title: `Lessons of ${name}`,
    columns: columns.map(({ label, kind }) => ({ label, kind })),
    rows: sorted.map((lesson) => ({ cells: columns.map(({ cell }) => cell(lesson)) })),
    notes: [...leftOut(lessons.length, most, "lesson"), ...supportNotes(distillation)],
    simulated: distillation.simulated,
  };
}

interface LessonColumn extends Column {
  /** Details that have it. */
  readonly from: readonly ShownLessons["detail"][];
  readonly cell: (lesson: ReportedLesson) => TableCell;
}

const ALWAYS = ["brief", "rules", "all"] as const;

const COLUMNS: readonly LessonColumn[] = [
  { label: "lesson", kind: "text", from: ALWAYS, cell: ({ title }) => ({ text: title }) },
  { label: "rule", kind: "text", from: ["rules", "all"], cell: ({ rule }) => ({ text: rule }) },
  { label: "from", kind: "text", from: ALWAYS, cell: ({ kind }) => ({ text: kind }) },
  { label: "support", kind: "number", from: ALWAYS, cell: ({ tasks }) => supportCell(tasks) },
  { label: "fate", kind: "text", from: ALWAYS, cell: ({ fate }) => ({ text: fate.kind }) },
  { label: "particulars", kind: "text", from: ["all"], cell: ({ fate }) => ({ text: fate.detail }) },
  { label: "tasks", kind: "text", from: ["all"], cell: ({ tasks }) => ({ text: tasks.join(", ") }) },
];

/** A row a line of the skill, best supported first. @param most of the rows */
export function linesAsTable(distillation: Distillation, most = Number.POSITIVE_INFINITY): Table {
  const { name, lines } = distillation;
  return {
    id: `lines-${name}`,
    title: `Best supported lines of ${name}`,
    columns: [
      { label: "line", kind: "text" },
      { label: "support", kind: "number" },
      { label: "file", kind: "text" },
    ],
    rows: lines.slice(0, most).map(({ text, tasks, file }) => ({
      cells: [{ text: withoutMarker(text) }, supportCell(tasks), { text: file }],
    })),
    notes: [...leftOut(lines.length, most, "line"), ...supportNotes(distillation)],
    simulated: distillation.simulated,
  };
}

function supportCell(tasks: readonly string[]): TableCell {
  return { text: String(tasks.length), value: tasks.length };
}

function leftOut(all: number, most: number, noun: string): string[] {
  return all > most ? [`The first ${most} of ${counted(all, noun)}.`] : [];
}

function supportNotes({ tasks, model, skill }: Distillation): string[] {
  return [
    `Support: distinct tasks whose trials argue for it, of ${counted(tasks, "task")} read.`,
    `Distilled by ${model}; skill ${skill.hash.slice(0, 12)}, at ${skill.path}.`,
  ];
}
