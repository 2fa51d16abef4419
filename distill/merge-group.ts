/** One merge: a model call, checked by code; without a usable reply the edits are put together by program, never lost. */
import { messageOf } from "../harness/errors.ts";
import { fence, loadPrompt } from "../harness/prompt.ts";
import { FORMAT_VERSION, NO_USAGE, type Usage } from "../harness/records.ts";
import { ContextLimitError, ModelError } from "../harness/roles.ts";
import type { Skill } from "../harness/skill/skill.ts";
import { sumUsage } from "../harness/usage.ts";
import { applyEdits, conflictsOf } from "./apply.ts";
import { type Asking, askForJson } from "./ask.ts";
import { type Covered, coverGroup, MergerReply, type Unfit } from "./coverage.ts";
import type { Merge } from "./documents.ts";
import { fencedFiles } from "./edit-reply.ts";
import type { MergePlace } from "./merge.ts";
import { mergeByProgram } from "./program-merge.ts";
import { type Patch, supportOf } from "./records.ts";

const PROMPT = loadPrompt(new URL("./prompts/merger.md", import.meta.url), []);
export const MERGER_HASH = PROMPT.hash;

/**
 * Merges a group of patches with one model call, or two when the first reply cannot be read. When neither can be, or the
 * call fails, the group is asked for once more with another draw, and then merged by program: never passed on as it is.
 * @throws SetupError
 */
export async function mergeGroup(
  group: readonly Patch[],
  place: MergePlace,
  base: Skill,
  asking: Asking,
): Promise<Merge> {
  const edits = group.flatMap((patch) => patch.edits);
  const opening = openingOf(group, base, conflictsOf(base.files, edits));
  const first = await ask(opening, asking, 0);
  const last = first.kind === "failed" && first.again ? await ask(opening, asking, 1) : first;
  const usage = sumUsage(last === first ? [first.usage] : [first.usage, last.usage]);
  const retried = last !== first;
  if (last.kind === "read")
    return recordOf(group, place, coverGroup(group, last.reply, unfitFor(base)), {
      by: "model",
      retried,
      fault: null,
      usage,
    });
  const covered = mergeByProgram(group, `Put together by the harness: ${last.problem}`);
  return recordOf(group, place, covered, { by: "program", retried, fault: last.fault, usage });
}

type Asked =
  | { readonly kind: "read"; readonly reply: MergerReply; readonly usage: Usage }
  | {
      readonly kind: "failed";
      readonly problem: string;
      /** Whether another draw may come out better: a prompt that is too long stays so. */
      readonly again: boolean;
      /** A fault that may be gone the next time, or null. */
      readonly fault: string | null;
      readonly usage: Usage;
    };

async function ask(opening: string, asking: Asking, draw: number): Promise<Asked> {
  try {
    const { value, problem, usage } = await askForJson(asking, {
      caller: "merger",
      system: PROMPT.fill({}),
      user: { role: "user", content: opening },
      schema: MergerReply,
      check: () => null,
      allowsCut: true, // what is missing is put back
      draw,
    });
    if (value !== null) return { kind: "read", reply: value, usage };
    return { kind: "failed", problem: problem ?? "the reply cannot be read", again: true, fault: null, usage };
  } catch (error) {
    if (!(error instanceof ModelError || error instanceof ContextLimitError)) throw error;
    const again = error instanceof ModelError;
    const problem = messageOf(error);
    return { kind: "failed", problem, again, fault: again ? problem : null, usage: NO_USAGE };
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
  { retried, ...how }: Pick<Merge, "by" | "fault" | "usage"> & { readonly retried: boolean },
): Merge {
  const inputs = group.map(({ id }) => id);
  const again = retried && { retried };
  return { version: FORMAT_VERSION, id: covered.output.id, level, index, inputs, ...covered, ...how, ...again };
}
