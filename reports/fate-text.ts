/** What became of a lesson, in words. */
import type { LessonFate } from "../distill/documents.ts";

export function fateText(fate: LessonFate): string {
  switch (fate.kind) {
    case "in-skill":
      return `in SKILL.md${wordsOf(fate)}`;
    case "in-reference":
      return `in ${fate.files.join(", ")}${wordsOf(fate)}`;
    case "in-memory":
      return fate.merged ? `in the memory, merged into ${fate.item}` : "in the memory";
    case "rejected":
      return `rejected: ${fate.problem}`;
    case "dropped":
      return `dropped (${fate.stage}) because ${fate.reason}`;
    default:
      return fate satisfies never;
  }
}

function wordsOf({ merged, edits }: { merged: boolean; edits: readonly string[] }): string {
  return merged ? `, merged into ${edits.join(", ")}` : `, as ${edits.join(", ")}`;
}
