/** The skill that edits are made to: the one given, a draft that the model writes from what it knows, or a bare frame. */
import type { Skill } from "../harness/skill/skill.ts";
import type { Asking } from "./ask.ts";
import type { Settled } from "./distill-options.ts";
import type { Draft } from "./documents.ts";
import type { LineKind } from "./ends.ts";
import { writeParametric } from "./parametric.ts";
import type { Progress } from "./progress.ts";
import { renamed, skeleton } from "./skeleton.ts";
import type { DistillationFolder } from "./store.ts";

export interface Start {
  /** What edits are made to, under the new skill's name. */
  readonly base: Skill;
  readonly kind: "given" | "parametric" | "frame";
  /** As analysts are shown it; null where there is nothing that an agent could have had. */
  readonly shown: Skill | null;
  /** What led to a parametric skill; null for others. */
  readonly draft: Draft | null;
  /** What a line came from that no edit wrote; null for a line of the skill that was given. */
  readonly originOf: (file: string, text: string) => LineKind | null;
}

interface Desk {
  readonly folder: DistillationFolder;
  readonly progress: Progress;
}

/** @throws SetupError when the draft could not be asked for, or the name breaks the format */
export async function openStart(options: Settled, asking: Asking, desk: Desk): Promise<Start> {
  const { start, draft, name, trials } = options;
  if (start !== null) {
    const base = renamed(start, name);
    const renames = base.hash !== start.hash;
    const originOf = (_: string, text: string) => (renames && text === `name: ${name}` ? ("frame" as const) : null);
    return { base, kind: "given", shown: start, draft: null, originOf };
  }
  const tasks = trials.map(({ task }) => task);
  const frame = skeleton(
    name,
    tasks.map(({ kind }) => kind),
  );
  const ofFrame: Start = { base: frame, kind: "frame", shown: null, draft: null, originOf: () => "frame" };
  if (draft === "frame") return ofFrame;
  const written = await writeParametric(name, tasks, frame, asking);
  await desk.folder.writeDraft(written.document, written.skill);
  desk.progress("draft", 1, written.skill === null);
  if (written.skill === null) return { ...ofFrame, draft: written.document };
  const { skill } = written;
  return { base: skill, kind: "parametric", shown: skill, draft: written.document, originOf: () => "parametric" };
}
