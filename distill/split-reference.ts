/** A long reference to parts at its borders, and the table of contents that a long page needs to be read in part. Pure. */
import { type Document, headingKey, readDocument, type Span } from "./markdown.ts";
import { editsBehind, type PageLine, pageText } from "./pages.ts";

/** Guidance of the Agent Skills format: a reference of more lines starts with its contents. */
const CONTENTS_FROM = 100;
const CONTENTS_HEADING = "Contents";
/** Title of a part, heading of its contents, blank lines around. */
const HEAD_LINES = 6;
const DEEPEST = 6;

/**
 * The lines in as few parts as the borders allow, each of at most `most` lines with its contents; one part where the page is
 * short enough. Borders are headings, the highest first, then items of lists and paragraphs; a block is never torn.
 */
export function partsOf(lines: readonly PageLine[], most: number): (readonly PageLine[])[] {
  const document = readDocument(pageText(lines));
  const whole = { from: 0, to: lines.length };
  if (sizeOf(whole, document) <= most) return [lines];
  const atoms = cut(whole, document, { most: Math.max(1, most - HEAD_LINES), level: 1 });
  return pack(atoms, document, most).map(({ from, to }) => lines.slice(from, to));
}

/** Lines of a part with the contents that it will get. */
function sizeOf(span: Span, document: Document): number {
  const lines = span.to - span.from;
  return lines > CONTENTS_FROM ? lines + HEAD_LINES + listedIn(span, document).length : lines;
}

function listedIn({ from, to }: Span, { sections }: Document) {
  return sections.filter(({ line, level }) => level === 2 && from <= line && line < to);
}

function cut(span: Span, document: Document, { most, level }: { most: number; level: number }): Span[] {
  if (span.to - span.from <= most || level > DEEPEST + 1) return [span];
  const borders = bordersIn(span, document, level);
  const starts = [span.from, ...borders];
  return starts.flatMap((from, index) =>
    cut({ from, to: starts[index + 1] ?? span.to }, document, { most, level: level + 1 }),
  );
}

/** Lines after the first on which the page may be cut: headings of one level, and in the end blocks. */
function bordersIn({ from, to }: Span, document: Document, level: number): number[] {
  const within = (line: number) => from < line && line < to;
  if (level <= DEEPEST)
    return document.sections
      .filter((one) => one.level === level)
      .map(({ line }) => line)
      .filter(within);
  const { lines, blocks } = document;
  const inside = new Set(
    blocks.flatMap((block) => Array.from({ length: block.to - block.from - 1 }, (_, i) => block.from + 1 + i)),
  );
  return lines.flatMap((text, line) => {
    const begins = /^([-*+]|\d+[.)])\s/.test(text) || (/^\S/.test(text) && lines[line - 1]?.trim() === "");
    return within(line) && begins && !inside.has(line) ? [line] : [];
  });
}

function pack(atoms: readonly Span[], document: Document, most: number): Span[] {
  const parts: Span[] = [];
  for (const atom of atoms) {
    const last = parts.at(-1);
    const joined = last === undefined ? atom : { from: last.from, to: atom.to };
    // The first part has its title already; the others are given one.
    const title = parts.length > 1 ? 2 : 0;
    if (last !== undefined && sizeOf(joined, document) + title <= most) parts[parts.length - 1] = joined;
    else parts.push(atom);
  }
  return parts;
}

/** A long page that distillation has touched with its sections listed below the title; others as they are. */
export function withContents(lines: readonly PageLine[]): readonly PageLine[] {
  const touched = lines.some(({ edits, origin }) => edits.length > 0 || origin !== undefined);
  if (!touched || lines.length <= CONTENTS_FROM) return lines;
  const { sections } = readDocument(pageText(lines));
  const listed = sections.filter(({ level }) => level === 2);
  const has = sections.some(({ heading }) => ["contents", "table of contents"].includes(headingKey(heading)));
  if (has || listed.length < 2) return lines;
  const [first] = sections;
  const at = first?.level === 1 ? first.headingEnd : 0;
  const eol = lines.find(({ end }) => end !== "")?.end ?? "\n";
  const texts = [`## ${CONTENTS_HEADING}`, "", ...listed.map(({ heading }) => `- ${heading}`), ""];
  const around = at === 0 ? texts : ["", ...texts.slice(0, lines[at]?.text.trim() === "" ? -1 : undefined)];
  const added = around.map((text): PageLine => ({ text, edits: editsBehind(lines), origin: "split", end: eol }));
  return [...lines.slice(0, at), ...added, ...lines.slice(at)];
}
