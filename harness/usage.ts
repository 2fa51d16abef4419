import { z } from "zod";
import type { Usage } from "./records.ts";
import { NO_USAGE } from "./records.ts";

/** Who asks, for the account of who spent what. */
export const Caller = z.enum([
  "agent",
  "error-analyst",
  "success-analyst",
  "proposer",
  "merger",
  "parametric",
  "embedder",
]);
export type Caller = z.infer<typeof Caller>;

/** The sum, field by field. */
export function sumUsage(usages: Iterable<Usage>): Usage {
  const sum: Usage = { ...NO_USAGE };
  for (const usage of usages) {
    for (const field of Object.keys(usage) as (keyof Usage)[]) sum[field] = (sum[field] ?? 0) + (usage[field] ?? 0);
  }
  return sum;
}
