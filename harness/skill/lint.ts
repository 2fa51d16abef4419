/** All that is wrong with a skill, or worse than it could be, found at once and without a model. */
import { posix } from "node:path";
import { hiddenCharacter } from "../text.ts";
import { hasContents, MOST_LINES_WITHOUT_CONTENTS } from "./contents.ts";
import { contradictionsIn } from "./contradictions.ts";
import { readFrontMatter } from "./front-matter.ts";
import { type Link, type Outline, outlineOf } from "./markdown.ts";
import { markdownProblem, PAGE_LIMITS } from "./markdown-limits.ts";
import type { Problem } from "./problem.ts";
import { formatProblems, isUtf8, type SkillFiles } from "./skill.ts";
import { suspiciousInstructions } from "./suspicious.ts";

/** Guidance of the Agent Skills format: what is longer belongs into a reference file. */
export const MOST_SKILL_LINES = 500;
const MOST_SKILL_TOKENS = 5_000;
/** Usual for English text with code; near enough for a warning. */
const CHARACTERS_PER_TOKEN = 4;
/** A longer reference is hard to read in part. */
export const MOST_REFERENCE_LINES = 300;

const PLACEHOLDER =
  /^(new section|section( title| name| \d+)?|heading|title|untitled|placeholder|todo|tbd|lorem ipsum.*|\.\.\.|<.*>|\[.*\])$/i;
/** A heading's marks in the middle of a line, as an edit leaves them that was put in without a line break. */
const HEADING_IN_LINE = /\S[ \t]*(?<!\\|#)#{2,6}[ \t]+[A-Z0-9]/;
/** Marks without the space that makes them a heading. */
const MARKS_WITHOUT_SPACE = /^#{1,6}[A-Za-z]/;

interface Page {
  readonly file: string;
  readonly text: string;
  readonly outline: Outline;
  /** Why the page could not be read as Markdown; its outline is then empty. */
  readonly unread: Problem | null;
}

/**
 * Checks a skill's files: the Agent Skills rules, links both ways, headings, lengths, rules that contradict each other,
 * and instructions to fetch, execute, disclose, disable or override.
 * @param folder name of the folder they lie in, which must be the skill's name; null where there is none yet
 * @returns in order of file and line; empty when there is nothing to mend
 */
export function lintSkill({ files }: { readonly files: SkillFiles }, folder: string | null = null): Problem[] {
  const pages = [...files].flatMap(([file, bytes]) =>
    file.endsWith(".md") && isUtf8(bytes) ? [pageOf(file, bytes)] : [],
  );
  const problems = [
    ...formatProblems(files),
    ...folderProblems(files, folder),
    ...[...files]
      .filter(([file, bytes]) => file.endsWith(".md") && file !== "SKILL.md" && !isUtf8(bytes))
      .map(([file]) => notUtf8(file)),
    ...pages.flatMap((page) => [
      ...(page.unread === null ? [] : [page.unread]),
      ...hiddenProblems(page),
      ...headingProblems(page),
      ...proseProblems(page),
      ...linkProblems(page, files),
      ...lengthProblems(page),
      ...contentsProblems(page),
    ]),
    ...contradictionProblems(pages),
    ...[...files].flatMap(([file, bytes]) => suspiciousProblems(file, bytes)),
    ...bodyProblems(files),
    ...[...files.keys()].filter((file) => file.split("/").length > 2).map(tooDeep),
    ...caseProblems(files),
    ...(pages.some(({ unread }) => unread !== null) ? [] : orphanProblems(pages, files)),
  ];
  return problems.sort((a, b) => order(a.file, b.file) || a.line - b.line);
}

function pageOf(file: string, bytes: Uint8Array): Page {
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

const NO_OUTLINE: Outline = { headings: [], links: [], codes: [], prose: [], html: [], paragraphs: [] };

function hiddenProblems({ file, text }: Page): Problem[] {
  if (hiddenCharacter(text.replace(/^\uFEFF/, "")) === null) return [];
  return text.split("\n").flatMap((line, index) => {
    const code = hiddenCharacter(`${line}\n`);
    const message = `holds ${code}, which a reader does not see or which changes what is seen`;
    return code === null ? [] : [warning(file, index + 1, "hidden-character", message)];
  });
}

/** Paths that are one path where the case of letters does not count. */
function caseProblems(files: SkillFiles): Problem[] {
  const spelt = Map.groupBy(files.keys(), (file) => file.toLowerCase());
  return [...spelt.values()].flatMap(([first, ...others]) =>
    others.map((file) => error(file, 1, "path-case", `many systems take it and ${first} for the same file`)),
  );
}

function folderProblems(files: SkillFiles, folder: string | null): Problem[] {
  const { name } = readFrontMatter(new TextDecoder().decode(files.get("SKILL.md")));
  if (folder === null || name === "" || name === folder) return [];
  const message = `the name is ${JSON.stringify(name)} and the folder ${JSON.stringify(folder)}; clients want them equal`;
  return [error("SKILL.md", 1, "name-folder", message)];
}

function bodyProblems(files: SkillFiles): Problem[] {
  const bytes = files.get("SKILL.md");
  if (bytes === undefined || !isUtf8(bytes)) return [];
  const { body, bodyLine } = readFrontMatter(new TextDecoder().decode(bytes));
  const tokens = Math.ceil(body.length / CHARACTERS_PER_TOKEN);
  if (body.trim() === "") return [error("SKILL.md", bodyLine, "body-empty", "there is nothing after the front matter")];
  if (tokens <= MOST_SKILL_TOKENS) return [];
  return [
    warning(
      "SKILL.md",
      bodyLine,
      "too-long",
      `about ${tokens} tokens, advised are at most ${MOST_SKILL_TOKENS}; move detail to references/`,
    ),
  ];
}

function headingProblems({ file, outline: { headings } }: Page): Problem[] {
  const before = new Map<string, number>();
  return headings.flatMap(({ text, depth, line, previousEnd, empty }) => {
    const twin = before.get(`${depth} ${text}`);
    before.set(`${depth} ${text}`, line);
    return [
      ...(previousEnd === line - 1
        ? [warning(file, line, "heading-glued", "no blank line between this heading and what stands above it")]
        : []),
      ...(PLACEHOLDER.test(text.trim())
        ? [warning(file, line, "heading-placeholder", `${JSON.stringify(text)} says nothing of what follows`)]
        : []),
      ...(text.trim() === "" ? [warning(file, line, "heading-empty", "a heading without text")] : []),
      ...(empty
        ? [warning(file, line, "section-empty", `nothing stands below the heading ${JSON.stringify(text)}`)]
        : []),
      ...(twin === undefined
        ? []
        : [warning(file, line, "heading-twice", `${JSON.stringify(text)} is also the heading of line ${twin}`)]),
    ];
  });
}

function proseProblems({ file, outline: { prose } }: Page): Problem[] {
  return prose.flatMap(({ text, line }) =>
    text.split("\n").flatMap((part, index) => {
      if (HEADING_IN_LINE.test(part))
        return [warning(file, line + index, "heading-glued", "a heading stands in the middle of a line")];
      if (MARKS_WITHOUT_SPACE.test(part))
        return [warning(file, line + index, "heading-glued", "no space after the marks of a heading")];
      return [];
    }),
  );
}

function linkProblems({ file, outline: { links } }: Page, files: SkillFiles): Problem[] {
  return links.flatMap((link) => {
    const path = localPath(file, link);
    if (path === null) return [];
    if (link.target.includes("\\"))
      return [error(file, link.line, "link-slash", `${link.target}: write paths with forward slashes`)];
    if (path.startsWith("../") || path.startsWith("/"))
      return [error(file, link.line, "link-outside", `${link.target} leads out of the skill`)];
    if (hasPath(files, path) || hasPath(files, link.target.split("#")[0] ?? "")) return [];
    return [error(file, link.line, "link-dead", `${link.target} leads nowhere: the skill has no ${path}`)];
  });
}

function lengthProblems({ file, text }: Page): Problem[] {
  const lines = text.trimEnd().split("\n").length;
  const most = file === "SKILL.md" ? MOST_SKILL_LINES : MOST_REFERENCE_LINES;
  if (lines <= most) return [];
  return [warning(file, most + 1, "too-long", `${lines} lines, advised are at most ${most}; split it`)];
}

function contentsProblems({ file, text, outline, unread }: Page): Problem[] {
  const lines = text.trimEnd().split("\n").length;
  if (file === "SKILL.md" || unread !== null || lines <= MOST_LINES_WITHOUT_CONTENTS || hasContents(outline)) return [];
  const message = `${lines} lines without a table of contents at the start; advised above ${MOST_LINES_WITHOUT_CONTENTS}`;
  return [warning(file, 1, "contents-missing", message)];
}

function contradictionProblems(pages: readonly Page[]): Problem[] {
  const texts = pages.flatMap(({ file, outline: { paragraphs } }) => paragraphs.map((one) => ({ file, ...one })));
  return contradictionsIn(texts).map(({ positive, negative }) => {
    const message = `${JSON.stringify(negative.sentence)} against ${JSON.stringify(positive.sentence)} in ${positive.file}:${positive.line}`;
    return warning(negative.file, negative.line, "contradiction", message);
  });
}

/** Scripts are read too. A skill may name a download in good faith; what else is found here has no place in one. */
function suspiciousProblems(file: string, bytes: Uint8Array): Problem[] {
  if (bytes.length > PAGE_LIMITS.characters)
    return file.endsWith(".md")
      ? []
      : [warning(file, 1, "not-checked", "too long to look for suspicious instructions")];
  if (!isUtf8(bytes)) return [];
  return suspiciousInstructions(new TextDecoder().decode(bytes)).map(({ line, kind, excerpt }) => {
    const message = `an instruction to ${kind}: ${JSON.stringify(excerpt)}`;
    return kind === "fetch"
      ? warning(file, line, `suspicious-${kind}`, message)
      : error(file, line, `suspicious-${kind}`, message);
  });
}

/** Files that no page names, so that no agent would find them. */
function orphanProblems(pages: readonly Page[], files: SkillFiles): Problem[] {
  const named = new Set(
    pages.flatMap(({ file, outline: { links, codes } }) =>
      [...links, ...codes].flatMap((link) => namedPaths(file, link)),
    ),
  );
  const isNamed = (file: string) =>
    named.has(file) || foldersOf(file).some((folder) => named.has(folder) || named.has(`${folder}/`));
  return [...files.keys()]
    .filter((file) => file !== "SKILL.md" && !/^LICEN[CS]E(\.\w+)?$/.test(file) && !isNamed(file))
    .map((file) => warning(file, 1, "orphan", "no page of the skill links to this file, so no agent will find it"));
}

/** A path from the skill's root, or null for what leads to the web or within the page. */
function localPath(file: string, { target }: Link): string | null {
  if (/^([a-z][a-z0-9+.-]*:|\/\/|#|$)/i.test(target)) return null;
  const path = decode(target.split(/[?#]/)[0] ?? "");
  return path.startsWith("/") ? path : posix.normalize(posix.join(posix.dirname(file), path));
}

/** Links lead from the page or from the skill's root; code may name a file within a command. */
function namedPaths(file: string, link: Link): string[] {
  return link.target.split(/\s+/).flatMap((word) => {
    const path = localPath(file, { ...link, target: word });
    return path === null ? [] : [path, posix.normalize(word)];
  });
}

function foldersOf(file: string): string[] {
  const parts = file.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

function hasPath(files: SkillFiles, path: string): boolean {
  const folder = path.replace(/\/+$/, "");
  return files.has(path) || path === "." || [...files.keys()].some((file) => file.startsWith(`${folder}/`));
}

/** Escapes that are no UTF-8 stay as they are. */
function decode(target: string): string {
  try {
    return decodeURIComponent(target);
  } catch (error) {
    if (error instanceof URIError) return target;
    throw error;
  }
}

/** SKILL.md first. */
function order(a: string, b: string): number {
  if (a === b) return 0;
  if (a === "SKILL.md" || b === "SKILL.md") return a === "SKILL.md" ? -1 : 1;
  return a < b ? -1 : 1;
}

const tooDeep = (file: string) =>
  warning(file, 1, "too-deep", "advised is one folder below the skill, such as references/topic.md");
const notUtf8 = (file: string) => error(file, 1, "utf-8", "is no UTF-8 text");

function error(file: string, line: number, rule: string, message: string): Problem {
  return { file, line, rule, severity: "error", message };
}

function warning(file: string, line: number, rule: string, message: string): Problem {
  return { file, line, rule, severity: "warning", message };
}
