/**
 * The paper's strategy (arXiv:2603.25158): all trials propose against the same frozen skill, not knowing of each other;
 * their patches become one by merging, what recurs stays in SKILL.md, and a program applies it.
 */
import { atOnce } from "./at-once.ts";
import type { Proposal } from "./documents.ts";
import { makeSkill } from "./make.ts";
import { type MergedPatches, mergePatches } from "./merge.ts";
import { mergeGroup } from "./merge-group.ts";
import { mergeAllByProgram } from "./program-merge.ts";
import { propose } from "./propose.ts";
import type { Patch } from "./records.ts";
import type { Evolved, Work } from "./strategy.ts";

const NO_LEVELS = { patchesPerLevel: [0], editsPerLevel: [0] };

export async function parallel(work: Work): Promise<Evolved> {
  const { base, options } = work;
  const proposals = await proposeAll(work);
  const patches = proposals.map(({ patch }) => patch).filter(({ edits }) => edits.length > 0);
  const merged = patches.length === 0 ? null : await mergeAll(patches, work);
  return {
    proposals,
    merges: merged?.merges ?? [],
    levels: merged ?? NO_LEVELS,
    edits: merged?.patch.edits ?? [],
    make: (edits, titles) => makeSkill({ files: base.files, authors: new Map() }, edits, { ...options, titles }),
  };
}

function proposeAll({ sources, base, asking, options, folder, progress }: Work): Promise<Proposal[]> {
  const { width } = options;
  return atOnce(sources, { width, signal: asking.signal }, async (source, signal) => {
    const proposal = await propose(source, base, { ...asking, signal });
    await folder.writeProposal(proposal);
    progress("propose", sources.length, proposal.patch.edits.length === 0);
    return proposal;
  });
}

/** Merges patches by model level by level, or by program all at once. Also used on the same patches in another order. */
export async function mergeAll(
  patches: readonly Patch[],
  { base, asking, options, folder, progress }: Omit<Work, "sources" | "titles">,
): Promise<MergedPatches> {
  const { merge: by, fanIn, width } = options;
  if (by === "program") {
    const merged = mergeAllByProgram(patches);
    for (const merge of merged.merges) await folder.writeMerge(merge);
    for (const _ of merged.merges) progress("merge", merged.merges.length, false);
    return merged;
  }
  const total = countMerges(patches.length, fanIn);
  return mergePatches(patches, {
    fanIn,
    width,
    signal: asking.signal,
    mergeGroup: async (group, place) => {
      const merge = await mergeGroup(group, place, base, asking);
      await folder.writeMerge(merge);
      progress("merge", total, merge.by === "program");
      return merge;
    },
  });
}

/** Calls of the model that merging so many patches takes. */
export function countMerges(patches: number, fanIn: number): number {
  if (patches <= 1) return 0;
  const groups = Math.ceil(patches / fanIn);
  // The last group of a level passes on without a merge when it holds one patch.
  return groups - (patches % fanIn === 1 ? 1 : 0) + countMerges(groups, fanIn);
}
