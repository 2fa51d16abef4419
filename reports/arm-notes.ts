/** What a reader must know of an arm before believing its score: the same sentences wherever its numbers stand. */
import { counted, UNISOLATED } from "./format.ts";
import { repairNotes } from "./repairs.ts";
import type { RunSummary } from "./summary.ts";

/** Sentences without the arm's name and without a full stop; what it had in sight is told by `attestedText`. */
export function armNotes(summary: RunSummary): string[] {
  const { learned, memory, tasksWanted, unisolated, placebo } = summary;
  const these = `of these ${counted(tasksWanted, "task")}`;
  const drawn = memory?.leftOut ?? 0;
  return [
    ...(placebo === undefined
      ? []
      : [`not the skill ${placebo.of.slice(0, 12)} but a placebo of it: ${placebo.kind}, seed ${placebo.seed}`]),
    ...(unisolated ? [UNISOLATED] : []),
    // Invariant 9 keeps the test half from whatever writes a skill; nothing keeps a user from trying a skill where it was made.
    ...(learned === 0 ? [] : [`the skill was distilled from ${learned} ${these}: no held-out score`]),
    ...(drawn === 0 ? [] : [`the memory was drawn from ${drawn} ${these}: each was shown only what others taught`]),
    ...exitNotes(summary),
    ...repairNotes(summary),
  ];
}

/** Trials that did not end by a submission: a failure of protocol or a limit, told apart from wrong answers (invariant 2). */
function exitNotes({ exits }: RunSummary): string[] {
  const others = Object.entries(exits).filter(([exit]) => exit !== "submitted");
  if (others.length === 0) return [];
  const all = Object.values(exits).reduce((sum, trials) => sum + trials, 0);
  const parts = others.map(([exit, trials]) => `${trials} by ${exit}`).join(", ");
  return [`of ${counted(all, "trial")}, ended not by a submission but ${parts}`];
}
