/** Edits to a frozen skill, by program (invariant 7): what fits is applied, all else is returned with its problem. Pure. */
import {
  type Addition,
  addsLinks,
  type Creations,
  gatherAdditions,
  isOp,
  planAdditions,
  planLinks,
} from "./additions.ts";
import { type Assembled, assemble } from "./assemble.ts";
import { openCreations, textOf } from "./creations.ts";
import { quote } from "./locate.ts";
import { type Document, readDocument, type Span } from "./markdown.ts";
import { pathProblem, SKILL_FILE } from "./paths.ts";
import { contentProblem, type Documents, type Line, planEdit, type Splice } from "./plan.ts";
import { type Edit, supportOf } from "./records.ts";
import { writtenProblem } from "./written.ts";

export type Files = ReadonlyMap<string, Uint8Array>;

export interface Rejection {
  readonly edit: Edit;
  /** `unfit`: it names what is not there, or may not be touched. `conflict`: a better supported edit changes the same place. */
  readonly kind: "unfit" | "conflict";
  /** Where, what was wanted, what was found, which lessons: for people and for the model that is asked again. */
  readonly problem: string;
}

/** What a line came from; `line` counts from 1. */
export interface LineOrigin extends Omit<Line, "text"> {
  readonly file: string;
  readonly line: number;
}

export interface Applied {
  readonly files: Files;
  /** Every line that is not of the base. */
  readonly lines: readonly LineOrigin[];
  readonly applied: readonly string[];
  readonly rejected: readonly Rejection[];
  readonly notices: readonly string[];
}

export type Authors = ReadonlyMap<string, readonly Line[]>;

/** Edits that stand or fall together, with what they change. */
interface Plan {
  readonly edits: readonly Edit[];
  readonly splices: readonly Splice[];
}

/**
 * Applies edits to the files of a skill. Each edit is placed in the base as it was, never in what another edit made.
 * Of edits that change the same lines the one with more support wins, then the one with the smaller id. Files that no
 * edit names keep their bytes; so do lines, and the front matter cannot be named at all.
 * @param authors what the base's own lines came from, by file, where earlier edits wrote some of them: it is carried along
 * @param base the skill's files, which `markdownProblem` finds nothing against; only SKILL.md and references/*.md can change
 */
export function applyEdits(base: Files, edits: readonly Edit[], authors: Authors = new Map()): Applied {
  const { plans, documents, created, rejected, notices } = planAll(base, rank(edits));
  const { accepted, conflicts } = settle(plans);
  const splices = accepted.flatMap((plan) => plan.splices);
  const bySplice = Map.groupBy(splices, ({ file }) => file);
  const texts = new Map<string, Assembled>();
  for (const [file, document] of documents) {
    const own = bySplice.get(file) ?? [];
    if (own.some(({ from }) => from < 0)) continue;
    if (own.length > 0 || created.has(file))
      texts.set(file, assemble(document, own, created.get(file) ?? authors.get(file)));
  }
  const deleted = new Set(splices.filter(({ from }) => from < 0).map(({ file }) => file));
  const kept = [...base].filter(([file]) => !deleted.has(file));
  const written = [...texts].map(([file, { text }]) => [file, new TextEncoder().encode(text)] as const);
  const untouched = [...authors].filter(([file]) => base.has(file) && !texts.has(file) && !deleted.has(file));
  const lines = [...[...texts].map(([file, { lines: own }]) => [file, own] as const), ...untouched];
  return {
    files: new Map([...kept, ...written]),
    lines: lines.flatMap(([file, own]) => originsOf(file, own)),
    applied: accepted.flatMap((plan) => plan.edits.map(({ id }) => id)),
    rejected: [...rejected, ...conflicts],
    notices,
  };
}

/** Pairs of edits that change the same place of the base, by id; the first of a pair would win. */
export function conflictsOf(base: Files, edits: readonly Edit[]): [string, string][] {
  const { plans } = planAll(base, rank(edits));
  const removing = new Set(plans.filter(takesAway));
  return plans.flatMap((plan, index) =>
    (removing.has(plan) ? plans.slice(0, index) : plans.slice(0, index).filter((other) => removing.has(other))).flatMap(
      (other) => {
        const [one] = other.edits;
        const [two] = plan.edits;
        return one !== undefined && two !== undefined && inConflict(other, plan)
          ? [[one.id, two.id] as [string, string]]
          : [];
      },
    ),
  );
}

function rank(edits: readonly Edit[]): Edit[] {
  return edits.toSorted((one, other) => supportOf(other) - supportOf(one) || (one.id < other.id ? -1 : 1));
}

interface Planned {
  readonly plans: readonly Plan[];
  readonly documents: Documents;
  readonly created: ReadonlyMap<string, readonly Line[]>;
  readonly rejected: readonly Rejection[];
  readonly notices: readonly string[];
}

function planAll(base: Files, all: readonly Edit[]): Planned {
  const unsound = all.flatMap((edit) => {
    const wrong = writtenProblem(edit.body);
    return wrong === null ? [] : [reject(edit, "unfit", wrong)];
  });
  const edits = without(all, unsound);
  const { documents, creations, created, rejected } = openDocuments(base, edits);
  const others = edits.filter((edit) => edit.body.op !== "create_file");
  const unreadable = others.filter((edit) => isOp(edit, "add_section", "append_to_section")).flatMap(additionRejection);
  const { additions, rest } = gatherAdditions(without(others, unreadable), documents);
  const skill = documents.get(SKILL_FILE);
  const links = creations.size > 0 ? additions.filter(addsLinks) : [];
  const sections = additions.filter((addition) => !links.includes(addition));
  const { splices, notices } = planAdditions(sections, documents);
  const first = skill === undefined || creations.size === 0 ? [] : [linkPlan(creations, links, skill)];
  const added = sections.map((addition, index) => ({
    edits: addition.edits,
    splices: splices.slice(index, index + 1),
  }));
  const { plans, unfit } = planRest(rest, documents);
  // New files come first: their links are one splice, which must not fall with one of them.
  const ranked = [...added, ...plans].toSorted((one, other) => supportOfPlan(other) - supportOfPlan(one));
  return {
    plans: [...first, ...ranked],
    documents,
    created,
    rejected: [...unsound, ...rejected, ...unreadable, ...unfit],
    notices,
  };
}

function linkPlan(creations: Creations, links: readonly Addition[], skill: Document): Plan {
  const edits = [...[...creations.values()].flat(), ...links.flatMap((addition) => addition.edits)];
  return { edits, splices: [planLinks(creations, links, skill)] };
}

function openDocuments(base: Files, edits: readonly Edit[]) {
  const { creations, created, problems } = openCreations(base, edits);
  const present = [...base]
    .filter(([file]) => pathProblem(file) === null)
    .map(([file, bytes]) => [file, decode(bytes)] as const);
  const made = [...created].map(([file, lines]) => [file, textOf(lines)] as const);
  const documents = new Map([...present, ...made].map(([file, text]) => [file, readDocument(text)]));
  const rejected = problems.map(({ edit, problem }) => reject(edit, "unfit", problem));
  return { documents, creations, created, rejected };
}

/** Keeps a byte order mark, so that what is written back is what was read. */
function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

function additionRejection(edit: Edit): Rejection[] {
  if (!isOp(edit, "add_section", "append_to_section")) return [];
  const wrong = pathProblem(edit.body.file) ?? contentProblem(edit.body.content);
  return wrong === null ? [] : [reject(edit, "unfit", wrong)];
}

function planRest(edits: readonly Edit[], documents: Documents): { plans: Plan[]; unfit: Rejection[] } {
  const unfit: Rejection[] = [];
  const plans = new Map<string, Plan>();
  for (const edit of edits) {
    const planned = isOp(edit, "add_section") ? toAppend(edit, documents) : planExisting(edit, documents);
    if (planned.kind === "problem") unfit.push(reject(edit, "unfit", planned.problem));
    else addPlan(plans, edit, planned.value);
  }
  return { plans: [...plans.values()], unfit };
}

/** A section that the base has already is added to. */
function toAppend(
  edit: Edit & { body: { op: "add_section"; file: string; heading: string; content: string } },
  documents: Documents,
) {
  const { file, heading, content } = edit.body;
  return planEdit(edit, { op: "append_to_section", file, section: heading, content }, documents);
}

function planExisting(edit: Edit, documents: Documents) {
  const { body } = edit;
  if (body.op === "create_file" || body.op === "add_section")
    throw new RangeError(`${body.op} is planned with the additions`);
  return planEdit(edit, body, documents);
}

/** Edits that do the very same thing are one plan with the lineage of both. */
function addPlan(plans: Map<string, Plan>, edit: Edit, splices: readonly Splice[]): void {
  const key = JSON.stringify(splices.map((splice) => ({ ...splice, lines: splice.lines.map(({ text }) => text) })));
  const same = plans.get(key);
  const edits = [...(same?.edits ?? []), edit];
  const ids = edits.map(({ id }) => id);
  const shared = splices.map((splice) => ({
    ...splice,
    lines: splice.lines.map(({ text }) => ({ text, edits: ids })),
  }));
  plans.set(key, { edits, splices: shared });
}

function supportOfPlan({ edits }: Plan): number {
  return new Set(edits.flatMap(({ tasks }) => tasks)).size;
}

function settle(plans: readonly Plan[]): { accepted: Plan[]; conflicts: Rejection[] } {
  const accepted: Plan[] = [];
  // What only adds is in no conflict with what only adds.
  const removing: Plan[] = [];
  const conflicts: Rejection[] = [];
  for (const plan of plans) {
    const winner = (takesAway(plan) ? accepted : removing).find((other) => inConflict(other, plan));
    if (winner === undefined) {
      accepted.push(plan);
      if (takesAway(plan)) removing.push(plan);
    } else conflicts.push(...plan.edits.map((edit) => reject(edit, "conflict", lost(winner))));
  }
  return { accepted, conflicts };
}

function takesAway({ splices }: Plan): boolean {
  return splices.some(({ from, to }) => from !== to);
}

function lost(winner: Plan): string {
  const [splice] = winner.splices;
  const where =
    splice === undefined || splice.from < 0
      ? "the whole file"
      : `lines ${splice.from + 1} to ${Math.max(splice.from + 1, splice.to)}`;
  const ids = winner.edits.map(({ id }) => id).join(", ");
  return `it changes what edit ${ids} changes as well (${where}), which has the support of ${supportOfPlan(winner)}`;
}

function inConflict(one: Plan, other: Plan): boolean {
  return one.splices.some((a) => other.splices.some((b) => a.file === b.file && (upsets(a, b) || upsets(b, a))));
}

/** Whether the first splice takes away lines that the second takes away, stands in, or needs. */
function upsets(one: Splice, other: Splice): boolean {
  if (one.from === one.to) return false;
  const within = other.from === other.to && one.from < other.from && other.from < one.to;
  return (
    within || (other.from < other.to && overlap(one, other)) || (other.needs !== null && overlap(one, other.needs))
  );
}

function overlap(one: Span, other: Span): boolean {
  return one.from < other.to && other.from < one.to;
}

function without(edits: readonly Edit[], rejections: readonly Rejection[]): Edit[] {
  const rejected = new Set(rejections.map(({ edit }) => edit.id));
  return edits.filter(({ id }) => !rejected.has(id));
}

function reject(edit: Edit, kind: Rejection["kind"], problem: string): Rejection {
  const sentence = /[.?!]$/.test(problem) ? problem : `${problem}.`;
  return {
    edit,
    kind,
    problem: `${edit.id}, ${place(edit)}: ${sentence} Lessons behind it: ${edit.lessons.join(", ")}.`,
  };
}

function place({ body }: Edit): string {
  const section = "section" in body ? body.section : body.op === "add_section" ? body.heading : null;
  const file = pathProblem(body.file) === null ? body.file : quote(body.file);
  return `${body.op} in ${file}${section === null ? "" : ` ${quote(section)}`}`;
}

function originsOf(file: string, lines: readonly Line[]): LineOrigin[] {
  return lines.flatMap(({ edits, origin, fixed }, index) =>
    edits.length === 0 && origin === undefined
      ? []
      : [{ file, line: index + 1, edits, ...(origin !== undefined && { origin }), ...(fixed && { fixed }) }],
  );
}
