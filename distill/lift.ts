/**
 * Edits that were made one after the other, lifted off the skill again: what is left is the ground, and the edits are
 * written anew as additions to it, so that they can be merged, routed and applied like those of any other strategy.
 * What stands in the place of the start skill's own text or code, and what stands in references, stays in the ground. Pure.
 */
import type { Skill } from "../harness/skill/skill.ts";
import { hashFiles } from "../harness/skill/skill.ts";
import { applyEdits } from "./apply.ts";
import { makeEdit } from "./edit-reply.ts";
import { belongTogether, readDocument, type Section } from "./markdown.ts";
import { editsBehind, filesOf, type PageLine, type Pages, pageText } from "./pages.ts";
import { SKILL_FILE } from "./paths.ts";
import type { Edit, EditBody } from "./records.ts";

/** Edits that share lines, with what is made of them. */
export interface LiftedGroup {
  readonly from: readonly Edit[];
  readonly to: readonly Edit[];
}

export interface Lifted {
  readonly ground: { readonly skill: Skill; readonly pages: Pages };
  readonly groups: readonly LiftedGroup[];
  /** Edits whose lines are in the ground. */
  readonly grounded: readonly Edit[];
}

/** @param alive edits by id, as they stand now, of which the pages hold lines */
export function liftEdits(skill: Skill, pages: Pages, alive: ReadonlyMap<string, Edit>): Lifted {
  let groups = groupsIn(pages, alive);
  // Each round without those that do not fit, down to none.
  for (;;) {
    const lifted = lift(skill, pages, groups);
    const written = lifted.groups.flatMap(({ to }) => to);
    const unfit = new Set(applyEdits(lifted.ground.skill.files, written).rejected.map(({ edit }) => edit.id));
    const sound = lifted.groups.filter(({ to }) => to.length > 0 && !to.some(({ id }) => unfit.has(id)));
    if (sound.length === groups.length) return { ...lifted, grounded: notIn(sound, alive) };
    groups = sound.map(({ from }) => [...from]);
  }
}

function notIn(groups: readonly LiftedGroup[], alive: ReadonlyMap<string, Edit>): Edit[] {
  const lifted = new Set(groups.flatMap(({ from }) => from.map(({ id }) => id)));
  return [...alive.values()].filter(({ id }) => !lifted.has(id));
}

/** Edits that share lines belong together; those with a line that must stay where it is are left out. */
function groupsIn(pages: Pages, alive: ReadonlyMap<string, Edit>): Edit[][] {
  const leader = new Map([...alive.keys()].map((id) => [id, id]));
  const find = (id: string): string => {
    const up = leader.get(id) ?? id;
    return up === id ? id : find(up);
  };
  const stuck = new Set<string>();
  for (const [file, lines] of pages) {
    for (const { text, edits, origin, fixed } of lines) {
      if (origin !== undefined) continue;
      const [first] = edits;
      for (const id of edits) if (first !== undefined) leader.set(find(id), find(first));
      if (fixed || file !== SKILL_FILE || /^\s*\|/.test(text)) for (const id of edits) stuck.add(id);
    }
  }
  const groups = Map.groupBy(alive.values(), ({ id }) => find(id));
  return [...groups.values()].filter((group) => group.every(({ id }) => !stuck.has(id)));
}

function lift(skill: Skill, pages: Pages, groups: readonly Edit[][]): Omit<Lifted, "grounded"> {
  const lines = pages.get(SKILL_FILE) ?? [];
  const ids = new Set(groups.flat().map(({ id }) => id));
  const isLifted = (line: PageLine) => line.origin === undefined && line.edits.some((id) => ids.has(id));
  const ground = new Map([...pages, [SKILL_FILE, groundLines(lines, isLifted)]]);
  const { files } = filesOf(ground, skill.files);
  const { sections } = readDocument(pageText(lines));
  const places = { lines, sections, isLifted };
  return {
    ground: { skill: { ...skill, files, hash: hashFiles(files) }, pages: ground },
    groups: groups.map((from) => ({ from, to: writtenAnew(from, places) })),
  };
}

/** The lines that stay; a blank line that keeps two of them apart stays as well. */
function groundLines(lines: readonly PageLine[], isLifted: (line: PageLine) => boolean): PageLine[] {
  const kept: PageLine[] = [];
  let gap: PageLine | null = null;
  for (const line of lines) {
    if (isLifted(line)) {
      if (line.text.trim() === "") gap ??= line;
      continue;
    }
    const last = kept.at(-1);
    const apart = last !== undefined && last.text.trim() !== "" && line.text.trim() !== "";
    if (gap !== null && apart && !belongTogether(last.text, line.text)) {
      kept.push({ ...gap, edits: [...new Set([...last.edits, ...line.edits])] });
    }
    gap = null;
    kept.push(line);
  }
  return kept;
}

interface Places {
  readonly lines: readonly PageLine[];
  readonly sections: readonly Section[];
  readonly isLifted: (line: PageLine) => boolean;
}

/** One edit for each section in which the group has words; none where some stand in no section. */
function writtenAnew(from: readonly Edit[], places: Places): Edit[] {
  const ids = new Set(from.map(({ id }) => id));
  const own = places.lines.flatMap((line, index) =>
    line.edits.some((id) => ids.has(id)) && line.origin === undefined ? [index] : [],
  );
  const chunks = [...Map.groupBy(own, (index) => homeOf(index, new Set(own), places))];
  if (chunks.some(([section]) => section === null)) return [];
  const bodies = chunks.flatMap(([section, indexes]) => (section === null ? [] : bodyOf(section, indexes, places)));
  const [only] = from;
  if (from.length === 1 && bodies.length === 1 && only !== undefined && bodies[0] !== undefined)
    return [{ ...only, body: bodies[0] }];
  return bodies.map((body) =>
    makeEdit(
      body,
      from.map(({ id }) => id),
      from.flatMap(({ lessons }) => lessons),
      from.flatMap(({ tasks }) => tasks),
    ),
  );
}

/** The outermost section whose heading the group wrote, or the innermost there is. */
function homeOf(index: number, own: ReadonlySet<number>, { sections }: Places): Section | null {
  const around = sections.filter(({ line, blankEnd }) => line <= index && index < blankEnd);
  return around.find(({ line }) => own.has(line)) ?? around.at(-1) ?? null;
}

function bodyOf(section: Section, indexes: readonly number[], { lines, sections, isLifted }: Places): EditBody[] {
  const isHeading = (index: number) => section.line <= index && index < section.headingEnd;
  const content = indexes
    .filter((index) => !isHeading(index))
    .map((index) => lines[index]?.text ?? "")
    .join("\n")
    .replace(/^\s*\n|\s+$/g, "");
  const heading = lines[section.line];
  // Nothing but a blank line or a heading: the words below it are other edits', who bring the heading with them.
  if (content.trim() === "") return [];
  if (heading === undefined || !isLifted(heading))
    return [{ op: "append_to_section", file: SKILL_FILE, section: section.heading, content }];
  const before = sections.findLast(
    ({ line, level }) => line < section.line && level === section.level && !isLiftedAt(line, lines, isLifted),
  );
  return [{ op: "add_section", file: SKILL_FILE, after: before?.heading ?? null, heading: section.heading, content }];
}

function isLiftedAt(index: number, lines: readonly PageLine[], isLifted: (line: PageLine) => boolean): boolean {
  const line = lines[index];
  return line !== undefined && isLifted(line);
}

/** The pages without the lines that only these edits wrote. */
export function withoutEdits(pages: Pages, gone: ReadonlySet<string>): Pages {
  return new Map(
    [...pages].map(([file, lines]) => [
      file,
      lines.filter(({ edits }) => edits.length === 0 || !edits.every((id) => gone.has(id))),
    ]),
  );
}

/** Ids of the edits of which some words are left; a blank line that stayed behind is none. */
export function aliveIn(pages: Pages): Set<string> {
  const words = ({ text, origin }: PageLine) => origin === undefined && text.trim() !== "";
  return new Set([...pages.values()].flatMap((lines) => editsBehind(lines.filter(words))));
}
