/** The whole of a distilled skill, line by line; each opens to what it came from: edits, lessons and trials, or what was there before. */
import type { Distillation, ReportedLesson } from "../experiment.ts";
import { counted } from "../format.ts";
import type { OriginEdit, OriginLine } from "../skill-origin.ts";
import { type Html, html } from "./html.ts";
import { lessonAnchor } from "./lessons.ts";
import { linked, type PageLinks, trialLink } from "./links.ts";

/** Of one block: the lessons' own table has them all. */
const MOST_LESSONS = 12;

const OTHER_ORIGINS = {
  frame: "of the frame that the harness gives a new skill",
  parametric: "of the model’s own draft, before any trial",
  start: "of the start skill, moved here",
  split: "written by the harness when it moved a page’s part",
} as const;

/** @param place of the distillation in the report */
export function skillOriginPart(distillation: Distillation, place: number, links: PageLinks): Html | null {
  const { origin } = distillation;
  if (origin === undefined || origin.files.length === 0) return null;
  const find = finder(distillation, place, links);
  const files = origin.files.map(({ file, lines }, index) =>
    fileView(file, lines, { open: place === 0 && index === 0, find }),
  );
  return html`<h4>The skill, line by line</h4>
<p class="quiet">Open a line to see where it comes from. Those with a bar were taught by trials: behind them are edits, lessons and trials, and the number is their support, in tasks.</p>${files}`;
}

interface Block {
  /** Number of its first line, from 1. */
  readonly first: number;
  readonly lines: readonly OriginLine[];
}

/** What is told of a block when it is opened; `support` is null where no lesson is behind it. */
interface Found {
  readonly taught: boolean;
  readonly support: number | null;
  readonly told: Html;
}

type Find = (block: Block) => Found;

function fileView(file: string, lines: readonly OriginLine[], { open, find }: { open: boolean; find: Find }): Html {
  const taught = lines.filter(({ edits }) => edits.length > 0).length;
  const summary = html`<summary><code>${file}</code> <span class="quiet">${counted(lines.length, "line")}, ${taught} with an edit behind them</span></summary>`;
  const blocks = html`<div class="skill-text">${blocksOf(lines).map((block) => blockView(block, find(block)))}</div>`;
  return open
    ? html`<details class="skill-file" open>${summary}${blocks}</details>`
    : html`<details class="skill-file">${summary}${blocks}</details>`;
}

/** Lines that follow each other and come from the same. */
function blocksOf(lines: readonly OriginLine[]): Block[] {
  const blocks: { first: number; lines: OriginLine[] }[] = [];
  const key = ({ edits, origin }: OriginLine) => JSON.stringify([edits, origin]);
  for (const [index, line] of lines.entries()) {
    const last = blocks.at(-1);
    const before = last?.lines[0];
    if (last !== undefined && before !== undefined && key(before) === key(line)) last.lines.push(line);
    else blocks.push({ first: index + 1, lines: [line] });
  }
  return blocks;
}

function blockView(block: Block, { taught, support, told }: Found): Html {
  const text = block.lines.map(
    (line, index) =>
      html`<span class="skill-line"><span class="line-number">${block.first + index}</span><code>${line.text}</code></span>\n`,
  );
  const kind = taught ? `skill-block taught support-${Math.min(4, support ?? 0)}` : "skill-block";
  return html`<details class="${kind}"><summary><span class="line-support">${support ?? ""}</span>${text}</summary>
<div class="behind">${told}</div></details>`;
}

function finder(distillation: Distillation, place: number, links: PageLinks): Find {
  const edits = new Map(distillation.origin?.edits.map((edit) => [edit.id, edit]) ?? []);
  const anchors = new Map(
    distillation.lessons.map((lesson, index) => [lesson.id, { lesson, anchor: lessonAnchor(place, index) }]),
  );
  return ({ lines: [line] }) => {
    const all = line?.edits.flatMap((id) => edits.get(id) ?? []) ?? [];
    const taught = all.filter(({ by }) => by !== "harness");
    const behind = taught.length > 0 ? taught : all;
    const origin = originText(line);
    if (behind.length === 0)
      return { taught: false, support: null, told: html`<p>${origin ?? "of the start skill"}</p>` };
    const named = [...new Set(behind.flatMap((edit) => edit.lessons))].flatMap((id) => anchors.get(id) ?? []);
    const told = html`${origin === null ? null : html`<p>${origin}</p>`}<p>${editsText(behind)}, from ${counted(named.length, "lesson")}</p>${lessonList(named, links)}`;
    const support = taught.length === 0 ? null : new Set(taught.flatMap(({ tasks }) => tasks)).size;
    return { taught: true, support, told };
  };
}

/** Null for a line of lessons, and for one that stands as it was given. */
function originText(line: OriginLine | undefined): string | null {
  return line?.origin === undefined ? null : OTHER_ORIGINS[line.origin];
}

interface Anchored {
  readonly lesson: ReportedLesson;
  readonly anchor: string;
}

function lessonList(lessons: readonly Anchored[], links: PageLinks): Html {
  const items = lessons
    .slice(0, MOST_LESSONS)
    .map(({ lesson, anchor }) => html`<li>${linked(`#${anchor}`, lesson.title)}${trialOf(lesson, links)}</li>`);
  const more = lessons.length - items.length;
  return html`<ul>${items}</ul>${more === 0 ? null : html`<p>and ${counted(more, "more lesson")}</p>`}`;
}

function trialOf({ kind, source }: ReportedLesson, links: PageLinks): Html | null {
  return source === undefined
    ? null
    : html` <small class="quiet">${kind}, taught by ${trialLink(source.trial, links)}</small>`;
}

/** `append to section (e12), merged from 4 edits`. */
function editsText(edits: readonly OriginEdit[]): string {
  return edits.map((edit) => `${edit.op.replaceAll("_", " ")} (${edit.id}), ${writtenBy(edit)}`).join("; ");
}

function writtenBy({ by, proposals }: OriginEdit): string {
  switch (by) {
    case "trial":
      return "as proposed for one trial";
    case "merge":
      return `merged from ${counted(proposals, "edit")}`;
    case "harness":
      return "written by the harness to hold edits of little support";
    default:
      return by satisfies never;
  }
}
