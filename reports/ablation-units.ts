/** What can be taken out of a skill: a lesson with the lines that it alone is behind, or a section. Pure. */
import type { Distillation } from "../distill/documents.ts";
import { shortHash } from "../harness/hash.ts";
import { lintSkill } from "../harness/skill/lint.ts";
import { hashFiles, type Skill } from "../harness/skill/skill.ts";
import { compareText } from "./rows.ts";

export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

export interface AblationUnit {
  /** Fit for a folder's name; the same for the same unit of the same skill. */
  readonly id: string;
  readonly title: string;
  /** Ids; several where their words were merged into one. Empty for a section that no lesson is behind. */
  readonly lessons: readonly string[];
  /** Distinct tasks behind it; null where no distillation tells. */
  readonly support: number | null;
  /** What is taken out, in order. */
  readonly lines: readonly Place[];
  /** The skill without it. */
  readonly skill: Skill;
}

/** What stays in, with why it cannot be taken out by itself. */
export interface Unablated {
  readonly title: string;
  readonly lessons: readonly string[];
  readonly reason: string;
}

export interface Ablation {
  /** Best supported first. */
  readonly units: readonly AblationUnit[];
  readonly left: readonly Unablated[];
}

/** A unit before it is known whether the skill can do without it. */
export type Draft = Omit<AblationUnit, "id" | "skill">;

/**
 * One unit for each set of lessons that applied edits carry: a lesson by itself, or lessons whose words were merged into
 * one. Its lines are exactly those that its edits alone wrote; a line that other edits wrote as well (a heading of several)
 * stays, and so does the title of a page that others still fill. A page left with nothing but its title goes whole, with
 * the line that links to it. What an edit replaced does not come back.
 */
export function unitsByLesson(skill: Skill, distillation: Distillation): Ablation {
  const edits = new Map(distillation.edits.map((edit) => [edit.id, edit]));
  const applied = distillation.edits.filter(({ fate, origin }) => fate.kind === "applied" && origin.kind !== "routing");
  const groups = Map.groupBy(applied, ({ lessons }) => JSON.stringify([...lessons].sort()));
  const titles = new Map(distillation.lessons.map(({ id, title }) => [id, title]));
  const drafts = [...groups.values()].map((members): Draft => {
    const lessons = [...new Set(members.flatMap((edit) => edit.lessons))].sort();
    const own = new Set(members.map(({ id }) => id));
    return {
      title: titleOf(lessons.flatMap((id) => titles.get(id) ?? [])),
      lessons,
      support: new Set(members.flatMap(({ tasks }) => tasks)).size,
      lines: linesOwnedBy(own, distillation, edits),
    };
  });
  return settle(skill, drafts);
}

function titleOf(titles: readonly string[]): string {
  const [first = "a lesson", ...others] = [...new Set(titles)];
  return others.length === 0 ? first : `${first}; and ${others.length} more`;
}

type Edits = ReadonlyMap<string, Distillation["edits"][number]>;

function linesOwnedBy(own: ReadonlySet<string>, { lines }: Distillation, edits: Edits): Place[] {
  const isMine = (ids: readonly string[], mine: ReadonlySet<string>) =>
    ids.length > 0 && ids.every((id) => mine.has(id));
  const taught = lines.filter((entry) => entry.origin === undefined && isMine(entry.edits, own));
  const emptied = [...new Set(taught.map(({ file }) => file))].filter((file) => {
    const stays = lines.filter((entry) => entry.file === file && !taught.includes(entry));
    return (
      isMadePage(file, edits) &&
      stays.every(({ edits: ids, origin }) => origin === "split" || ids.every((id) => isRouting(id, edits)))
    );
  });
  const pages = new Set(
    [...edits.values()]
      .filter(({ body }) => body.op === "create_file" && emptied.includes(body.file))
      .map(({ id }) => id),
  );
  const gone = new Set([...own, ...pages]);
  return lines
    .filter((entry) => (entry.origin === undefined || entry.origin === "split") && isMine(entry.edits, gone))
    .map(({ file, line }) => ({ file, line }));
}

function isRouting(id: string, edits: Edits): boolean {
  return edits.get(id)?.origin.kind === "routing";
}

function isMadePage(file: string, edits: Edits): boolean {
  return [...edits.values()].some(
    ({ body, fate }) => body.op === "create_file" && body.file === file && fate.kind === "applied",
  );
}

/** Drafts that leave a sound skill become units; all others are told with their reason. */
export function settle(skill: Skill, drafts: readonly Draft[]): Ablation {
  const before = errorsOf(skill);
  const settled = drafts.map((draft) => ({ draft, without: withoutLines(skill, draft.lines) }));
  const units: AblationUnit[] = [];
  const left: Unablated[] = [];
  for (const { draft, without } of settled) {
    const { title, lessons, lines } = draft;
    const broken =
      typeof without === "string" ? [without] : [...errorsOf(without)].filter((error) => !before.has(error));
    if (lines.length === 0) left.push({ title, lessons, reason: "no line is its alone" });
    else if (typeof without === "string" || broken.length > 0)
      left.push({ title, lessons, reason: `without it the skill is broken: ${broken.join("; ")}` });
    else units.push({ ...draft, id: idOf(title, lines), skill: without });
  }
  const order = (a: AblationUnit, b: AblationUnit) => (b.support ?? 0) - (a.support ?? 0) || compareText(a.id, b.id);
  return { units: units.sort(order), left };
}

function errorsOf({ files }: Skill): Set<string> {
  const errors = lintSkill({ files }).filter(({ severity, rule }) => severity === "error" || rule === "link-dead");
  return new Set(errors.map(({ file, rule, message }) => `${file}: ${rule}: ${message}`));
}

function idOf(title: string, lines: readonly Place[]): string {
  const slug = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 32);
  return `${slug}-${shortHash(lines).slice(0, 6)}`.replace(/^-/, "");
}

/**
 * The skill without these lines, all else byte for byte; or why there is no such skill. A file without a line is gone.
 * A blank line among them stays where without it two blocks would run into each other.
 */
export function withoutLines(skill: Skill, lines: readonly Place[]): Skill | string {
  const files = new Map(skill.files);
  for (const [file, gone] of Map.groupBy(lines, ({ file: path }) => path)) {
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(files.get(file));
    const kept = keepApart(text.split("\n"), new Set(gone.map(({ line }) => line - 1)));
    if (kept.join("").trim() === "") files.delete(file);
    else files.set(file, new TextEncoder().encode(kept.join("\n")));
  }
  if (!files.has("SKILL.md")) return "nothing is left of SKILL.md";
  const hash = hashFiles(files);
  return hash === skill.hash ? "nothing changes" : { ...skill, files, hash };
}

function keepApart(lines: readonly string[], gone: ReadonlySet<number>): string[] {
  const kept: string[] = [];
  const isBlank = (line: string | undefined) => line === undefined || line.trim() === "";
  let parting: string | null = null;
  for (const [index, line] of lines.entries()) {
    const edge = gone.has(index) && isBlank(line) && (!gone.has(index - 1) || !gone.has(index + 1));
    if (edge) parting = line;
    if (gone.has(index)) continue;
    if (parting !== null && !isBlank(line) && !isBlank(kept.at(-1))) kept.push(parting);
    parting = null;
    kept.push(line);
  }
  return kept;
}
