/** What the guards of a distillation found: parts of `distillation.json`. */
import { z } from "zod";

const Count = z.number().int();

/** The scan of the finished skill for ground truths: counts only. */
export const ScanReport = z.strictObject({
  /** Distinct values that were looked for, those of the test half for this refusal alone. */
  values: z.strictObject({ evolve: Count, test: Count }),
  /** Edits that were refused for what they hold. */
  refused: Count,
  /** Values that may stand there, by why: `ordinary`, `in-start-skill`, `given-by-task`. */
  common: z.record(z.string(), Count),
});
export type ScanReport = z.infer<typeof ScanReport>;

/** How much of the skill is owed to the order in which patches were merged. */
export const Stability = z.strictObject({
  /** Merges of the same patches in other orders, beside the one that made the skill. */
  orders: Count,
  /** Merges in those orders for which the model could not be asked. */
  faults: Count,
  /** Of all orders, those in which a lesson ended in SKILL.md, in a reference, or in neither. */
  lessons: z.array(z.strictObject({ lesson: z.string(), inSkill: Count, inReference: Count, lost: Count })),
  /** Share of lessons that ended in the same place in every order, in [0, 1]. */
  stable: z.number().min(0).max(1),
});
export type Stability = z.infer<typeof Stability>;
