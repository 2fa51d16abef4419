/**
 * The rival that makes no skill (ReasoningBank, as compared with in arXiv:2603.25158): what each task taught is kept as it is,
 * and an agent is shown that of the task nearest to its own (`run --memory`). No model is asked; the start skill stays as it is.
 */
import { applyEdits } from "../apply.ts";
import type { LessonFate } from "../ends.ts";
import type { Evolved, Made, Work } from "../strategy.ts";
import { remember } from "./memory-items.ts";
import { scanLessons } from "./memory-scan.ts";

export async function retrieval({ sources, base, instructions, options, folder }: Work): Promise<Evolved> {
  const unchanged: Made = {
    routed: { edits: [], made: [], routed: [], dropped: [] },
    applied: applyEdits(base.files, []),
  };
  const lessons = sources.flatMap((source) => source.lessons);
  const { truths } = options;
  const scanned = truths === null ? null : await scanLessons(lessons, truths, { base, unchanged });
  const kept = scanned?.kept ?? lessons;
  const { memory, fates } = remember(base.name, kept, (task) => instructions.get(task) ?? unknown(task));
  await folder.writeMemory(memory);
  return {
    proposals: [],
    merges: [],
    levels: { patchesPerLevel: [0], editsPerLevel: [0] },
    edits: [],
    make: () => unchanged,
    elsewhere: new Map([...fates, ...refusals(scanned?.refused ?? [])]),
    memory,
    ...(scanned && { scan: scanned.scan }),
  };
}

function refusals(refused: readonly { lesson: string; reason: string }[]): (readonly [string, LessonFate])[] {
  return refused.map(({ lesson, reason }) => [lesson, { kind: "dropped", stage: "scan", reason }] as const);
}

function unknown(task: string): never {
  throw new Error(`a lesson was drawn from task ${task}, and no trial is of it`);
}
