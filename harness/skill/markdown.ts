/** Markdown by a parser, so that `#` in a code block is no heading: only importer of mdast-util-from-markdown. */
import type { Nodes, Root, RootContent } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";

export interface Heading {
  readonly depth: number;
  readonly text: string;
  readonly line: number;
  /** Whether text, a list or a quote ends on the line before it. */
  readonly belowText: boolean;
  /** Whether nothing but rules and comments stands between it and another heading of its depth or above, or the end. */
  readonly empty: boolean;
}

export interface Link {
  readonly target: string;
  readonly line: number;
}

export interface Prose {
  readonly text: string;
  readonly line: number;
}

export interface Outline {
  readonly headings: readonly Heading[];
  /** Targets of links, images and link definitions. */
  readonly links: readonly Link[];
  /** Inline code, in which skills often name their files. */
  readonly codes: readonly Link[];
  /** Whole paragraphs without their marks, with one mark in place of each inline code. */
  readonly prose: readonly Prose[];
  /** Tags and comments as they stand. */
  readonly html: readonly Prose[];
  /** Whole paragraphs without their marks, inline code included. */
  readonly paragraphs: readonly Prose[];
  /** First lines of code blocks that no fence closes, so that all that follows is code. */
  readonly openFences: readonly number[];
}

/** @param text that `markdownProblem` finds nothing against: others may take all stack or minutes */
export function parseMarkdown(text: string): Root {
  return fromMarkdown(text);
}

/**
 * @param text as for `parseMarkdown`
 * @param firstLine number of the text's first line in its file, from 1
 */
export function outlineOf(text: string, firstLine = 1): Outline {
  const root = parseMarkdown(text);
  const lineOf = (node: Nodes, end = false) =>
    ((end ? node.position?.end.line : node.position?.start.line) ?? 1) + firstLine - 1;
  const nodes = [...descendants(root)];
  const links = nodes.flatMap((node) =>
    "url" in node && !isFootnote(node) ? [{ target: node.url, line: lineOf(node) }] : [],
  );
  const codes = nodes.flatMap((node) =>
    node.type === "inlineCode" ? [{ target: node.value, line: lineOf(node) }] : [],
  );
  const html = nodes.flatMap((node) => (node.type === "html" ? [{ text: node.value, line: lineOf(node) }] : []));
  const headings = headingsOf(root.children, lineOf);
  const blocks = nodes.filter((node) => node.type === "paragraph");
  const paragraphs = blocks.map((node) => ({ text: plainText(node), line: lineOf(node) }));
  const prose = blocks.map((node) => ({ text: plainText(node, CODE_MARK), line: lineOf(node) }));
  const openFences = nodes.filter((node) => isOpenFence(node, text)).map((node) => lineOf(node));
  return { headings, links, codes, prose, html, paragraphs, openFences };
}

/** Takes the place of inline code where only the text around it counts. */
const CODE_MARK = "`";

/** `[^1]: Note.` is a note to many readers, and to this parser a link to `Note.`. */
function isFootnote(node: Nodes): boolean {
  return node.type === "definition" && node.identifier.startsWith("^");
}

function isOpenFence(node: Nodes, text: string): boolean {
  if (node.type !== "code" || node.position === undefined) return false;
  const lines = text.slice(node.position.start.offset, node.position.end.offset).split(/\r\n|\n|\r/);
  const [fence] = /^(?:`{3,}|~{3,})/.exec(lines[0] ?? "") ?? [];
  if (fence === undefined) return false;
  const last = lines.length === 1 ? "" : (lines.at(-1) ?? "").replace(/^[\s>]*/, "").trimEnd();
  return !(last.startsWith(fence) && new Set(last).size === 1);
}

const TEXT_BLOCKS = new Set(["paragraph", "list", "blockquote"]);

function headingsOf(blocks: readonly RootContent[], lineOf: (node: Nodes, end?: boolean) => number): Heading[] {
  return blocks.flatMap((node, index) => {
    if (node.type !== "heading") return [];
    const previous = blocks[index - 1];
    const next = blocks.slice(index + 1).find((block) => !saysNothing(block));
    const empty = next === undefined || (next.type === "heading" && next.depth <= node.depth);
    const belowText =
      previous !== undefined && TEXT_BLOCKS.has(previous.type) && lineOf(previous, true) === lineOf(node) - 1;
    return [{ depth: node.depth, text: plainText(node), line: lineOf(node), belowText, empty }];
  });
}

function saysNothing(node: RootContent): boolean {
  return node.type === "thematicBreak" || (node.type === "html" && /^<!--[\s\S]*-->$/.test(node.value.trim()));
}

/**
 * The text of a node without its marks.
 * @param code put in place of each inline code
 */
export function plainText(node: Nodes, code?: string): string {
  if (node.type === "inlineCode" && code !== undefined) return code;
  if (node.type === "break") return "\n";
  if ("value" in node) return node.value;
  return "children" in node ? node.children.map((child) => plainText(child, code)).join("") : "";
}

function* descendants(node: Nodes): Generator<Nodes> {
  yield node;
  if ("children" in node) for (const child of node.children) yield* descendants(child);
}
