/** A Markdown file of a skill, read once for all checks. */
import { readFrontMatter } from "./front-matter.ts";
import { type Outline, outlineOf } from "./markdown.ts";
import { markdownProblem, PAGE_LIMITS } from "./markdown-limits.ts";
import type { Problem } from "./problem.ts";

export interface Page {
  readonly file: string;
  readonly text: string;
  readonly outline: Outline;
  /** Why the page could not be read as Markdown; its outline is then empty. */
  readonly unread: Problem | null;
}

const NO_OUTLINE: Outline = { headings: [], links: [], codes: [], prose: [], html: [], paragraphs: [], openFences: [] };

/** Of two skills that differ in one file, all others are read once. */
const READ = new WeakMap<Uint8Array, Page>();

export function pageOf(file: string, bytes: Uint8Array): Page {
  const known = READ.get(bytes);
  if (known?.file === file) return known;
  const page = readPage(file, bytes);
  READ.set(bytes, page);
  return page;
}

function readPage(file: string, bytes: Uint8Array): Page {
  const text = new TextDecoder().decode(bytes);
  const { body, bodyLine } = file === "SKILL.md" ? readFrontMatter(text) : { body: text, bodyLine: 1 };
  const wrong = markdownProblem(body, PAGE_LIMITS);
  if (wrong === null) return { file, text, outline: outlineOf(body, bodyLine), unread: null };
  return {
    file,
    text,
    outline: NO_OUTLINE,
    unread: error(file, wrong.line + bodyLine - 1, "not-checked", wrong.message),
  };
}

export function error(file: string, line: number, rule: string, message: string): Problem {
  return { file, line, rule, severity: "error", message };
}

export function warning(file: string, line: number, rule: string, message: string): Problem {
  return { file, line, rule, severity: "warning", message };
}
