/** How skills came about: the merge, the best supported lines, the lessons, and the skill itself with the origin of its lines. */
import type { Distillation } from "../experiment.ts";
import { counted, withoutMarker } from "../format.ts";
import { type Html, html } from "./html.ts";
import { lessonsPart } from "./lessons.ts";
import { NO_LINKS, type PageLinks } from "./links.ts";
import { mergeTree } from "./merge-tree.ts";
import { simulatedTag, taskList } from "./parts.ts";
import type { Section } from "./sections.ts";
import { skillOriginPart } from "./skill-origin.ts";

const MOST_LINES = 10;

export function distillationsSection(
  distillations: readonly Distillation[],
  links: PageLinks = NO_LINKS,
): Section | null {
  if (distillations.length === 0) return null;
  const parts = distillations.map((distillation, place) => distillationPart(distillation, place, links));
  return { id: "skills", title: "Skills distilled", body: html`${parts}` };
}

function distillationPart(distillation: Distillation, place: number, page: PageLinks): Html {
  const { name, model, simulated, skill, tasks, origin } = distillation;
  const links = { ...page, trial: (trial: string) => page.trial(trial, origin?.start ?? null) };
  return html`<div class="part">
<h3>${name} <span class="quiet">by ${model}</span>${simulatedTag(simulated)}</h3>
<p class="path"><code>${skill.path}</code> <code class="fingerprint">${skill.hash.slice(0, 12)}</code></p>
${mergeTree(distillation)}
<h4>Best supported lines</h4>
<ol class="lines">${distillation.lines.slice(0, MOST_LINES).map((line) => skillLine(line, tasks))}</ol>
${lessonsPart(distillation, place, links)}
${skillOriginPart(distillation, place, links)}
</div>`;
}

function skillLine({ text, file, tasks: support }: Distillation["lines"][number], tasks: number): Html {
  return html`<li><span class="support"><b>${support.length}</b> of ${counted(tasks, "task")}</span>
<span class="line">${withoutMarker(text)}<small class="quiet">${file}: ${taskList(support)}</small></span></li>`;
}
