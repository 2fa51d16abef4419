/** What a report keeps of a distillation's lineage: its merges as a tree, and every line of the skill with the edits behind it. */
import { z } from "zod";
import type { Distillation } from "../distill/documents.ts";
import { LineKind } from "../distill/ends.ts";

const count = z.number().int().nonnegative();

/** A patch: proposed from one trial (level 0), or what a merge made of others. */
export const PatchNode = z.strictObject({
  id: z.string(),
  level: count,
  /** The patch that it went into; null for the last one, and for one that went nowhere. */
  into: z.string().nullable(),
  /** Proposed patches below it, itself included. */
  trials: count,
});
export type PatchNode = z.infer<typeof PatchNode>;

/** An edit that stands in the skill. */
export const OriginEdit = z.strictObject({
  id: z.string(),
  op: z.string(),
  /** Ids. */
  lessons: z.array(z.string()),
  /** Distinct tasks: its support is their number. */
  tasks: z.array(z.string()),
  /** `harness`: a reference file and its link, made to hold edits of little support; its lessons are theirs together. */
  by: z.enum(["trial", "merge", "harness"]),
  /** Edits of single trials that it was merged from; 1 for one that stands as it was proposed. */
  proposals: count,
});
export type OriginEdit = z.infer<typeof OriginEdit>;

export const OriginLine = z.strictObject({
  text: z.string(),
  /** Ids of edits, in the order of the distillation; none for a line of the start skill. */
  edits: z.array(z.string()),
  /** Where a line comes from that no lesson is behind; left out for lines of lessons, and for those of a skill that was given. */
  origin: LineKind.optional(),
});
export type OriginLine = z.infer<typeof OriginLine>;

export const SkillOrigin = z.strictObject({
  /** Hash of the skill that was deepened, which the agents of the trials had too; null for a creation. */
  start: z.string().nullable(),
  patches: z.array(PatchNode),
  edits: z.array(OriginEdit),
  /** SKILL.md first, then by name. */
  files: z.array(z.strictObject({ file: z.string(), lines: z.array(OriginLine) })),
});
export type SkillOrigin = z.infer<typeof SkillOrigin>;

/** @param files lines of the skill's files by path */
export function skillOrigin(distilled: Distillation, files: ReadonlyMap<string, readonly string[]>): SkillOrigin {
  const found = new Map(distilled.lines.map((entry) => [placeOf(entry.file, entry.line), entry]));
  const paths = [...files.keys()].sort((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1));
  const named = new Set(distilled.lines.flatMap(({ edits }) => edits));
  return {
    start: distilled.fingerprint.start,
    patches: patchNodes(distilled),
    edits: editsNamed(distilled.edits, named),
    files: paths.map((file) => ({
      file,
      lines: withoutLastEnd(files.get(file) ?? []).map((text, index) => {
        const { edits = [], origin } = found.get(placeOf(file, index + 1)) ?? {};
        return { text, edits, ...(origin !== undefined && { origin }) };
      }),
    })),
  };
}

function placeOf(file: string, line: number): string {
  return JSON.stringify([file, line]);
}

function rank(file: string): number {
  return file === "SKILL.md" ? 0 : 1;
}

/** A text that ends with a line's end has no line behind it. */
function withoutLastEnd(lines: readonly string[]): readonly string[] {
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

/** All patches that were proposed, or that merges read or made. */
function patchNodes({ merges, edits }: Distillation): PatchNode[] {
  const proposed = edits.flatMap(({ origin }) => (origin.kind === "proposed" ? [origin.patch] : []));
  const made = new Map(merges.map((merge) => [merge.output, merge]));
  const into = new Map(merges.flatMap(({ inputs, output }) => inputs.map((input) => [input, output] as const)));
  const trialsBelow = (id: string): number =>
    made.get(id)?.inputs.reduce((sum, input) => sum + (input === id ? 1 : trialsBelow(input)), 0) ?? 1;
  return [...new Set([...proposed, ...merges.flatMap(({ inputs, output }) => [...inputs, output])])].map((id) => ({
    id,
    level: made.get(id)?.level ?? 0,
    into: into.get(id) ?? null,
    trials: trialsBelow(id),
  }));
}

const BY = { proposed: "trial", merged: "merge", routing: "harness" } as const;

function editsNamed(edits: Distillation["edits"], named: ReadonlySet<string>): OriginEdit[] {
  const origins = new Map(edits.map(({ id, origin }) => [id, origin]));
  const proposals = (id: string): number => {
    const origin = origins.get(id);
    return origin?.kind === "merged" ? origin.covers.reduce((sum, covered) => sum + proposals(covered), 0) : 1;
  };
  return edits
    .filter(({ id }) => named.has(id))
    .map(({ id, body, lessons, tasks, origin }) => ({
      id,
      op: body.op,
      lessons,
      tasks,
      by: BY[origin.kind],
      proposals: proposals(id),
    }));
}
