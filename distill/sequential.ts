/**
 * The sequential baseline of the paper (arXiv:2603.25158, table 4): the lessons of a batch of trials at a time, each step
 * against the skill as the one before left it. A step that breaks the skill is rolled back. In the end what the steps
 * wrote is consolidated: lifted off, merged once, routed by support and applied again, so that its lines have a lineage too.
 */

import { shortHash } from "../harness/hash.ts";
import { FORMAT_VERSION, NO_USAGE } from "../harness/records.ts";
import type { Skill } from "../harness/skill/skill.ts";
import type { Merge } from "./documents.ts";
import { type LiftedGroup, liftEdits, withoutEdits } from "./lift.ts";
import { type Ground, makeSkill } from "./make.ts";
import { groupsOf } from "./merge.ts";
import { mergeGroup } from "./merge-group.ts";
import { filesOf, type Pages } from "./pages.ts";
import { mergeAllByProgram } from "./program-merge.ts";
import type { TrialLessons } from "./propose.ts";
import type { Edit, Patch } from "./records.ts";
import { breakage, openState, type State, type Taken, takeStep } from "./step.ts";
import type { Evolved, Made, Work } from "./strategy.ts";

export async function sequential(work: Work): Promise<Evolved> {
  const { sources, base, options, folder, progress } = work;
  const batches = groupsOf(sources, options.batch);
  const taken: Taken[] = [];
  let state = openState(base);
  for (const [index, batch] of batches.entries()) {
    work.asking.signal.throwIfAborted();
    const next = await takeStep(
      state,
      { step: index + 1, trials: batch.map(({ trial }) => trial), source: joined(batch) },
      work,
    );
    await folder.writeStep(next.step);
    progress("step", batches.length, next.step.outcome.kind === "rolled-back");
    state = next.state;
    taken.push(next);
  }
  return consolidate(state, taken, work);
}

function joined(batch: readonly TrialLessons[]): TrialLessons {
  return { trial: batch.map(({ trial }) => trial).join(", "), lessons: batch.flatMap(({ lessons }) => lessons) };
}

async function consolidate(state: State, taken: readonly Taken[], work: Work): Promise<Evolved> {
  const lifted = liftEdits(state.skill, state.pages, state.alive);
  const { ground, grounded, groups } = lifted;
  const first = liftingOf(groups, taken);
  const merge = await mergeOnce(first.patch, ground.skill, work);
  const edits = [...(merge ?? { output: first.patch }).output.edits, ...grounded];
  const proposed = taken.flatMap(({ step }) => step.proposal.patch.edits).length;
  const merges = [first.merge, merge].filter((one) => one !== null);
  const sizes = [first.patch.edits.length, ...(merge === null ? [] : [merge.output.edits.length])];
  const evolved: Evolved = {
    ...told(state, taken),
    merges,
    levels: { patchesPerLevel: [taken.length, ...sizes.map(() => 1)], editsPerLevel: [proposed, ...sizes] },
    edits,
    make: makerOf({ skill: ground.skill, pages: ground.pages, edits: grounded }, work),
  };
  const broken = breakage(state.skill, evolved.make(edits, work.titles).applied.files, work.options);
  return broken === null ? evolved : unconsolidated(state, taken, broken, work);
}

/** What the steps did, as far as it is over. */
function told({ alive, gone }: State, taken: readonly Taken[]): Pick<Evolved, "proposals" | "steps" | "gone"> {
  const proposals = taken.map(({ step: { proposal }, stated }) => ({
    ...proposal,
    // Lessons that the skill states already have come to stand behind the edits that state them.
    patch: { ...proposal.patch, edits: proposal.patch.edits.map((edit) => alive.get(edit.id) ?? edit) },
    left: proposal.left.filter(({ lesson }) => !stated.has(lesson)),
  }));
  return { proposals, steps: taken.map(({ step }) => step), gone };
}

/** The skill as the last step left it. */
function unconsolidated(state: State, taken: readonly Taken[], broken: string, work: Work): Evolved {
  const edits = [...state.alive.values()];
  const proposed = taken.flatMap(({ step }) => step.proposal.patch.edits).length;
  return {
    ...told(state, taken),
    merges: [],
    levels: { patchesPerLevel: [taken.length, 1], editsPerLevel: [proposed, edits.length] },
    edits,
    make: makerOf({ skill: state.skill, pages: state.pages, edits }, work),
    notices: [`the consolidation was rolled back: ${broken}`],
  };
}

interface Grounded {
  readonly skill: Skill;
  readonly pages: Pages;
  /** The edits behind its lines. */
  readonly edits: readonly Edit[];
}

/** Edits that are behind lines of the ground stay there, unless they are left out. */
function makerOf({ skill, pages, edits: grounded }: Grounded, { options }: Work): Evolved["make"] {
  return (edits, titles): Made => {
    const wanted = new Set(edits.map(({ id }) => id));
    const gone = new Set(grounded.map(({ id }) => id).filter((id) => !wanted.has(id)));
    const kept = gone.size === 0 ? pages : withoutEdits(pages, gone);
    const { files } = filesOf(kept, skill.files);
    const behind = grounded.filter(({ id }) => !gone.has(id));
    const ground: Ground = { files, authors: kept, edits: behind };
    const ids = new Set(behind.map(({ id }) => id));
    return makeSkill(
      ground,
      edits.filter(({ id }) => !ids.has(id)),
      { ...options, titles },
    );
  };
}

/** The patch of what was lifted, and a record of edits that became others by it, because they shared lines or sections. */
function liftingOf(groups: readonly LiftedGroup[], taken: readonly Taken[]): { patch: Patch; merge: Merge | null } {
  const edits = groups.flatMap(({ to }) => to);
  const patch: Patch = {
    id: `s-${shortHash(edits.map(({ id }) => id))}`,
    reasoning: "What the steps wrote, as additions to what was there before.",
    edits,
  };
  const changed = groups.some(({ from, to }) => from.some(({ id }) => to.every((edit) => edit.id !== id)));
  if (!changed) return { patch, merge: null };
  const fates = groups.flatMap(({ from, to }) =>
    from.map(({ id }) => {
      const into = to.map((edit) => edit.id);
      return into.includes(id) ? ({ kind: "kept", edit: id } as const) : ({ kind: "merged", edit: id, into } as const);
    }),
  );
  const inputs = taken.map(({ step }) => step.proposal.patch.id);
  const place = { version: FORMAT_VERSION, id: `${patch.id}-lifted`, level: 1, index: 0, inputs } as const;
  const how = { by: "program", fault: null, usage: NO_USAGE } as const;
  return { patch, merge: { ...place, output: patch, fates, refused: [], notices: [], ...how } };
}

/** One call that may merge and drop what the steps wrote; null where there is nothing to merge. */
async function mergeOnce(patch: Patch, ground: Skill, work: Work): Promise<Merge | null> {
  if (patch.edits.length < 2) return null;
  const { asking, options, folder, progress } = work;
  // By program a patch is merged with itself: a single one would pass on.
  const byProgram = () => mergeAllByProgram([patch, { ...patch, id: `${patch.id}-end`, edits: [] }]).merges[0];
  const merge =
    options.merge === "program" ? byProgram() : await mergeGroup([patch], { level: 2, index: 0 }, ground, asking);
  if (merge === undefined) throw new Error("two patches make one merge");
  const placed = { ...merge, level: 2, inputs: [patch.id] };
  await folder.writeMerge(placed);
  progress("merge", 1, options.merge === "model" && merge.by === "program");
  return placed;
}
