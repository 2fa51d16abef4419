/** What the folder of a unit says of itself, as `unit.json` beside what was made there: that it has ended, and what it took. */
import { z } from "zod";
import { FORMAT_VERSION } from "../../harness/records.ts";

export const UNIT_FILE = "unit.json";

export const UnitRecord = z.strictObject({
  version: z.literal(FORMAT_VERSION),
  kind: z.literal("unit"),
  /** Of the plan: hash of everything that decides the result. */
  id: z.string(),
  /** `run`, `distill`, … */
  of: z.string(),
  /** `begun` when a process was killed at it, `stopped` when one left it in good order. */
  state: z.enum(["begun", "stopped", "ended"]),
  /** By the clock, over all commands that worked on it, of a distillation from its last lesson on; null where one was killed, or most calls came from the journal. */
  minutes: z.number().nonnegative().nullable(),
  /** Of a run: whether a skill or a memory is made from its trials, which stay as they are from when that began. */
  used: z.boolean(),
  /** Of a skill that no document beside it tells the hash of: its hash as it was made. */
  skill: z.string().optional(),
});
export type UnitRecord = z.infer<typeof UnitRecord>;
