import type { Usage } from "./records.ts";
import { NO_USAGE } from "./records.ts";

/** The sum, field by field. */
export function sumUsage(usages: Iterable<Usage>): Usage {
  const sum = { ...NO_USAGE };
  for (const usage of usages) {
    for (const field of Object.keys(sum) as (keyof Usage)[]) sum[field] += usage[field];
  }
  return sum;
}
