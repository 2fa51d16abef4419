/** One merge: a model call, checked by code; without a usable reply the edits are put together by program, never lost. */
import { messageOf } from "../harness/errors.ts";
import { fence, loadPrompt } from "../harness/prompt.ts";
import { FORMAT_VERSION, NO_USAGE } from "../harness/records.ts";
import { ContextLimitError, ModelError } from "../harness/roles.ts";
import type { Skill } from "../harness/skill/skill.ts";
import { applyEdits, conflictsOf } from "./apply.ts";
import { type Asking, askForJson } from "./ask.ts";
import { type Covered, concatenate, coverGroup, MergerReply, type Unfit } from "./coverage.ts";
import type { Merge } from "./documents.ts";
import { fencedFiles } from "./edit-reply.ts";
import type { MergePlace } from "./merge.ts";
import { type Patch, supportOf } from "./records.ts";

const PROMPT = loadPrompt(new URL("./prompts/merger.md", import.meta.url), []);
export const MERGER_HASH = PROMPT.hash;

/**
 * Merges a group of patches with one model call, or two when the first reply cannot be read.
 * @throws SetupError
 */
export async function mergeGroup(
  group: readonly Patch[],
  place: MergePlace,
  base: Skill,
  asking: Asking,
): Promise<Merge> {
  const edits = group.flatMap((patch) => patch.edits);
  try {
    const { value, problem, usage } = await askForJson(asking, {
      caller: "merger",
      system: PROMPT.fill({}),
      user: { role: "user", content: openingOf(group, base, conflictsOf(base.files, edits)) },
      schema: MergerReply,
      check: () => null,
      allowsCut: true, // what is missing is put back
    });
    const covered =
      value === null
        ? concatenate(group, `Put together by the harness: ${problem}`)
        : coverGroup(group, value, unfitFor(base));
    return recordOf(group, place, covered, { by: value === null ? "program" : "model", fault: null, usage });
  } catch (error) {
    if (!(error instanceof ModelError || error instanceof ContextLimitError)) throw error;
    const covered = concatenate(group, `Put together by the harness: ${messageOf(error)}`);
    return recordOf(group, place, covered, {
      by: "program",
      fault: error instanceof ModelError ? messageOf(error) : null,
      usage: NO_USAGE,
    });
  }
}

function openingOf(group: readonly Patch[], base: Skill, conflicts: readonly (readonly [string, string])[]): string {
  const shown = group.map(({ id, reasoning, edits }) => ({
    id,
    reasoning,
    edits: edits.map((edit) => ({ id: edit.id, support: supportOf(edit), ...edit.body })),
  }));
  const clashes = conflicts.length === 0 ? [] : [fence("conflicts", JSON.stringify(conflicts))];
  return [fencedFiles(base), fence("patches", JSON.stringify(shown, null, 1)), ...clashes].join("\n\n");
}

/** Conflicts are settled when all is merged, for support may still grow; what does not fit never will. */
function unfitFor(base: Skill): Unfit {
  return (edits) => {
    const { rejected } = applyEdits(base.files, edits);
    return new Map(rejected.filter(({ kind }) => kind === "unfit").map(({ edit, problem }) => [edit.id, problem]));
  };
}

function recordOf(
  group: readonly Patch[],
  { level, index }: MergePlace,
  covered: Covered,
  how: Pick<Merge, "by" | "fault" | "usage">,
): Merge {
  const inputs = group.map(({ id }) => id);
  return { version: FORMAT_VERSION, id: covered.output.id, level, index, inputs, ...covered, ...how };
}
