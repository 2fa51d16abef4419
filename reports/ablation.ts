/** What each lesson, or section, of a skill is worth: the written document, and how it is put together. Pure. */
import { z } from "zod";
import { FORMAT_VERSION, Usage } from "../harness/records.ts";
import { Interval } from "../harness/statistics/interval.ts";

const count = z.number().int().nonnegative();

export const AblatedUnit = z.strictObject({
  id: z.string(),
  title: z.string(),
  lessons: z.array(z.string()),
  support: count.nullable(),
  lines: count,
  /** Of the skill without it. */
  skill: z.string(),
  /** Distinct tasks that were tried without it, and trials made for them. */
  tasks: count,
  trials: count,
  looks: count,
  /** Mean over these tasks of the score with it less the score without, in [-1, 1]; null before the first look. */
  worth: z.number().nullable(),
  /** At 95 % for all looks together, so that it holds wherever it was stopped. */
  interval: Interval.nullable(),
  /** Tasks that it helped, and that it hurt. */
  helped: z.array(z.string()),
  hurt: z.array(z.string()),
  unscored: count,
  verdict: z.enum(["worth", "harms", "negligible", "futile", "undecided", "capped"]),
});
export type AblatedUnit = z.infer<typeof AblatedUnit>;

export const AblationReport = z.strictObject({
  version: z.literal(FORMAT_VERSION),
  kind: z.literal("ablation"),
  /** True when a simulated model made the numbers. */
  simulated: z.boolean(),
  model: z.string(),
  skill: z.strictObject({ name: z.string(), hash: z.string() }),
  by: z.enum(["lesson", "section"]),
  /** True when test tasks were among them: for a report, never to choose lessons by. */
  reportOnly: z.boolean(),
  /** Tasks that the skill was distilled from. */
  learned: count,
  rule: z.strictObject({
    looks: count,
    /** Tasks after each look. */
    sizes: z.array(count),
    least: z.number(),
    maxTrials: count.nullable(),
  }),
  runs: z.array(
    z.strictObject({ label: z.string(), benchmark: z.string(), split: z.string(), fingerprint: z.string() }),
  ),
  /** Mean score of the whole skill on all the tasks. */
  baseline: z.strictObject({ tasks: count, mean: z.number() }),
  units: z.array(AblatedUnit),
  /** What was not taken out, and why. */
  left: z.array(z.strictObject({ title: z.string(), lessons: z.array(z.string()), reason: z.string() })),
  /** Of all trials without a part. */
  usage: Usage,
});
export type AblationReport = z.infer<typeof AblationReport>;

/** What an ablation will cost, before a call is made. */
export const AblationPlan = z.strictObject({
  kind: z.literal("ablation-plan"),
  by: z.enum(["lesson", "section"]),
  units: z.array(AblatedUnit.pick({ id: true, title: true, lessons: true, support: true, lines: true })),
  left: AblationReport.shape.left,
  tasks: count,
  sizes: z.array(count),
  /** If every unit is stopped at the first look, and if none is stopped before the last. */
  trials: z.strictObject({ least: count, most: count }),
  calls: z.strictObject({ least: count, most: count }),
  tokens: z.strictObject({ least: count, most: count }),
});
export type AblationPlan = z.infer<typeof AblationPlan>;

/** What trials of the recorded run took, on the mean of one. */
export interface TrialCost {
  readonly calls: number;
  readonly tokens: number;
}

export interface PlanParts extends Pick<AblationPlan, "by" | "units" | "left" | "tasks" | "sizes"> {
  /** Trials that each look comes to for one unit, those of the looks before included. */
  readonly trialsPerLook: readonly number[];
  readonly cost: TrialCost;
  readonly maxTrials: number | null;
}

export function ablationPlan({ trialsPerLook, cost, maxTrials, ...parts }: PlanParts): AblationPlan {
  const capped = (trials: number) => Math.min(trials, maxTrials ?? trials);
  const least = capped(parts.units.length * (trialsPerLook[0] ?? 0));
  const most = capped(parts.units.length * (trialsPerLook.at(-1) ?? 0));
  const times = (each: number) => ({ least: Math.ceil(least * each), most: Math.ceil(most * each) });
  return {
    kind: "ablation-plan",
    ...parts,
    trials: { least, most },
    calls: times(cost.calls),
    tokens: times(cost.tokens),
  };
}
