/** Lessons on their way into a memory pass the gate that edits pass on their way into a skill: none may hold a ground truth. */
import type { Skill } from "../../harness/skill/skill.ts";
import type { ScanReport } from "../guard-reports.ts";
import { SKILL_FILE } from "../paths.ts";
import type { Edit, Lesson } from "../records.ts";
import type { Made } from "../strategy.ts";
import { passTruthGate } from "../truth-gate.ts";
import type { TruthSource } from "../truth-source.ts";

export interface Scanned {
  readonly kept: readonly Lesson[];
  /** Lessons that hold a truth, with why: never with its value. */
  readonly refused: readonly { readonly lesson: string; readonly reason: string }[];
  readonly scan: ScanReport;
}

export async function scanLessons(
  lessons: readonly Lesson[],
  source: TruthSource,
  { base, unchanged }: { readonly base: Skill; readonly unchanged: Made },
): Promise<Scanned> {
  const passed = await passTruthGate(lessons.map(asEdit), {
    base: base.files,
    source,
    titles: new Map(),
    make: () => unchanged,
    coveredBy: () => [],
  });
  const refused = new Map(passed.refused.map(({ edit, reason }) => [edit, reason]));
  return {
    kept: lessons.filter(({ id }) => !refused.has(id)),
    refused: [...refused].map(([lesson, reason]) => ({ lesson, reason })),
    scan: passed.scan,
  };
}

/** The words that an agent would be shown, as an edit that is never applied. */
function asEdit({ id, task, title, rule, reason }: Lesson): Edit {
  const content = [title, rule, reason].filter((text) => text.trim() !== "").join("\n\n");
  return {
    id,
    body: { op: "append_to_section", file: SKILL_FILE, section: "memory", content },
    lessons: [id],
    tasks: [task],
  };
}
