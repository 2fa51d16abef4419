/** Finds what an edit names in a file, or says in words what is wrong, with the nearest thing there is. */
import type { Document, Section, Span } from "./markdown.ts";
import { headingKey } from "./markdown.ts";

/** Something found, or the problem in words for a person or a model. */
export type Located<T> =
  | { readonly kind: "found"; readonly value: T }
  | { readonly kind: "problem"; readonly problem: string };

export interface TextSpan extends Span {
  /** Characters of the first line before the text, and of the last line up to its end. */
  readonly startColumn: number;
  readonly endColumn: number;
}

/** Below this share of common letter pairs a line is not worth showing as the nearest. */
const NEAR_ENOUGH = 0.3;

/** The one section of that heading. */
export function locateSection({ sections }: Document, heading: string): Located<Section> {
  const matches = sections.filter((section) => headingKey(section.heading) === headingKey(heading));
  const [section] = matches;
  if (matches.length === 1 && section !== undefined) return { kind: "found", value: section };
  const near = nearest(
    heading,
    sections.map(({ heading: text, line }) => ({ text, line })),
  );
  return problem(`section found ${times(matches)}, wanted once. ${matches.length === 0 ? near : linesOf(matches)}`);
}

/** The one place of a text within a span of lines. */
export function locateText(document: Document, within: Span, wanted: string): Located<TextSpan> {
  const text = document.lines.slice(within.from, within.to).join("\n");
  const sought = wanted.replace(/\r\n?/g, "\n").replace(/^\n+|\s+$/g, "");
  if (sought === "") return problem("the text to look for is blank");
  const places = indexesOf(text, sought).map((index) => spanAt(text, index, sought.length, within.from));
  const [place] = places;
  if (places.length === 1 && place !== undefined) return { kind: "found", value: place };
  const lines = document.lines.map((line, index) => ({ text: line, line: index })).slice(document.bodyStart);
  const hint =
    places.length === 0
      ? nearest(sought.split("\n")[0] ?? "", lines)
      : linesOf(places.map(({ from }) => ({ line: from })));
  return problem(`text found ${times(places)}, wanted once: ${quote(sought)}. ${hint}`);
}

/** Places shown of a text that stands in many: each takes a walk through the text. */
const MOST_PLACES = 20;

function indexesOf(text: string, sought: string): number[] {
  const indexes: number[] = [];
  let at = text.indexOf(sought);
  while (at !== -1 && indexes.length < MOST_PLACES) {
    indexes.push(at);
    at = text.indexOf(sought, at + 1);
  }
  return indexes;
}

function spanAt(text: string, index: number, length: number, firstLine: number): TextSpan {
  const before = text.slice(0, index).split("\n");
  const through = text.slice(0, index + length).split("\n");
  return {
    from: firstLine + before.length - 1,
    to: firstLine + through.length,
    startColumn: before.at(-1)?.length ?? 0,
    endColumn: through.at(-1)?.length ?? 0,
  };
}

function nearest(sought: string, lines: readonly { text: string; line: number }[]): string {
  const ranked = lines.map((line) => ({ ...line, likeness: likeness(sought, line.text) }));
  const best = ranked.reduce((one, other) => (other.likeness > one.likeness ? other : one), {
    text: "",
    line: 0,
    likeness: 0,
  });
  return best.likeness < NEAR_ENOUGH
    ? "Nothing in the file is like it."
    : `Nearest is line ${best.line + 1}: ${quote(best.text.trim())}.`;
}

/** Dice's coefficient of letter pairs: 1 for the same text, 0 for nothing in common. */
function likeness(one: string, other: string): number {
  const pairs = pairsOf(one);
  const rest = [...pairs];
  const others = pairsOf(other);
  const common = others.filter((pair) => rest.includes(pair) && rest.splice(rest.indexOf(pair), 1).length === 1).length;
  return pairs.length + others.length === 0 ? 0 : (2 * common) / (pairs.length + others.length);
}

function pairsOf(text: string): string[] {
  const letters = text.toLowerCase().replace(/\s+/g, " ").slice(0, 200);
  return Array.from({ length: Math.max(0, letters.length - 1) }, (_, index) => letters.slice(index, index + 2));
}

function linesOf(places: readonly { line: number }[]): string {
  return `It stands on lines ${places.map(({ line }) => line + 1).join(", ")}.`;
}

function times(found: readonly unknown[]): string {
  if (found.length >= MOST_PLACES) return `${MOST_PLACES} times or more`;
  return found.length === 1 ? "once" : `${found.length} times`;
}

export function quote(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 117)}...` : text);
}

function problem(text: string): { kind: "problem"; problem: string } {
  return { kind: "problem", problem: text };
}
