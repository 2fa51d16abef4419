/** What every strategy's edits pass on their way to a skill: the scan for ground truths, and the test of other orders. */
import type { Skill } from "../harness/skill/skill.ts";
import type { ScanReport, Stability } from "./guard-reports.ts";
import { mergeAll } from "./parallel.ts";
import { shuffleMerges } from "./shuffle.ts";
import type { Evolved, Made, Work } from "./strategy.ts";
import { coveredByOf, passTruthGate, type Refused } from "./truth-gate.ts";
import type { TruthSource } from "./truth-source.ts";

export interface Guarded extends Made {
  readonly refused?: readonly Refused[];
  readonly scan?: ScanReport;
}

export interface GuardOptions {
  readonly base: Skill;
  readonly titles: ReadonlyMap<string, string>;
  /** Null where no ground truth is at hand: then nothing is scanned, and the document says so by its silence. */
  readonly truths: TruthSource | null;
}

/** The skill of these edits, or of those among them that hold no ground truth. */
export async function makeGuarded(
  { edits, make, merges, proposals, scan }: Pick<Evolved, "edits" | "make" | "merges" | "proposals" | "scan">,
  { base, titles, truths }: GuardOptions,
): Promise<Guarded> {
  if (truths === null) return make(edits, titles);
  if (scan !== undefined) return { ...make(edits, titles), scan }; // what was learned is elsewhere, and was scanned there
  const patches = proposals.map(({ patch }) => patch);
  const coveredBy = coveredByOf(patches, merges);
  return passTruthGate(edits, { base: base.files, source: truths, titles, make, coveredBy });
}

/**
 * Merges the strategy's patches in other orders; their merges are in the journal, and in no file.
 * @param orders 0 for none; null comes back then, and where there are fewer than two patches
 */
export async function stabilityOf(
  evolved: Evolved,
  made: Made,
  { orders, work, guard }: { readonly orders: number; readonly work: Work; readonly guard: GuardOptions },
): Promise<Stability | null> {
  const patches = evolved.proposals.map(({ patch }) => patch).filter(({ edits }) => edits.length > 0);
  if (orders === 0 || patches.length < 2) return null;
  const quiet = { ...work, folder: { ...work.folder, writeMerge: async () => {} }, progress: () => {} };
  return shuffleMerges(made, {
    orders,
    seed: work.asking.seed,
    patches,
    merge: (shuffled) => mergeAll(shuffled, quiet),
    make: ({ patch, merges }) => makeGuarded({ ...evolved, edits: patch.edits, merges }, guard),
    onOrder: () => work.progress("shuffle", orders, false),
  });
}
