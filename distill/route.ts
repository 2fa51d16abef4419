/**
 * Where an edit belongs, by its support (paper 4.4): what recurs stays in SKILL.md, what few tasks argue for goes to a
 * reference file, with a line in SKILL.md that says when to read it. Pure.
 *
 * What changes or removes text is another matter. A rare replacement stays where it is: beside the old text, in a file of
 * its own, it would only contradict it. A rare deletion is dropped: one trial shows that a text did not help it, not that
 * no one needs it.
 */
import { isOp, plainHeading } from "./additions.ts";
import type { Files } from "./apply.ts";
import { makeEdit } from "./edit-reply.ts";
import { headingKey, readDocument } from "./markdown.ts";
import { SKILL_FILE } from "./paths.ts";
import { type Edit, type EditBody, supportOf } from "./records.ts";

export interface Routed {
  /** As they are to be applied; routed ones have a new file and their old id. */
  readonly edits: readonly Edit[];
  /** The new files, one edit each, with the lessons of all that was routed to them. */
  readonly made: readonly Edit[];
  /** Ids of the edits that were routed. */
  readonly routed: readonly string[];
  readonly dropped: readonly { readonly edit: string; readonly reason: string }[];
}

export interface RouteOptions {
  /** Distinct problems that an addition to SKILL.md must have behind it. */
  readonly routeSupport: number;
  /** Titles of lessons by id: they tell when a reference is worth reading. */
  readonly titles: ReadonlyMap<string, string>;
}

type Addition = Extract<EditBody, { op: "append_to_section" | "insert_after" | "insert_before" | "add_section" }>;
type Rare = Edit & { readonly body: Addition };

/** Sections that only one edit wants and the skill does not have share a file. */
const SPECIAL_CASES = "Special cases";
const TITLES_SHOWN = 4;

export function routeBySupport(edits: readonly Edit[], base: Files, { routeSupport, titles }: RouteOptions): Routed {
  const isRare = (edit: Edit) => edit.body.file === SKILL_FILE && supportOf(edit) < routeSupport;
  const rare = edits.filter(isRare);
  const removing: readonly Edit[] = rare.filter((edit) => edit.body.op === "delete_section");
  const moving = rare.filter((edit): edit is Rare =>
    isOp(edit, "append_to_section", "insert_after", "insert_before", "add_section"),
  );
  const references = referencesFor(moving, edits, base, titles);
  const moved = new Map(references.flatMap(({ moved: own }) => own.map((edit) => [edit.id, edit])));
  const left = edits.filter((edit) => !removing.includes(edit));
  return {
    edits: left.map((edit) => moved.get(edit.id) ?? edit),
    made: references.map(({ made }) => made),
    routed: [...moved.keys()],
    dropped: removing.map((edit) => ({
      edit: edit.id,
      reason: `it removes a section on the word of ${supportOf(edit)} of the ${routeSupport} tasks it takes`,
    })),
  };
}

interface Reference {
  readonly made: Edit;
  readonly moved: readonly Edit[];
}

function referencesFor(
  moving: readonly Rare[],
  edits: readonly Edit[],
  base: Files,
  titles: RouteOptions["titles"],
): Reference[] {
  const taken = new Set([...base.keys(), ...edits.map(({ body }) => body.file)].map((path) => path.toLowerCase()));
  const themes = [...Map.groupBy(moving, themeIn(moving, base))].sort(([one], [other]) => (one < other ? -1 : 1));
  return themes.map(([theme, members]) => {
    const file = freePath(theme, taken);
    taken.add(file);
    return referenceOf(file, theme, members, titles);
  });
}

/** The heading that an edit is about, as the skill spells it, or the pool of single cases. */
function themeIn(moving: readonly Rare[], base: Files): (edit: Rare) => string {
  const { sections } = readDocument(new TextDecoder().decode(base.get(SKILL_FILE)));
  const headings = new Map(sections.map(({ heading }) => [headingKey(heading), heading]));
  const wanted = Map.groupBy(moving, ({ body }) => headingKey(themeOf(body)));
  return ({ body }) => {
    const key = headingKey(themeOf(body));
    const [first] = wanted.get(key) ?? [];
    const shared = (wanted.get(key)?.length ?? 0) > 1 && first !== undefined;
    return headings.get(key) ?? (shared ? plainHeading(themeOf(first.body)) : SPECIAL_CASES);
  };
}

function themeOf(body: Addition): string {
  return body.op === "add_section" ? body.heading : body.section;
}

function referenceOf(file: string, theme: string, members: readonly Rare[], titles: RouteOptions["titles"]): Reference {
  const moved = members.map((edit) => ({ ...edit, body: movedBody(edit.body, file, theme) }));
  const content = `# ${theme}\n\nFor cases that are met less often than those in SKILL.md.`;
  const lessons = members.flatMap((edit) => edit.lessons);
  const body = { op: "create_file", file, content, link: linkTo(file, lessons, titles) } as const;
  const tasks = members.flatMap((edit) => edit.tasks);
  return {
    made: makeEdit(
      body,
      members.map(({ id }) => id),
      lessons,
      tasks,
    ),
    moved,
  };
}

/** In the pool a section keeps its heading; in a file of its theme the title says it already. */
function movedBody(body: Addition, file: string, theme: string): EditBody {
  const own = headingKey(themeOf(body)) !== headingKey(theme);
  if (own) return { op: "add_section", file, after: null, heading: plainHeading(themeOf(body)), content: body.content };
  return { op: "append_to_section", file, section: theme, content: body.content };
}

export function linkTo(file: string, lessons: readonly string[], titles: RouteOptions["titles"]): string {
  const known = [...new Set(lessons.flatMap((lesson) => titles.get(lesson) ?? []).map(plainTitle))];
  const more = known.length > TITLES_SHOWN ? `; and ${known.length - TITLES_SHOWN} more` : "";
  return `[${file}](${file}): read it when the task touches on one of these: ${known.slice(0, TITLES_SHOWN).join("; ")}${more}.`;
}

/** A title within a line of Markdown: no marks that could make a link, a heading or a break of it. */
export function plainTitle(title: string): string {
  return title
    .replace(/[[\]()<>`#*|\\]/g, "")
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[.;:]+$/, "")
    .slice(0, 80);
}

/** @param taken paths in small letters, as the new one is: case makes no other file on many systems */
export function freePath(theme: string, taken: ReadonlySet<string>): string {
  const slug =
    theme
      .toLowerCase()
      .normalize("NFKD")
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .slice(0, 48) || "cases";
  const paths = Array.from(
    { length: taken.size + 1 },
    (_, index) => `references/${slug}${index === 0 ? "" : `-${index + 1}`}.md`,
  );
  return paths.find((path) => !taken.has(path)) ?? `references/${slug}-${taken.size + 2}.md`;
}
