/** The words of a Markdown page or a script, apart from the marks that give it its form. */
import { outlineOf, parseMarkdown } from "./markdown.ts";
import type { Names } from "./placebo-names.ts";

/** A stretch of one line of text. */
export interface Slot {
  /** `web` is an address without its scheme. */
  readonly kind: "heading" | "prose" | "inline-code" | "code" | "web";
  readonly text: string;
}

/** Gives the texts that take the places of all slots of a page, in their order; `owed` is how many characters the page lacks. */
export type Rewrite = (slots: readonly Slot[], owed: number) => readonly string[];

/** Of a `path` only names of files are changed. */
interface Piece extends Omit<Slot, "kind"> {
  readonly kind: Slot["kind"] | "path";
  readonly start: number;
}

type Node = ReturnType<typeof parseMarkdown> | ReturnType<typeof parseMarkdown>["children"][number];

/** Rewrites the text of a page; headings, lists, tables, quotes, code blocks and links keep their places. */
export function rewriteMarkdown(page: string, names: Names, write: Rewrite): string {
  const pieces = piecesOf(parseMarkdown(page), page).sort((a, b) => a.start - b.start);
  const rewritten = replace(page, pieces, { names, write });
  return withAnchors(rewritten, outlineOf(page).headings, outlineOf(rewritten).headings);
}

/** Rewrites each line of a text that is no Markdown; indents and lines without words stay. */
export function rewriteCode(text: string, names: Names, write: Rewrite): string {
  return replace(text, linesOf(text, 0, "code"), { names, write });
}

/** Rewrites a text of one paragraph without marks. */
export function rewriteProse(text: string, names: Names, write: Rewrite): string {
  return replace(text, linesOf(text, 0, "prose"), { names, write });
}

/** Cuts pieces at names of files, has the rest written, and puts both back. */
function replace(page: string, pieces: readonly Piece[], { names, write }: { names: Names; write: Rewrite }): string {
  const parts = pieces.flatMap(({ start, text, kind }) => {
    let at = start;
    return names.cut(text).map((part) => {
      at += part.text.length;
      return { kind, ...part, start: at - part.text.length };
    });
  });
  const named = parts.flatMap((part) => (part.name === null ? [] : [{ ...part, name: part.name }]));
  const owed = named.reduce((sum, { text, name }) => sum + text.length - name.length, 0);
  const slots = parts.flatMap(({ kind, name, ...part }) =>
    name === null && kind !== "path" && hasWords(part.text) ? [trimmed({ ...part, kind })] : [],
  );
  const texts = write(slots, owed);
  const changes = [
    ...slots.map((slot, index) => ({ ...slot, by: texts[index] ?? slot.text })),
    ...named.map(({ start, text, name }) => ({ start, text, by: name })),
  ].sort((a, b) => a.start - b.start);
  let end = 0;
  const kept = changes.map(({ start, text, by }) => {
    const before = page.slice(end, start);
    end = start + text.length;
    return before + by;
  });
  return kept.join("") + page.slice(end);
}

const hasWords = (text: string) => /[\p{L}\p{N}]/u.test(text);

/** Without the blanks and stray marks around it. */
function trimmed<T extends { readonly text: string; readonly start: number }>(piece: T): T {
  const lead = /^[\s,;:.()]*/.exec(piece.text)?.[0].length ?? 0;
  return { ...piece, start: piece.start + lead, text: piece.text.slice(lead).trimEnd() };
}

/** Says what stands below, and no more: readers and the lint look for it. */
const KEPT_HEADING = /^(?:(?:table of )?contents|overview|index)$/i;

function piecesOf(node: Node, page: string, kind: Slot["kind"] = "prose"): Piece[] {
  const [start = 0, end = 0] = [node.position?.start.offset, node.position?.end.offset];
  const source = page.slice(start, end);
  switch (node.type) {
    case "heading":
      if (KEPT_HEADING.test(source.replace(/^#+\s*/, "").trim())) return [];
      return node.children.flatMap((child) => piecesOf(child, page, "heading"));
    case "text":
      return linesOf(source, start, kind);
    case "inlineCode": {
      const [, ticks = "", text = ""] = /^(`+)([\s\S]*?)\1$/.exec(source) ?? [];
      return linesOf(text, start + ticks.length, "inline-code");
    }
    case "code":
      return codeLines(source, start);
    case "html":
      return source.startsWith("<!--") ? linesOf(source.slice(4, -3), start + 4, kind) : [];
    case "link":
      return [...node.children.flatMap((child) => piecesOf(child, page, kind)), ...targetOf(node.url, source, start)];
    case "image":
    case "definition":
      return targetOf(node.url, source, start);
    case "linkReference":
      return node.referenceType === "full" ? node.children.flatMap((child) => piecesOf(child, page, kind)) : [];
    default:
      return "children" in node ? node.children.flatMap((child) => piecesOf(child, page, kind)) : [];
  }
}

/** Pieces of lines and of cells of tables, without the indent and the marks of quotes. */
function linesOf(source: string, start: number, kind: Slot["kind"]): Piece[] {
  const cells = kind === "code" ? /[^\r\n]+/g : /[^\r\n|]+/g;
  return [...source.matchAll(cells)].flatMap((match) => {
    const lead = /^[\s>]*/.exec(match[0])?.[0].length ?? 0;
    const text = match[0].slice(lead).trimEnd();
    return text.startsWith("#!") || !hasWords(text) ? [] : [{ kind, text, start: start + match.index + lead }];
  });
}

function codeLines(source: string, start: number): Piece[] {
  const fence = /^(`{3,}|~{3,})[^\n]*(?:\n|$)/.exec(source);
  if (fence === null) return linesOf(source, start, "code");
  const lines = source.slice(fence[0].length).replace(/\r?\n?[\s>]*(?:`{3,}|~{3,})\s*$/, "");
  return linesOf(lines, start + fence[0].length, "code");
}

/** The target of a link. */
function targetOf(url: string, source: string, start: number): Piece[] {
  const at = source.lastIndexOf(url);
  const path = url.split("#")[0] ?? "";
  if (at < 0 || path === "") return [];
  const web = /^https?:\/\//.exec(url);
  if (web === null) return [{ kind: "path", text: path, start: start + at }];
  return [{ kind: "web", text: url.slice(web[0].length), start: start + at + web[0].length }];
}

interface Titled {
  readonly text: string;
}

/** Links to headings lead to what the headings have become. */
function withAnchors(page: string, before: readonly Titled[], after: readonly Titled[]): string {
  const anchors = new Map(before.map(({ text }, index) => [anchorOf(text), anchorOf(after[index]?.text ?? text)]));
  return page.replace(
    /(\]\([^)\s#]*#)([^)\s]+)/g,
    (_, lead: string, anchor: string) => lead + (anchors.get(anchor) ?? anchor),
  );
}

/** As most renderers make them. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s-]/gu, "")
    .replace(/\s/g, "-");
}
