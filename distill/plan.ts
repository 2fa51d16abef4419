/** One edit to the places of the frozen base that it changes. Pure; nothing here looks at other edits. */
import type { LineKind } from "./ends.ts";
import { type Located, locateSection, locateText, type TextSpan } from "./locate.ts";
import { closesItself, type Document, demoteHeadings, type Section, type Span, tidyLines } from "./markdown.ts";
import { isReference, pathProblem, SKILL_FILE } from "./paths.ts";
import type { Edit, EditBody } from "./records.ts";

export interface Line {
  readonly text: string;
  /** Ids of the edits behind it; none for a line of the base. */
  readonly edits: readonly string[];
  /** What it came from when no edit wrote it; left out for lines of the base where they stood. */
  readonly origin?: LineKind;
  /** It stands in the place of a line of the base, or within its code: it cannot be taken out and put elsewhere. */
  readonly fixed?: boolean;
}

/** Lines `from` to `to` of the base make way for `lines`; an insertion where both are equal. */
export interface Splice extends Span {
  readonly file: string;
  readonly lines: readonly Line[];
  /** Order of what is inserted at one place: after an anchor, at a section's end, new sections, before an anchor. */
  readonly slot: 0 | 1 | 2 | 3;
  /** Of a new section: deeper ones come first, for they belong to what stands above. */
  readonly level: number;
  /** Put in as it is, with no blank lines around: part of a code block. */
  readonly raw: boolean;
  /** Lines of the base that must be left for the splice to make sense. */
  readonly needs: Span | null;
}

export type Documents = ReadonlyMap<string, Document>;

type Existing = Exclude<EditBody, { op: "create_file" } | { op: "add_section" }>;

/** The splices of an edit to text that is there; new files and new sections are in `additions.ts`. */
export function planEdit(edit: Edit, body: Existing, documents: Documents): Located<Splice[]> {
  const inserts = "content" in body && body.op !== "replace_in_section";
  const wrong = pathProblem(body.file) ?? (inserts ? contentProblem(body.content) : null);
  if (wrong !== null) return problem(wrong);
  const document = documents.get(body.file);
  if (document === undefined)
    return problem(`the file does not exist. The skill has ${[...documents.keys()].join(", ")}`);
  if (body.op === "delete_file") return deleteFile(edit, body.file, documents);
  const section = locateSection(document, body.section);
  if (section.kind === "problem") return section;
  switch (body.op) {
    case "append_to_section":
      return found(append(edit, body, section.value));
    case "insert_after":
    case "insert_before":
      return insert(edit, body, document, section.value);
    case "replace_in_section":
      return replace(edit, body, document, section.value);
    case "delete_section":
      return deleteSection(body.file, document, section.value);
    default:
      return body satisfies never;
  }
}

/** What is wrong with text that is to be put in, or null. */
export function contentProblem(content: string): string | null {
  if (content.trim() === "") return "the content is blank";
  return closesItself(content) ? null : "the content opens a code fence or a comment that it does not close";
}

export function linesBy(edits: readonly string[], texts: readonly string[]): Line[] {
  return texts.map((text) => ({ text, edits }));
}

function append(edit: Edit, { file, content }: { file: string; content: string }, section: Section): Splice {
  const lines = linesBy([edit.id], demoteHeadings(tidyLines(content), section.level + 1));
  const needs = { from: section.line, to: section.headingEnd };
  // At the end of the section's own text: below a subsection's heading it would no longer stand under the one named.
  return { file, from: section.ownEnd, to: section.ownEnd, lines, slot: 1, level: 0, raw: false, needs };
}

function insert(
  edit: Edit,
  body: Extract<EditBody, { op: "insert_after" | "insert_before" }>,
  document: Document,
  section: Section,
): Located<Splice[]> {
  const anchor = locateText(document, { from: section.line, to: section.blankEnd }, body.anchor);
  if (anchor.kind === "problem") return anchor;
  const after = body.op === "insert_after";
  const line = after ? anchor.value.to - 1 : anchor.value.from;
  const block = document.blocks.find(({ from, to }) => from <= line && line < to);
  const raw = block?.code === true && readsAsCode(body.content);
  const beside = raw || block === undefined || (isTableRow(body.content) && isTableRow(document.lines[line] ?? ""));
  const at = after ? (beside ? line + 1 : block.to) : beside ? line : block.from;
  const texts = raw ? body.content.replace(/\r\n?/g, "\n").replace(/\n+$/, "").split("\n") : tidyLines(body.content);
  const lines = linesBy([edit.id], raw ? texts : demoteHeadings(texts, section.level + 1));
  const needs = { from: anchor.value.from, to: anchor.value.to };
  return found({ file: body.file, from: at, to: at, lines, slot: after ? 0 : 3, level: 0, raw, needs });
}

/** Text put beside a line of code goes into the code block unless it is plainly Markdown. */
function readsAsCode(content: string): boolean {
  return !/^\s*([-*+]|\d+[.)])\s|^#{2,6}\s/.test(content) && !/^\s*(```|~~~)/m.test(content);
}

function isTableRow(text: string): boolean {
  return /^\s*\|/.test(text);
}

function replace(
  edit: Edit,
  body: Extract<EditBody, { op: "replace_in_section" }>,
  document: Document,
  section: Section,
): Located<Splice[]> {
  if (body.content.trim() === "") return problem("the content is blank");
  const place = locateText(document, { from: section.line, to: section.blankEnd }, body.old);
  if (place.kind === "problem") return place;
  // Half a code block may be exchanged for half a code block, and nothing else for it.
  if (closesItself(body.old) !== closesItself(body.content)) {
    return problem("the old and the new text do not open and close the same code fences");
  }
  const { from, to } = place.value;
  const raw = document.blocks.some((block) => block.code && block.from <= from && from < block.to);
  const texts = replacedLines(document, place.value, body.content);
  if (texts === null)
    return problem("a heading or a code fence must begin on a line of its own: replace the whole line");
  return found({ file: body.file, from, to, lines: linesBy([edit.id], texts), slot: 1, level: 0, raw, needs: null });
}

/** The lines of the place with the new text in it; null when a block would begin or end within a line. */
function replacedLines(document: Document, place: TextSpan, content: string): string[] | null {
  const text = content.replace(/\r\n?/g, "\n").replace(/^\n+|\s+$/g, "");
  const before = document.lines[place.from]?.slice(0, place.startColumn) ?? "";
  const after = document.lines[place.to - 1]?.slice(place.endColumn) ?? "";
  const isBlock = (line: string | undefined) => /^\s*(#{1,6}\s|```|~~~)/.test(line ?? "");
  const lines = text.split("\n");
  if (before.trim() !== "" && isBlock(lines[0])) return null;
  if (after.trim() !== "" && isBlock(lines.at(-1))) return null;
  return `${before}${text}${after}`.split("\n");
}

function deleteSection(file: string, document: Document, section: Section): Located<Splice[]> {
  const above = document.lines.slice(document.bodyStart, section.line);
  if (above.every((line) => line.trim() === "") && section.blankEnd === document.lines.length) {
    return problem("the section is the whole file");
  }
  return found({
    file,
    from: section.line,
    to: section.blankEnd,
    lines: [],
    slot: 1,
    level: 0,
    raw: false,
    needs: null,
  });
}

/** The file and the lines of SKILL.md that name it go together or not at all. */
function deleteFile(edit: Edit, file: string, documents: Documents): Located<Splice[]> {
  if (!isReference(file)) return problem(`only files below references/ can be deleted, not ${file}`);
  const skill = documents.get(SKILL_FILE);
  const naming = skill?.lines.flatMap((line, index) => (line.includes(file) ? [index] : [])) ?? [];
  const torn = naming.find((line) => skill?.blocks.some(({ from, to }) => from <= line && line < to && to - from > 1));
  if (torn !== undefined) return problem(`line ${torn + 1} of ${SKILL_FILE} names the file within a longer paragraph`);
  const gone = { lines: linesBy([edit.id], []), slot: 1, level: 0, raw: false, needs: null } as const;
  // Wider than the file, so that nothing can be put at its start or its end.
  const whole = { file, from: -1, to: (documents.get(file)?.lines.length ?? 0) + 1, ...gone };
  return {
    kind: "found",
    value: [whole, ...naming.map((line) => ({ file: SKILL_FILE, from: line, to: line + 1, ...gone }))],
  };
}

function found(splice: Splice): Located<Splice[]> {
  return { kind: "found", value: [splice] };
}

function problem(text: string): { kind: "problem"; problem: string } {
  return { kind: "problem", problem: text };
}
