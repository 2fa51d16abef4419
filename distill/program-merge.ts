/**
 * Merging by program alone: exact and near duplicates by their words, with no model call. The floor to compare mergers with,
 * and what takes over where a model's answer cannot be used. Time grows as n log n. Pure.
 */
import { shortHash } from "../harness/hash.ts";
import { FORMAT_VERSION, NO_USAGE } from "../harness/records.ts";
import { isOp } from "./additions.ts";
import { type Covered, settleOutputs } from "./coverage.ts";
import { headingKey } from "./markdown.ts";
import type { MergedPatches } from "./merge.ts";
import { NearIndex, normalText, shinglesOf } from "./near-text.ts";
import { type Edit, type EditBody, type Patch, supportOf } from "./records.ts";

/** Edits that stand for each other, the one whose words are kept first. */
type Cluster = [Edit, ...Edit[]];

/**
 * Merges the edits of a group: those that do the very same thing, or add nearly the same words to the same file, become one
 * with the words of the best supported. Nothing is dropped; every input edit has one fate, and support is the union.
 */
export function mergeByProgram(group: readonly Patch[], reasoning: string): Covered {
  const inputs = [...new Map(group.flatMap(({ edits }) => edits).map((edit) => [edit.id, edit])).values()];
  const place = new Map(inputs.map(({ id }, index) => [id, index]));
  const clusters = clustersOf(inputs).filter(({ length }) => length > 1);
  const outputs = clusters.map((cluster) => ({
    body: cluster[0].body,
    covers: cluster.toSorted((one, other) => (place.get(one.id) ?? 0) - (place.get(other.id) ?? 0)),
  }));
  return { ...settleOutputs(group, inputs, outputs, { dropped: new Map(), reasoning }), refused: [], notices: [] };
}

/** Merges all patches at once, as one level. A single patch passes on as it is. */
export function mergeAllByProgram(patches: readonly Patch[]): MergedPatches {
  const [first] = patches;
  if (first === undefined) throw new RangeError("nothing to merge: no analyst proposed a patch");
  const count = patches.flatMap(({ edits }) => edits).length;
  if (patches.length === 1) return { patch: first, merges: [], patchesPerLevel: [1], editsPerLevel: [count] };
  const covered = mergeByProgram(patches, "Exact and near duplicates by their words.");
  const { output } = covered;
  const merge = {
    version: FORMAT_VERSION,
    id: output.id,
    level: 1,
    index: 0,
    inputs: patches.map(({ id }) => id),
    ...covered,
    by: "program",
    fault: null,
    usage: NO_USAGE,
  } as const;
  return {
    patch: output,
    merges: [merge],
    patchesPerLevel: [patches.length, 1],
    editsPerLevel: [count, output.edits.length],
  };
}

function clustersOf(inputs: readonly Edit[]): Cluster[] {
  const ranked = inputs.toSorted((one, other) => supportOf(other) - supportOf(one) || (one.id < other.id ? -1 : 1));
  const clusters: Cluster[] = [];
  const exact = new Map<string, Cluster>();
  const near = new Map<string, NearIndex<Cluster>>();
  for (const edit of ranked) {
    const key = exactKey(edit.body);
    const scope = nearScope(edit);
    const shingles = scope === null ? null : shinglesOf(scope.text);
    const index = scope === null ? null : (near.get(scope.place) ?? new NearIndex<Cluster>());
    const found = exact.get(key) ?? (shingles === null ? null : (index?.nearest(shingles) ?? null));
    if (found !== null) {
      found.push(edit);
      exact.set(key, found);
      continue;
    }
    const made: Cluster = [edit];
    clusters.push(made);
    exact.set(key, made);
    if (scope !== null && shingles !== null && index !== null) {
      index.add(shingles, made);
      near.set(scope.place, index);
    }
  }
  return clusters;
}

/** Equal for edits that do the same, but for case, blanks and marks in what they add. */
function exactKey(body: EditBody): string {
  // Text that is looked for is taken letter by letter, and so is text with code, where blanks and case count.
  if (!("content" in body) || /```|~~~|`/.test(body.content)) return shortHash(body);
  const words = normalText(body.content);
  if (words === "") return shortHash(body);
  const named = "section" in body ? { section: headingKey(body.section) } : {};
  return shortHash({ ...body, ...named, content: words });
}

/** Where near duplicates of an edit may be, and the words to compare; null for what is merged only where it is the same. */
function nearScope(edit: Edit): { place: string; text: string } | null {
  const { body } = edit;
  if (isOp(edit, "append_to_section", "add_section", "insert_after", "insert_before") && "content" in body) {
    // A bare line put beside another may be code.
    const isProse = !isOp(edit, "insert_after", "insert_before") || /^\s*([-*+]|\d+[.)])\s/.test(body.content);
    return !isProse || /```|~~~/.test(body.content) ? null : { place: body.file, text: body.content };
  }
  return body.op === "create_file" ? { place: `create ${body.file}`, text: body.content } : null;
}
