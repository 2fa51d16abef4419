/** What had to be put right in the replies of a run, counted and in words: habits of a server that its user can often mend. */
import { z } from "zod";
import { Repair } from "../harness/records.ts";
import type { Outcome } from "../harness/run/outcome.ts";
import { counted, grouped } from "./format.ts";
import type { RunSummary } from "./summary.ts";

const count = z.number().int().nonnegative();

/** Replies by what was put right in them; `replies` is all there were. */
export const Repairs = z.strictObject({ replies: count, by: z.partialRecord(Repair, count) });
export type Repairs = z.infer<typeof Repairs>;

/** Null where every reply could be used as it came. */
export function repairsOf(trials: readonly Outcome[]): Repairs | null {
  const steps = trials.flatMap(({ trajectory }) => trajectory?.steps ?? []);
  const by: Repairs["by"] = {};
  for (const kind of Repair.options) {
    const replies = steps.filter(({ repairs = [] }) => repairs.includes(kind)).length;
    if (replies > 0) by[kind] = replies;
  }
  return Object.keys(by).length === 0 ? null : { replies: steps.length, by };
}

const WORDS: Readonly<Record<Repair, string>> = {
  "thinking-in-content": "had thinking in their text (the server needs a reasoning parser)",
  "call-in-content": "had tool calls in their text (the server needs another tool-call parser)",
  "mended-json": "had broken JSON that program mended",
  "call-ids": "had tool calls without ids of their own",
  "asked-again": "could not be used and were asked for again",
};

/** A note a reader must not miss, or none: what was put right, and tokens that nobody knows. */
export function repairNotes({ repairs, usage }: Pick<RunSummary, "repairs" | "usage">): string[] {
  const parts = Object.entries(repairs?.by ?? {}).map(([kind, n]) => `${grouped(n)} ${WORDS[kind as Repair]}`);
  const untold = usage.untold ?? 0;
  return [
    ...(repairs === undefined ? [] : [`replies: of ${grouped(repairs.replies)}, ${parts.join("; ")}`]),
    ...(untold === 0
      ? []
      : [
          `the server told no tokens for ${counted(untold, "call")} of ${grouped(usage.calls)}: sums of tokens are too low`,
        ]),
  ];
}
