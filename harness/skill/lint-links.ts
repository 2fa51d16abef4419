/** The links of a skill both ways: those that lead nowhere or out of it, and files that nothing leads to. */
import { posix } from "node:path";
import type { Link } from "./markdown.ts";
import { error, type Page, warning } from "./page.ts";
import type { Problem } from "./problem.ts";
import { isUtf8, type SkillFiles } from "./skill.ts";

/** Links that lead nowhere, out of the skill, or to a heading that is not there. */
export function linkProblems(page: Page, files: SkillFiles, pages: readonly Page[]): Problem[] {
  const links = [...page.outline.links, ...htmlLinks(page)];
  const own = links.flatMap((link) => linkProblem(page, link, files) ?? anchorProblem(page, link, pages) ?? []);
  const told = new Set(links.map(({ target, line }) => `${line} ${target}`));
  return [
    ...own,
    ...namedInText(page, files)
      .filter(({ target, line }) => !told.has(`${line} ${target}`))
      .map(gone),
  ];

  function gone({ target, line }: Link): Problem {
    return warning(page.file, line, "link-dead", `${target} is named, and the skill has no such file`);
  }
}

function linkProblem({ file }: Page, link: Link, files: SkillFiles): Problem | null {
  if (/^file:/i.test(link.target))
    return error(file, link.line, "link-outside", `${link.target} leads out of the skill`);
  const path = localPath(file, link.target);
  if (path === null) return null;
  if (link.target.includes("\\"))
    return error(file, link.line, "link-slash", `${link.target}: write paths with forward slashes`);
  if (path.startsWith("../") || path.startsWith("/"))
    return error(file, link.line, "link-outside", `${link.target} leads out of the skill`);
  if (hasPath(files, path) || hasPath(files, decode(link.target.split("#")[0] ?? ""))) return null;
  return error(file, link.line, "link-dead", `${link.target} leads nowhere: the skill has no ${path}`);
}

/** Letters and digits alone: renderers make anchors of headings in different ways. */
const bare = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");

function anchorProblem(page: Page, { target, line }: Link, pages: readonly Page[]): Problem | null {
  const [path = "", anchor = ""] = target.split("#");
  const file = path === "" ? page.file : localPath(page.file, path);
  const there = pages.find((one) => one.file === file);
  if (anchor === "" || there === undefined || there.unread !== null) return null;
  const ids = there.outline.html.flatMap(({ text }) => [...text.matchAll(/\b(?:id|name)\s*=\s*["']?([^"'\s>]+)/gi)]);
  const known = new Set([...there.outline.headings.map(({ text }) => text), ...ids.map(([, id = ""]) => id)].map(bare));
  const wanted = decode(anchor);
  if (known.has(bare(wanted)) || known.has(bare(wanted.replace(/-\d+$/, "")))) return null;
  return warning(page.file, line, "link-anchor", `${target} leads to no heading of ${there.file}`);
}

function htmlLinks({ outline: { html } }: Page): Link[] {
  return html.flatMap(({ text, line }) =>
    [...text.matchAll(/\b(?:href|src)\s*=\s*(?:"([^"]*)"|'([^']*)')/gi)].map((match) => ({
      target: match[1] ?? match[2] ?? "",
      line: line + text.slice(0, match.index).split("\n").length - 1,
    })),
  );
}

/** What an agent is told to read or to run, in the folders that skills have; NAME in capitals stands for any. */
const TOLD_TO_USE =
  /\b(?:[Ss]ee|[Rr]ead|[Oo]pen|[Ll]oad|[Cc]onsult|[Ff]ollow|[Rr]un|[Ee]xecute|[Cc]heck|[Rr]efer to|cat|python3?|bash|sh|node)\s+(?:the\s+)?["'`(]*(?:\.\/)?((?:references|scripts|assets)\/(?:[\w-]+\/)*(?![A-Z_]+\.)[\w-]+\.\w{1,5})\b/g;

/** Other names of such files are examples as often as not: `such as references/topic.md`. */
function namedInText({ file, outline: { paragraphs } }: Page, files: SkillFiles): Link[] {
  return paragraphs.flatMap(({ text, line }) =>
    text.split("\n").flatMap((part, index) => {
      const paths = new Set([...part.matchAll(TOLD_TO_USE)].map(([, path = ""]) => path));
      return [...paths].flatMap((target) => {
        const places = [target, posix.join(posix.dirname(file), target)];
        return places.some((path) => files.has(path)) ? [] : [{ target, line: line + index }];
      });
    }),
  );
}

/** Where nothing that an agent reads on its way from SKILL.md leads. */
export function orphanProblems(pages: readonly Page[], files: SkillFiles): Problem[] {
  const from = reached(pages, files);
  return [...files.keys()].flatMap((file) => {
    const referrer = from.get(file);
    if (referrer === undefined) {
      if (/^LICEN[CS]E(\.\w+)?$/.test(file) || file.endsWith("__init__.py")) return [];
      const message = "nothing that is read on the way from SKILL.md names this file, so no agent will find it";
      return [warning(file, 1, "orphan", message)];
    }
    if (!file.endsWith(".md") || referrer === "SKILL.md" || !referrer.endsWith(".md")) return [];
    const message = `only ${referrer} leads here; advised is a link in SKILL.md itself`;
    return [warning(file, 1, "too-deep", message)];
  });
}

/** What an agent can come to from SKILL.md, each with the file by which it does so first. */
function reached(pages: readonly Page[], files: SkillFiles): ReadonlyMap<string, string> {
  const from = new Map([["SKILL.md", "SKILL.md"]]);
  for (const [file] of from) {
    const bytes = files.get(file);
    if (bytes === undefined || !isUtf8(bytes)) continue;
    const isNamed = namesIn(
      file,
      new TextDecoder().decode(bytes),
      pages.find((page) => page.file === file),
    );
    // A map is gone through in order, with what is put in meanwhile: the nearest come first.
    for (const other of files.keys()) if (!from.has(other) && isNamed(other)) from.set(other, file);
  }
  return from;
}

/** Whether a file names another: by a link, by its path or name in text or code, as a module, or by a folder it is in. */
function namesIn(file: string, text: string, page: Page | undefined): (other: string) => boolean {
  const links = page === undefined ? [] : [...page.outline.links, ...htmlLinks(page)].map(({ target }) => target);
  const codes = page === undefined ? [] : page.outline.codes.flatMap(({ target }) => [target, ...target.split(/\s+/)]);
  const words = wordsOf(text);
  const paths = [...links, ...codes, ...words].flatMap((word) => {
    const path = localPath(file, word);
    return path === null ? [] : [path, posix.normalize(decode(word))];
  });
  const named = new Set(paths);
  const names = new Set([...codes, ...words].filter((word) => !word.includes("/")));
  const modules = new Set(file.endsWith(".py") ? modulesOf(text) : []);
  // A script puts paths together: `Path(__file__).parent / "schemas"`.
  const quoted = new Set(page === undefined ? [...text.matchAll(/["']([\w.-]+)["']/g)].map(([, word]) => word) : []);
  return (other) =>
    named.has(other) ||
    names.has(posix.basename(other)) ||
    modules.has(/([\w-]+)\.py$/.exec(other)?.[1] ?? "/") ||
    foldersOf(other).some(
      (folder) =>
        named.has(`${folder}/`) ||
        links.includes(folder) ||
        codes.includes(folder) ||
        quoted.has(posix.basename(folder)),
    );
}

/** What looks like a path or a name of a file, without the stop of its sentence. */
function wordsOf(text: string): string[] {
  const found = text.match(/[\w.-]+(?:\/[\w.-]+)*\/?/g) ?? [];
  return found.map((word) => word.replace(/\.+$/, "")).filter((word) => /[./]/.test(word));
}

function modulesOf(text: string): string[] {
  return [...text.matchAll(/^[ \t]*(?:from|import)[ \t]+([\w., \t]+)/gm)].flatMap(([line]) => line.match(/\w+/g) ?? []);
}

/** A path from the skill's root, or null for what leads to the web or within the page. */
function localPath(file: string, target: string): string | null {
  if (/^([a-z][a-z0-9+.-]*:|\/\/|#|$)/i.test(target)) return null;
  const path = decode(target.split(/[?#]/)[0] ?? "");
  return path.startsWith("/") ? path : posix.normalize(posix.join(posix.dirname(file), path));
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
