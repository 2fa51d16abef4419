/** Patches to one patch, level by level (arXiv:2603.25158, conflict-free consolidation). */
import { atOnce } from "./at-once.ts";
import type { Merge } from "./documents.ts";
import type { Patch } from "./records.ts";

export interface MergeOptions {
  /** Most patches in one group; at least 2. */
  readonly fanIn: number;
  /** Most groups merged at once. */
  readonly width: number;
  readonly signal: AbortSignal;
  /** Merges a group of 2 to `fanIn` patches; in production, one model call. */
  readonly mergeGroup: (group: readonly Patch[], place: MergePlace) => Promise<Merge>;
}

/** Where a merge stands in the tree: levels from 1, groups of a level from 0. */
export interface MergePlace {
  readonly level: number;
  readonly index: number;
}

export interface MergedPatches {
  readonly patch: Patch;
  /** In order of level, then of group. */
  readonly merges: readonly Merge[];
  /** Number of patches at each level, from the proposed ones to 1: 323, 65, 13, 3, 1 at a fan-in of 5. */
  readonly patchesPerLevel: readonly number[];
  /** Number of edits in all patches of a level. */
  readonly editsPerLevel: readonly number[];
}

/**
 * Merges patches into one, level by level, in groups of at most `fanIn`.
 * Groups keep the order of the input, so equal input gives equal groups. The groups of a level run at once, up to `width`;
 * N patches take about log N / log fanIn levels and at most N - 1 calls. A group of one passes on without a call.
 * @param patches one or more, in order of trial
 * @throws RangeError when `patches` is empty or `fanIn` is below 2
 */
export async function mergePatches(patches: readonly Patch[], options: MergeOptions): Promise<MergedPatches> {
  const { fanIn, mergeGroup } = options;
  if (fanIn < 2) throw new RangeError(`fanIn must be at least 2, got ${fanIn}`);
  const merges: Merge[] = [];
  const patchesPerLevel = [patches.length];
  const editsPerLevel = [countEdits(patches)];
  let level = [...patches];
  while (level.length > 1) {
    const groups = groupsOf(level, fanIn).map((group, index) => ({
      group,
      place: { level: patchesPerLevel.length, index },
    }));
    const merged = await atOnce(groups, options, ({ group, place }) => pass(group, place));
    level = merged.map(({ patch }) => patch);
    merges.push(...merged.flatMap(({ merge }) => (merge === null ? [] : [merge])));
    patchesPerLevel.push(level.length);
    editsPerLevel.push(countEdits(level));
  }
  const [patch] = level;
  if (patch === undefined) throw new RangeError("nothing to merge: no analyst proposed a patch");
  return { patch, merges, patchesPerLevel, editsPerLevel };

  async function pass(group: readonly Patch[], place: MergePlace): Promise<{ patch: Patch; merge: Merge | null }> {
    const [only] = group;
    if (group.length === 1 && only !== undefined) return { patch: only, merge: null };
    const merge = await mergeGroup(group, place);
    return { patch: merge.output, merge };
  }
}

function countEdits(patches: readonly Patch[]): number {
  return patches.flatMap(({ edits }) => edits).length;
}

/** Groups of `size`, the last one maybe smaller. */
export function groupsOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
