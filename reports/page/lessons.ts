/** Lessons of a distillation: what became of them, what argues for them, and the trials that taught them. */
import type { Distillation, ReportedLesson } from "../experiment.ts";
import { counted, grouped } from "../format.ts";
import { type Html, html } from "./html.ts";
import { type PageLinks, trialLink } from "./links.ts";
import { type Cell, dataTable, taskList } from "./parts.ts";

const MOST_LESSONS = 10;

/** Where a lesson of a distillation stands on the page: both by their places in the report. */
export function lessonAnchor(distillation: number, lesson: number): string {
  return `lesson-${distillation}-${lesson}`;
}

interface Placed extends ReportedLesson {
  readonly anchor: string;
}

/** @param place of the distillation in the report */
export function lessonsPart({ lessons, tasks }: Distillation, place: number, links: PageLinks): Html {
  const placed = lessons
    .map((lesson, index): Placed => ({ ...lesson, anchor: lessonAnchor(place, index) }))
    .sort((a, b) => b.tasks.length - a.tasks.length);
  const rest = placed.slice(MOST_LESSONS);
  const table = (caption: string, some: readonly Placed[]) =>
    some.length === 0
      ? null
      : dataTable(
          caption,
          some.map((lesson) => lessonRow(lesson, tasks, links)),
        );
  return html`<h4>What became of ${counted(lessons.length, "lesson")}</h4>
${fates(lessons)}
${table("Most supported lessons", placed.slice(0, MOST_LESSONS))}
${rest.length === 0 ? null : html`<details><summary>${counted(rest.length, "more lesson")}</summary>${table("The other lessons", rest)}</details>`}`;
}

function fates(lessons: readonly ReportedLesson[]): Html {
  const kinds = [...Map.groupBy(lessons, ({ fate }) => fate.kind)].sort(([, a], [, b]) => b.length - a.length);
  const share = (part: number) => `${((100 * part) / Math.max(1, lessons.length)).toFixed(2)}%`;
  const rows = kinds.map(
    ([kind, group]) => html`<div><dt>${kind}</dt><dd><span>${grouped(group.length)}</span>
<svg aria-hidden="true" width="100%" height="10"><rect x="0" y="2" width="${share(group.length)}" height="6" rx="1"/></svg></dd></div>`,
  );
  return html`<dl class="fates">${rows}</dl>`;
}

function lessonRow(lesson: Placed, tasks: number, links: PageLinks): Cell[] {
  return [
    {
      label: "Lesson",
      content: html`<span id="${lesson.anchor}">${lesson.title}</span> <small class="quiet">${lesson.rule}</small>${groundsOf(lesson, links)}`,
      kind: "wide",
    },
    { label: "From", content: lesson.kind },
    { label: "Support", content: `${lesson.tasks.length} of ${tasks}`, kind: "number" },
    { label: "Fate", content: html`${lesson.fate.kind} <small class="quiet">${lesson.fate.detail}</small>` },
    { label: "Tasks", content: taskList(lesson.tasks) },
  ];
}

/** The trial that taught it, and what in it. */
function groundsOf({ source, kind }: ReportedLesson, links: PageLinks): Html | null {
  if (source === undefined) return null;
  const { trial, reason, verified } = source;
  const proof = kind === "success" ? "" : verified ? ", its fix verified" : ", its fix not verified";
  return html`<small class="quiet">taught by ${trialLink(trial, links)}${proof}${reason === "" ? "" : `: ${reason}`}</small>`;
}
