/** Markdown as lines and sections. Headings are found by a parser, so a `#` in a code block, a quote or a list is none. */
import type { Heading, Nodes, RootContent } from "mdast";
import { parseMarkdown, plainText } from "../harness/skill/markdown.ts";

/** Lines are numbered from 0 here and in all spans; `to` is the line after the last. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Section {
  /** Text of the heading without its marks. */
  readonly heading: string;
  readonly level: number;
  /** The line of the heading. */
  readonly line: number;
  /** The line after the heading and the marks that may underline it. */
  readonly headingEnd: number;
  /** Up to the next heading of any level, without the blank lines at its end. */
  readonly ownEnd: number;
  /** Up to the next heading of the same or a higher level, without the blank lines at its end. */
  readonly end: number;
  /** As `end`, with the blank lines. */
  readonly blankEnd: number;
}

/** A paragraph or a code block that must not be torn apart. */
export interface Block extends Span {
  readonly code: boolean;
}

export interface Document {
  readonly lines: readonly string[];
  /** The line end of each line; the last may have none. */
  readonly ends: readonly string[];
  /** First line after the front matter. */
  readonly bodyStart: number;
  readonly sections: readonly Section[];
  readonly blocks: readonly Block[];
}

/** The lines of a text, and the line end of each; the last may have none. */
export function splitLines(text: string): Pick<Document, "lines" | "ends"> {
  const pieces = text.split(/(\r\n|\n|\r)/);
  if (pieces.at(-1) === "") pieces.pop();
  const lines = pieces.filter((_, index) => index % 2 === 0);
  return { lines, ends: lines.map((_, index) => pieces[index * 2 + 1] ?? "") };
}

/** The frozen start skill is read with every edit that is tried on it. */
const LAST_READ = new Map<string, Document>();
const MOST_KEPT = 32;

/** Reads a file of a skill. */
export function readDocument(text: string): Document {
  const known = LAST_READ.get(text);
  if (known !== undefined) return known;
  const document = read(text, endOfFrontMatter);
  const [oldest] = LAST_READ.keys();
  if (LAST_READ.size >= MOST_KEPT && oldest !== undefined) LAST_READ.delete(oldest);
  LAST_READ.set(text, document);
  return document;
}

/** A line that may make a heading: marks before it, or a line below it. Others need no parser. */
const MAY_MAKE_HEADING = /^\ufeff? {0,3}(?:#|=+[ \t]*$|-+[ \t]*$)/;

/** The sections of a part of a file, in which `---` at the top is no front matter. */
export function sectionsIn(lines: readonly string[]): readonly Section[] {
  if (!lines.some((line) => MAY_MAKE_HEADING.test(line))) return [];
  return read(lines.join("\n"), () => 0).sections;
}

function read(text: string, findBody: (lines: readonly string[]) => number): Document {
  const { lines, ends } = splitLines(text);
  const bodyStart = findBody(lines);
  // Front matter is blanked, not cut off, so that the parser counts the same lines.
  const root = parseMarkdown(lines.map((line, index) => (index < bodyStart ? "" : line)).join("\n"));
  return { lines, ends, bodyStart, sections: sectionsOf(root.children, lines), blocks: blocksOf(root) };
}

/**
 * Lines of a text that is to be inserted: no blank lines around it, blank lines around its headings, and headings that
 * were underlined written with marks.
 */
export function tidyLines(content: string): string[] {
  const lines = withMarkedHeadings(content.replace(/\r\n?/g, "\n").split("\n"));
  while (lines[0]?.trim() === "") lines.shift();
  while (lines.at(-1)?.trim() === "") lines.pop();
  const headings = headingLines(lines);
  return lines.flatMap((line, index) => {
    const previous = lines[index - 1]?.trim() ?? "";
    const atBorder = headings.has(index) || headings.has(index - 1);
    return atBorder && previous !== "" && line.trim() !== "" ? ["", line] : [line];
  });
}

/** Tidy lines with headings moved down so that none is above `level`: what is put into a section stays in it. */
export function demoteHeadings(lines: readonly string[], level: number): string[] {
  const headings = headingLines(lines);
  const top = Math.min(...headings.values());
  if (headings.size === 0 || top >= level) return [...lines];
  return lines.map((line, index) => {
    const depth = headings.get(index);
    if (depth === undefined) return line;
    return `${"#".repeat(Math.min(6, depth + level - top))} ${line.replace(/^\s*#{1,6}\s*/, "").trim()}`;
  });
}

/** Level of each heading by its line. */
function headingLines(lines: readonly string[]): Map<number, number> {
  return new Map(sectionsIn(lines).map(({ line, level }) => [line, level]));
}

function withMarkedHeadings(lines: readonly string[]): string[] {
  const underlined = sectionsIn(lines).filter(({ line, headingEnd }) => headingEnd - line > 1);
  return lines.flatMap((line, index) => {
    const section = underlined.find((one) => one.line <= index && index < one.headingEnd);
    if (section === undefined) return [line];
    const words = lines.slice(section.line, section.headingEnd - 1).map((part) => part.trim());
    return index === section.line ? [`${"#".repeat(section.level)} ${words.join(" ")}`] : [];
  });
}

/** False when text after this one would be swallowed by it: an open code fence, an open comment. */
export function closesItself(content: string): boolean {
  // Only fences of code and HTML hold what stands below a blank line and begins at its margin.
  if (!/[`~<]/.test(content)) return true;
  const last = parseMarkdown(`${content}\n\n# end\n`).children.at(-1);
  return last?.type === "heading" && last.depth === 1 && plainText(last) === "end";
}

/** Equal for headings of the same words, whatever marks, numbers (`3. `) and blanks a model put around them or left out. */
export function headingKey(heading: string): string {
  return heading
    .replace(/^\s*#+\s+/, "")
    .replace(/^\s*\d+(\.\d+)*[.)]?\s+(?=\S)/, "")
    .replace(/[*_`]/g, "")
    .replace(/\s+/g, " ")
    .trim()
    .toLowerCase();
}

/** Items of one list and rows of one table stand without blank lines between them. */
export function belongTogether(previous: string, next: string): boolean {
  const item = /^\s*([-*+]|\d+[.)])\s/;
  if (/^\s*\|/.test(previous) && /^\s*\|/.test(next)) return true;
  return item.test(next) && (item.test(previous) || /^\s+\S/.test(previous));
}

function endOfFrontMatter(lines: readonly string[]): number {
  if (lines[0]?.replace(/^\uFEFF/, "").trimEnd() !== "---") return 0;
  const close = lines.findIndex((line, index) => index > 0 && /^(---|\.\.\.)\s*$/.test(line));
  return close === -1 ? 0 : close + 1;
}

function sectionsOf(children: readonly RootContent[], lines: readonly string[]): Section[] {
  const headings = children.filter((node): node is Heading => node.type === "heading");
  return headings.map((node, index) => {
    const next = headings[index + 1];
    const sibling = headings.slice(index + 1).find((other) => other.depth <= node.depth);
    const headingEnd = node.position?.end.line ?? lineOf(node) + 1;
    const blankEnd = sibling === undefined ? lines.length : lineOf(sibling);
    return {
      heading: plainText(node).replace(/\s+/g, " ").trim(),
      level: node.depth,
      line: lineOf(node),
      headingEnd,
      ownEnd: trimEnd(lines, headingEnd, next === undefined ? lines.length : lineOf(next)),
      end: trimEnd(lines, headingEnd, blankEnd),
      blankEnd,
    };
  });
}

function blocksOf(node: Nodes): Block[] {
  if (node.type === "code" || node.type === "html" || node.type === "paragraph") {
    const { start, end } = node.position ?? { start: { line: 1 }, end: { line: 1 } };
    return [{ from: start.line - 1, to: end.line, code: node.type !== "paragraph" }];
  }
  return "children" in node ? node.children.flatMap((child) => blocksOf(child)) : [];
}

function lineOf(node: Heading): number {
  return (node.position?.start.line ?? 1) - 1;
}

/** The line after the last one with text, at least `from`. */
function trimEnd(lines: readonly string[], from: number, to: number): number {
  let end = to;
  while (end > from && lines[end - 1]?.trim() === "") end -= 1;
  return end;
}
