/** Markdown by a parser, so that `#` in a code block is no heading: only importer of mdast-util-from-markdown. */
import type { Nodes, Root, RootContent } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";

export interface Heading {
  readonly depth: number;
  readonly text: string;
  readonly line: number;
  /** Last line of the block before it; null for the first block. */
  readonly previousEnd: number | null;
  /** True when another heading of its depth or above, or the end, follows at once. */
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
  /** Text outside code. */
  readonly prose: readonly Prose[];
  /** Tags and comments as they stand. */
  readonly html: readonly Prose[];
  /** Whole paragraphs without their marks, inline code included. */
  readonly paragraphs: readonly Prose[];
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
  const links = nodes.flatMap((node) => ("url" in node ? [{ target: node.url, line: lineOf(node) }] : []));
  const codes = nodes.flatMap((node) =>
    node.type === "inlineCode" ? [{ target: node.value, line: lineOf(node) }] : [],
  );
  const textsOf = (type: "text" | "html") =>
    nodes.flatMap((node) => (node.type === type ? [{ text: node.value, line: lineOf(node) }] : []));
  const headings = headingsOf(root.children, lineOf);
  const paragraphs = nodes.flatMap((node) =>
    node.type === "paragraph" ? [{ text: plainText(node), line: lineOf(node) }] : [],
  );
  return { headings, links, codes, prose: textsOf("text"), html: textsOf("html"), paragraphs };
}

function headingsOf(blocks: readonly RootContent[], lineOf: (node: Nodes, end?: boolean) => number): Heading[] {
  return blocks.flatMap((node, index) => {
    if (node.type !== "heading") return [];
    const previous = blocks[index - 1];
    const next = blocks[index + 1];
    const empty = next === undefined || (next.type === "heading" && next.depth <= node.depth);
    const previousEnd = previous === undefined ? null : lineOf(previous, true);
    return [{ depth: node.depth, text: plainText(node), line: lineOf(node), previousEnd, empty }];
  });
}

/** The text of a node without its marks. */
export function plainText(node: Nodes): string {
  if ("value" in node) return node.value;
  return "children" in node ? node.children.map(plainText).join("") : "";
}

function* descendants(node: Nodes): Generator<Nodes> {
  yield node;
  if ("children" in node) for (const child of node.children) yield* descendants(child);
}
