/** What edits add that the base has no place for yet: new reference files with their links, and new sections. */
import { quote } from "./locate.ts";
import {
  belongTogether,
  type Document,
  demoteHeadings,
  headingKey,
  type Section,
  sectionsIn,
  tidyLines,
} from "./markdown.ts";
import { SKILL_FILE } from "./paths.ts";
import { type Documents, type Line, linesBy, type Splice } from "./plan.ts";
import type { Edit, EditBody } from "./records.ts";

export type Of<Op extends EditBody["op"]> = Edit & { readonly body: Extract<EditBody, { op: Op }> };

export function isOp<Op extends EditBody["op"]>(edit: Edit, ...ops: Op[]): edit is Of<Op> {
  return ops.some((op) => op === edit.body.op);
}

const LINKS_HEADING = "References";
const DEFAULT_LEVEL = 2;

/** Blocks one below the other, with a blank line between those that are not of one list. */
export function joined(blocks: readonly (readonly Line[])[]): Line[] {
  return blocks.flatMap((block, index) => {
    const [first] = block;
    const last = blocks[index - 1]?.at(-1);
    const apart = first !== undefined && last !== undefined && !belongTogether(last.text, first.text);
    return apart ? [{ text: "", edits: first.edits }, ...block] : block;
  });
}

export type Creations = ReadonlyMap<string, readonly Of<"create_file">[]>;

/** Whether an added section is SKILL.md's list of links, which new files need as well. */
export function addsLinks({ file, heading }: Addition): boolean {
  return file === SKILL_FILE && headingKey(heading) === headingKey(LINKS_HEADING);
}

/**
 * One splice with the link lines of all new files, under the References section, which is made where there is none.
 * @param more text that edits want in that section, where the base has none
 */
export function planLinks(created: Creations, more: readonly Addition[], skill: Document): Splice {
  const ours = [...created].map(([file, edits]) => ({
    text: linkLine(file, edits[0]?.body.link ?? ""),
    edits: edits.map(({ id }) => id),
  }));
  const theirs = more.flatMap((addition) => additionSplice(addition, 0, DEFAULT_LEVEL).lines.slice(2));
  const links = [...theirs, ...ours];
  const section = skill.sections.find(({ heading }) => headingKey(heading) === headingKey(LINKS_HEADING));
  if (section !== undefined) {
    const needs = { from: section.line, to: section.headingEnd };
    return {
      file: SKILL_FILE,
      from: section.ownEnd,
      to: section.ownEnd,
      lines: links,
      slot: 1,
      level: 0,
      raw: false,
      needs,
    };
  }
  const all = [...new Set(links.flatMap(({ edits }) => edits))];
  const end = endOf(skill);
  const lines = [...linesBy(all, [`## ${LINKS_HEADING}`, ""]), ...links];
  return { file: SKILL_FILE, from: end, to: end, lines, slot: 3, level: 0, raw: false, needs: null };
}

function linkLine(file: string, link: string): string {
  const text = link
    .replace(/\s+/g, " ")
    .replace(/^\s*[-*+]\s+/, "")
    .trim();
  return text.includes(file) ? `- ${text}` : `- [${file}](${file}): ${text}`;
}

/** A section that edits add, with all of them: those that ask for the same heading, and those that append to it. */
export interface Addition {
  readonly file: string;
  readonly heading: string;
  readonly after: string | null;
  readonly edits: readonly Of<"add_section" | "append_to_section">[];
}

/**
 * Gathers the sections that the base does not have. An edit that adds a section the base has already, or that appends
 * to one that only another edit adds, goes where the heading is.
 */
export function gatherAdditions(edits: readonly Edit[], documents: Documents): { additions: Addition[]; rest: Edit[] } {
  const keyOf = (file: string, heading: string) => `${file}\n${headingKey(heading)}`;
  const isNew = (file: string, heading: string) =>
    documents.get(file)?.sections.every((section) => headingKey(section.heading) !== headingKey(heading)) === true;
  const adding = edits.filter((edit) => isOp(edit, "add_section")).filter(({ body }) => isNew(body.file, body.heading));
  const added = new Set(adding.map(({ body }) => keyOf(body.file, body.heading)));
  const joining = edits.filter((edit) => isOp(edit, "add_section", "append_to_section"));
  const members = joining.filter(({ body }) => added.has(keyOf(body.file, headingOf(body))));
  const additions = [...Map.groupBy(members, ({ body }) => keyOf(body.file, headingOf(body))).values()].map(additionOf);
  const gathered = new Set(members.map(({ id }) => id));
  return { additions, rest: edits.filter(({ id }) => !gathered.has(id)) };
}

function headingOf(body: Of<"add_section" | "append_to_section">["body"]): string {
  return body.op === "add_section" ? body.heading : body.section;
}

function additionOf(edits: readonly Of<"add_section" | "append_to_section">[]): Addition {
  const first = edits.map(({ body }) => body).find((body) => body.op === "add_section");
  if (first === undefined) throw new RangeError("a section is added by an edit that adds it");
  return { file: first.file, heading: plainHeading(first.heading), after: first.after, edits };
}

export function plainHeading(heading: string): string {
  return heading
    .replace(/\s+/g, " ")
    .replace(/^\s*#+\s*/, "")
    .trim();
}

/** Where each addition goes; an unknown `after` means the end of the file, which is told. */
export function planAdditions(
  additions: readonly Addition[],
  documents: Documents,
): { splices: Splice[]; notices: string[] } {
  const notices: string[] = [];
  const splices = additions.map((addition) => {
    const document = documents.get(addition.file);
    if (document === undefined)
      throw new RangeError(`additions are gathered for files that exist, not for ${addition.file}`);
    const place = placeOf(addition, additions, document, new Set());
    if (place.known === false)
      notices.push(
        `${addition.file}: no section ${quote(addition.after ?? "")} to put ${quote(addition.heading)} after; it is at the end`,
      );
    return additionSplice(addition, place.at, place.level);
  });
  return { splices, notices };
}

interface Place {
  readonly at: number;
  readonly level: number;
  readonly known: boolean;
}

function placeOf(addition: Addition, all: readonly Addition[], document: Document, seen: Set<Addition>): Place {
  const { after, file } = addition;
  const last = { at: endOf(document), level: DEFAULT_LEVEL, known: true };
  if (after === null) return last;
  const section = document.sections.find(({ heading }) => headingKey(heading) === headingKey(after));
  // Below the title's own words, not below the whole file; and as a section of the file, not as a second title.
  if (section?.level === 1) return { at: section.ownEnd, level: DEFAULT_LEVEL, known: true };
  if (section !== undefined) return { at: section.end, level: section.level, known: true };
  seen.add(addition);
  const other = all.find((one) => one.file === file && !seen.has(one) && headingKey(one.heading) === headingKey(after));
  return other === undefined ? { ...last, known: false } : placeOf(other, all, document, seen);
}

/** The end of the file, or before a References section that closes it. */
function endOf({ lines, sections, bodyStart }: Document): number {
  const closing: Section | undefined = sections.findLast(({ level }) => level <= DEFAULT_LEVEL);
  let end =
    closing !== undefined && headingKey(closing.heading) === headingKey(LINKS_HEADING) ? closing.line : lines.length;
  while (end > bodyStart && lines[end - 1]?.trim() === "") end -= 1;
  return end;
}

function additionSplice({ file, heading, edits }: Addition, at: number, level: number): Splice {
  const ids = edits.map(({ id }) => id);
  const bodies = [...Map.groupBy(edits, ({ body }) => bodyText(body.content, heading, level))].filter(
    ([text]) => text !== "",
  );
  const blocks = bodies.map(([text, same]) =>
    linesBy(
      same.map(({ id }) => id),
      text.split("\n"),
    ),
  );
  const lines = joined([linesBy(ids, [`${"#".repeat(level)} ${heading}`]), ...blocks]);
  return { file, from: at, to: at, lines, slot: 2, level, raw: false, needs: null };
}

/** The content without a heading that repeats the section's own. */
function bodyText(content: string, heading: string, level: number): string {
  const lines = tidyLines(content);
  const [first] = sectionsIn(lines);
  const repeats = first?.line === 0 && headingKey(first.heading) === headingKey(heading);
  const rest = repeats ? lines.slice(1) : lines;
  return tidyLines(demoteHeadings(rest, level + 1).join("\n")).join("\n");
}
