/** How a skill came about: its merge in numbers, its best supported lines, and what became of every lesson. */
import type { Distillation, ReportedLesson } from "../experiment.ts";
import { counted, grouped, withoutMarker } from "../format.ts";
import { type Html, html } from "./html.ts";
import { type Cell, dataTable, simulatedTag, taskList } from "./parts.ts";

const MOST_LINES = 10;
const MOST_LESSONS = 10;

export function distillationsSection(distillations: readonly Distillation[]): Html | null {
  if (distillations.length === 0) return null;
  return html`<section><h2>Skills distilled</h2>${distillations.map(distillationPart)}</section>`;
}

function distillationPart(distillation: Distillation): Html {
  const { name, model, simulated, skill, tasks } = distillation;
  const lessons = [...distillation.lessons].sort((a, b) => b.tasks.length - a.tasks.length);
  return html`<div class="part">
<h3>${name} <span class="quiet">by ${model}</span>${simulatedTag(simulated)}</h3>
<p class="path"><code>${skill.path}</code> <code class="fingerprint">${skill.hash.slice(0, 12)}</code></p>
${mergeTree(distillation)}
<h4>Best supported lines</h4>
<ol class="lines">${distillation.lines.slice(0, MOST_LINES).map((line) => skillLine(line, tasks))}</ol>
<h4>What became of ${counted(lessons.length, "lesson")}</h4>
${fates(lessons)}
${lessonTable("Most supported lessons", lessons.slice(0, MOST_LESSONS), tasks)}
${lessons.length <= MOST_LESSONS ? null : moreLessons(lessons.slice(MOST_LESSONS), tasks)}
</div>`;
}

function mergeTree({ levels }: Distillation): Html {
  const steps = levels.map(
    ({ patches, edits }) => html`<li><b>${grouped(patches)}</b><span>${patches === 1 ? "patch" : "patches"}</span>
<small class="quiet">${counted(edits, "edit")}</small></li>`,
  );
  return html`<h4>Merge, level by level</h4><ol class="levels">${steps}</ol>`;
}

function skillLine({ text, file, tasks: support }: Distillation["lines"][number], tasks: number): Html {
  return html`<li><span class="support"><b>${support.length}</b> of ${counted(tasks, "task")}</span>
<span class="line">${withoutMarker(text)}<small class="quiet">${file}: ${taskList(support)}</small></span></li>`;
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

function lessonTable(caption: string, lessons: readonly ReportedLesson[], tasks: number): Html | null {
  const rows = lessons.map((lesson): Cell[] => [
    { label: "Lesson", content: html`${lesson.title} <small class="quiet">${lesson.rule}</small>`, kind: "wide" },
    { label: "From", content: lesson.kind },
    { label: "Support", content: `${lesson.tasks.length} of ${tasks}`, kind: "number" },
    { label: "Fate", content: html`${lesson.fate.kind} <small class="quiet">${lesson.fate.detail}</small>` },
    { label: "Tasks", content: taskList(lesson.tasks) },
  ]);
  return lessons.length === 0 ? null : dataTable(caption, rows);
}

function moreLessons(lessons: readonly ReportedLesson[], tasks: number): Html {
  return html`<details><summary>${counted(lessons.length, "more lesson")}</summary>${lessonTable("The other lessons", lessons, tasks)}</details>`;
}
