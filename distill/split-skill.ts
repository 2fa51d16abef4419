/**
 * Pages that have become too long, split by program at the borders of sections: what fewest tasks argue for leaves SKILL.md
 * first, each part with a line that says when to read it. Text of the start skill, for which nobody counted, leaves last.
 * Lines take along what they came from. Pure.
 */
import type { Applied } from "./apply.ts";
import { headingKey, readDocument, type Section } from "./markdown.ts";
import { editsBehind, filesOf, type PageLine, type Pages, pagesOf, pageText } from "./pages.ts";
import { isReference, SKILL_FILE } from "./paths.ts";
import type { Edit } from "./records.ts";
import { freePath, plainTitle } from "./route.ts";
import { partsOf, withContents } from "./split-reference.ts";

export interface SplitOptions {
  readonly maxSkillLines: number;
  readonly maxReferenceLines: number;
  /** Edits by id, as far as lines name them. */
  readonly known: ReadonlyMap<string, Edit>;
  /** Titles of lessons by id: they tell when a part is worth reading. */
  readonly titles: ReadonlyMap<string, string>;
  /** Whether long references get a table of contents. */
  readonly contents: boolean;
}

type Split = Pick<Applied, "files" | "lines" | "notices">;

const LINKS_HEADING = "References";
/** A shorter section saves nothing: its link takes a line too. */
const LEAST_LINES = 3;
const TITLES_SHOWN = 4;
/** Links to new parts may make SKILL.md too long again. */
const MOST_ROUNDS = 5;

export function splitLongPages(applied: Pick<Applied, "files" | "lines">, options: SplitOptions): Split {
  const notices: string[] = [];
  let pages = pagesOf(applied);
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const before = notices.length;
    pages = splitReferences(shortenSkill(pages, options, notices), options, notices);
    if (notices.length === before) break;
  }
  if (options.contents)
    pages = new Map([...pages].map(([file, lines]) => [file, isReference(file) ? withContents(lines) : lines]));
  return { ...filesOf(pages, applied.files), notices };
}

/** A part that leaves its page. */
interface Part {
  readonly file: string;
  readonly lines: readonly PageLine[];
  /** What the link says of it. */
  readonly when: string;
}

function shortenSkill(pages: Pages, options: SplitOptions, notices: string[]): Pages {
  const lines = pages.get(SKILL_FILE) ?? [];
  if (lines.length <= options.maxSkillLines) return pages;
  const leaving = sectionsToMove(lines, options);
  if (leaving.length === 0) return pages;
  const taken = new Set([...pages.keys()].map((path) => path.toLowerCase()));
  const parts = leaving.map((section) => {
    const file = freePath(section.heading, taken);
    taken.add(file);
    const own = lines.slice(section.line, section.end);
    const support = supportOf(own, options);
    const by = support === null ? "text of the start skill" : `with a support of ${support}`;
    notices.push(
      `${SKILL_FILE} has ${lines.length} lines, at most ${options.maxSkillLines} were asked for: the section ${JSON.stringify(section.heading)}, ${by}, is now ${file}`,
    );
    return { file, lines: asPage(own, section), when: whenToRead(section.heading, own, options) };
  });
  const left = lines.filter((_, index) => !leaving.some(({ line, blankEnd }) => line <= index && index < blankEnd));
  return withParts(new Map([...pages, [SKILL_FILE, left]]), parts);
}

/** Outermost sections below the title, least supported first, of equals the later one, until the page is short enough. */
function sectionsToMove(lines: readonly PageLine[], options: SplitOptions): Section[] {
  const { sections } = readDocument(pageText(lines));
  const [first] = sections;
  const movable = sections.filter(
    (section) =>
      !(section === first && section.level === 1) &&
      headingKey(section.heading) !== headingKey(LINKS_HEADING) &&
      section.heading.trim() !== "" &&
      section.end - section.line >= LEAST_LINES,
  );
  const outermost = movable.filter(
    (section) =>
      !movable.some((other) => other !== section && other.line < section.line && section.line < other.blankEnd),
  );
  const holdsLinks = (section: Section) =>
    sections.some(
      ({ heading, line }) =>
        headingKey(heading) === headingKey(LINKS_HEADING) && section.line < line && line < section.blankEnd,
    );
  const ranked = outermost
    .filter((section) => !holdsLinks(section))
    .map((section) => ({ section, rank: supportOf(lines.slice(section.line, section.end), options) ?? Infinity }))
    .sort((one, other) => compare(one.rank, other.rank) || other.section.line - one.section.line);
  const linked = sections.some(({ heading }) => headingKey(heading) === headingKey(LINKS_HEADING));
  let length = lines.length + (linked ? 0 : 4);
  return ranked.flatMap(({ section }) => {
    if (length <= options.maxSkillLines) return [];
    length -= section.blankEnd - section.line - 1;
    return [section];
  });
}

function compare(one: number, other: number): number {
  return one === other ? 0 : one - other;
}

/** Distinct problems that argue for the lines; null where no edit wrote any of them. */
function supportOf(lines: readonly PageLine[], { known }: SplitOptions): number | null {
  const edits = editsBehind(lines);
  return edits.length === 0 ? null : new Set(edits.flatMap((id) => known.get(id)?.tasks ?? [])).size;
}

/** A section as a page of its own: its heading is the title, and what is below it moves up as much. */
function asPage(lines: readonly PageLine[], section: Section): PageLine[] {
  const up = section.level - 1;
  const document = readDocument(lines.map(({ text }) => text).join("\n"));
  const headings = new Set(document.sections.map(({ line }) => line));
  return lines.map((line, index) => {
    const text = headings.has(index)
      ? line.text.replace(/^( {0,3}#*?)(#{1,6})(?=\s)/, (_, __, marks: string) =>
          marks.slice(Math.min(up, marks.length - 1)),
        )
      : line.text;
    return moved({ ...line, text });
  });
}

function moved(line: PageLine): PageLine {
  return line.edits.length === 0 && line.origin === undefined ? { ...line, origin: "start" } : line;
}

function splitReferences(pages: Pages, options: SplitOptions, notices: string[]): Pages {
  const taken = new Set([...pages.keys()].map((path) => path.toLowerCase()));
  const parts: Part[] = [];
  const kept = [...pages].map(([file, lines]) => {
    if (!isReference(file)) return [file, lines] as const;
    const [first, ...others] = partsOf(lines, options.maxReferenceLines);
    if (first === undefined || others.length === 0) return [file, lines] as const;
    const title = readDocument(pageText(lines)).sections[0]?.heading ?? file.slice("references/".length, -".md".length);
    for (const [index, own] of others.entries()) {
      const path = freePath(`${file.slice("references/".length, -".md".length)}-${index + 2}`, taken);
      taken.add(path);
      const name = `${title} (part ${index + 2})`;
      parts.push({
        file: path,
        lines: [...titleLines(name, own), ...own.map(moved)],
        when: whenToRead(name, own, options),
      });
    }
    notices.push(
      `${file} has ${lines.length} lines, at most ${options.maxReferenceLines} were asked for: it is now in ${others.length + 1} parts`,
    );
    return [file, first] as const;
  });
  return parts.length === 0 ? pages : withParts(new Map(kept), parts);
}

function titleLines(title: string, own: readonly PageLine[]): PageLine[] {
  const by = { edits: editsBehind(own), origin: "split", end: "\n" } as const;
  return [
    { ...by, text: `# ${title}` },
    { ...by, text: "" },
  ];
}

function whenToRead(heading: string, lines: readonly PageLine[], { known, titles }: SplitOptions): string {
  const lessons = editsBehind(lines).flatMap((id) => known.get(id)?.lessons ?? []);
  const told = [...new Set(lessons.flatMap((lesson) => titles.get(lesson) ?? []).map(plainTitle))].filter(Boolean);
  const below = readDocument(lines.map(({ text }) => text).join("\n")).sections.map((one) => plainTitle(one.heading));
  const points = told.length > 0 ? told : below.filter((text) => text !== "" && text !== plainTitle(heading));
  const shown = points.slice(0, TITLES_SHOWN).join("; ");
  return `read it when the task touches on: ${plainTitle(heading)}${shown === "" ? "" : ` (${shown}${points.length > TITLES_SHOWN ? "; and more" : ""})`}.`;
}

/** The pages with new ones, and a line for each under the References section, which is made where there is none. */
function withParts(pages: Pages, parts: readonly Part[]): Pages {
  const skill = pages.get(SKILL_FILE) ?? [];
  const eol = skill.find(({ end }) => end !== "")?.end ?? "\n";
  const line = (text: string, own: readonly PageLine[]): PageLine => ({
    text,
    edits: editsBehind(own),
    origin: "split",
    end: eol,
  });
  const links = parts.map(({ file, lines, when }) => line(`- [${file}](${file}): ${when}`, lines));
  const section = readDocument(pageText(skill)).sections.find(
    ({ heading }) => headingKey(heading) === headingKey(LINKS_HEADING),
  );
  const all = parts.flatMap(({ lines }) => lines);
  const end = section?.ownEnd ?? trimmedEnd(skill);
  const opening = section === undefined ? ["", `## ${LINKS_HEADING}`, ""].map((text) => line(text, all)) : [];
  const closed = skill
    .slice(0, end)
    .map((one, index) => (index === end - 1 && one.end === "" ? { ...one, end: eol } : one));
  const rest = section === undefined ? [] : skill.slice(end);
  const added = parts.map(({ file, lines }) => [file, lines] as const);
  return new Map([...pages, [SKILL_FILE, [...closed, ...opening, ...links, ...rest]], ...added]);
}

function trimmedEnd(lines: readonly PageLine[]): number {
  return lines.findLastIndex(({ text }) => text.trim() !== "") + 1;
}
