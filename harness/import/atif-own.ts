/** What of a trial ATIF has no field for, kept under `extra.trace2skill` so that a trial comes back as it was. */
import { z } from "zod";
import { Manifest } from "../manifest.ts";
import { Action, Exit, FORMAT_VERSION, Protocol, ReasoningField, Repair, Score, Task, Usage } from "../records.ts";
import { OWN } from "./atif-format.ts";

/** Of the document. Holds ground truth in the score's explanation, as a trial does: for people, never for an agent. */
export const OwnTrial = z.looseObject({
  version: z.literal(FORMAT_VERSION),
  task: Task,
  seed: z.number().int(),
  score: Score,
  usage: Usage,
  startedAt: z.iso.datetime(),
  durationMs: z.number(),
  artifacts: z.array(z.string()),
  /** Null when there was no trajectory: the steps then are the task's instruction alone. */
  trajectory: z.strictObject({ protocol: Protocol, exit: Exit, answer: z.string() }).nullable(),
  /** Whether the task is of the test half, or was learned from. */
  sealed: z.boolean(),
  learned: z.boolean(),
  /** The manifest without its lists of tasks and seeds: the same in all documents of a run. */
  run: Manifest.omit({ seeds: true }).extend({
    benchmark: Manifest.shape.benchmark.omit({ taskIds: true, sealed: true, learned: true }),
    /** Whether the run named its sealed tasks; one that does not is sealed by its split. */
    namesSealed: z.boolean(),
    namesLearned: z.boolean(),
  }),
});
export type OwnTrial = z.infer<typeof OwnTrial>;

/** Of a message of the prompt: its role, where ATIF has another. */
export const OwnMessage = z.strictObject({
  role: z.enum(["system", "user", "assistant", "tool"]),
  toolCallId: z.string().optional(),
});

/** Of an agent's step. */
export const OwnStep = z.strictObject({
  action: Action,
  reasoningField: ReasoningField.nullable(),
  repairs: z.array(Repair).optional(),
  usage: Usage,
  modelMs: z.number(),
  commandMs: z.number(),
  waitedMs: z.number().positive().optional(),
  /** False where the tool call was read out of the reply's text. */
  nativeCalls: z.boolean(),
});
export type OwnStep = z.infer<typeof OwnStep>;

/** Of a tool call whose arguments are no JSON object, or not written as this program would write them. */
export const OwnCall = z.strictObject({ arguments: z.string() });

/** What stands under our key of an `extra`, if it is of that shape. */
export function ownIn<T>(extra: Record<string, unknown> | null | undefined, schema: z.ZodType<T>): T | null {
  return schema.safeParse(extra?.[OWN]).data ?? null;
}
