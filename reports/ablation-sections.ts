/** The sections of a skill as units of an ablation: those of SKILL.md, and each page as a whole. Pure. */
import { posix } from "node:path";
import { readFrontMatter } from "../harness/skill/front-matter.ts";
import { outlineOf } from "../harness/skill/markdown.ts";
import { markdownProblem, PAGE_LIMITS } from "../harness/skill/markdown-limits.ts";
import { type Skill, skillText } from "../harness/skill/skill.ts";
import { type Ablation, type Draft, type Place, settle } from "./ablation-units.ts";
import type { OutlinedSection, SkillOutline } from "./outline.ts";

const LIST_ITEM = /^\s*(?:[-*+]|\d{1,9}[.)])\s/;

/**
 * One unit for each section of SKILL.md that lies in no other but the title's, and one for each other page, together with
 * the lines of lists that do nothing but link to it.
 * @param outline of this skill, with support where it is known
 */
export function unitsBySection(skill: Skill, outline: SkillOutline): Ablation {
  const drafts = outline.files.flatMap(({ file, sections, support, lines }): Draft[] => {
    if (file === "SKILL.md") return topSections(sections).map((section) => sectionDraft(file, section));
    if (!file.endsWith(".md") || lines === null) return [];
    const all = rangeOf(file, 1, lines);
    return [{ title: file, lessons: [], support: support?.tasks ?? null, lines: [...all, ...linksTo(file, skill)] }];
  });
  return settle(skill, drafts);
}

function topSections(sections: readonly OutlinedSection[]): readonly OutlinedSection[] {
  const titles = sections.filter(({ depth }) => depth === 1);
  const below = titles.length === 1 && sections.length > 1 ? sections.filter(({ depth }) => depth > 1) : sections;
  let end = 0;
  return below.filter(({ depth, line, lastLine }) => {
    if (line <= end || (depth === 1 && titles.length === 1)) return false;
    end = lastLine;
    return true;
  });
}

function sectionDraft(file: string, { heading, line, lastLine, support }: OutlinedSection): Draft {
  return { title: heading, lessons: [], support: support?.tasks ?? null, lines: rangeOf(file, line, lastLine) };
}

function rangeOf(file: string, first: number, last: number): Place[] {
  return Array.from({ length: last - first + 1 }, (_, index) => ({ file, line: first + index }));
}

/** Items of lists that link to this page and to no other; a link within a paragraph stays, and the page with it. */
function linksTo(page: string, skill: Skill): Place[] {
  const texts = [...skill.files.keys()].filter((file) => file.endsWith(".md") && file !== page);
  return texts.flatMap((file) => {
    const text = skillText(skill, file) ?? "";
    const { body, bodyLine } = file === "SKILL.md" ? readFrontMatter(text) : { body: text, bodyLine: 1 };
    if (markdownProblem(body, PAGE_LIMITS) !== null) return [];
    const { links, codes } = outlineOf(body, bodyLine);
    const named = [...links, ...codes].flatMap(({ target, line }) => ({ line, path: pathFrom(file, target, skill) }));
    const lines = text.split("\n");
    const linking = new Set(named.filter(({ path }) => path === page).map(({ line }) => line));
    return [...linking].flatMap((line) => {
      const alone = named.every((other) => other.line !== line || other.path === page || other.path === null);
      return alone && isOneLineItem(lines, line) ? [{ file, line }] : [];
    });
  });
}

/** The skill's file that a link, or code, of another names: from there or from the root; null for what names none. */
function pathFrom(file: string, target: string, { files }: Skill): string | null {
  const [path = ""] = target.split("#");
  const places = [posix.join(posix.dirname(file), path), posix.normalize(path)];
  return places.find((place) => files.has(place)) ?? null;
}

function isOneLineItem(lines: readonly string[], line: number): boolean {
  const next = lines[line] ?? "";
  return LIST_ITEM.test(lines[line - 1] ?? "") && (next.trim() === "" || LIST_ITEM.test(next) || /^#/.test(next));
}
