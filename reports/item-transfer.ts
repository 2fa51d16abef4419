/** What an arm does to single tasks: which it passes that the baseline failed, and which it fails that the baseline passed. */
import { z } from "zod";
import { mean } from "../harness/statistics/interval.ts";
import { withoutRounding } from "../harness/statistics/mean.ts";

const count = z.number().int().nonnegative();
const share = z.number().min(0).max(1);

/** Over several seeds a task is passed when more than half of its score is there, failed when less than half is. */
export const ItemTransfer = z.strictObject({
  /** Tasks that the baseline passes, and those of them that the arm fails: negative transfer. */
  passed: count,
  harmed: z.array(z.string()),
  /** Tasks that the baseline fails, and those of them that the arm passes. */
  failed: count,
  helped: z.array(z.string()),
  /**
   * How often the arm fails a task that a seed of the baseline passed; null where it passed none. By other seeds of the arm
   * than that one, where there are others: arms often share the luck of a seed.
   */
  harm: share.nullable(),
  /** As `harm`, of other seeds of the baseline itself: what chance alone takes away. Null with one seed. */
  chance: share.nullable(),
});
export type ItemTransfer = z.infer<typeof ItemTransfer>;

/** Scores of each unit by seed, one for each case; a seed without a score is left out. */
export type ScoresBySeed = ReadonlyMap<string, ReadonlyMap<number, readonly number[]>>;

/** Looks at the units named, which both must have a score for. */
export function itemTransfer(units: readonly string[], arm: ScoresBySeed, baseline: ScoresBySeed): ItemTransfer {
  const rows = units.map((unit) => ({ unit, arm: outcomesOf(arm, unit), baseline: outcomesOf(baseline, unit) }));
  const passed = rows.filter((row) => lean(row.baseline) > 0);
  const failed = rows.filter((row) => lean(row.baseline) < 0);
  const pairs = rows.flatMap((row) => row.baseline.map((before) => ({ before, ...row })));
  return {
    passed: passed.length,
    harmed: passed.filter((row) => lean(row.arm) < 0).map(({ unit }) => unit),
    failed: failed.length,
    helped: failed.filter((row) => lean(row.arm) > 0).map(({ unit }) => unit),
    harm: shareFailing(pairs.map(({ before, arm: after }) => ({ before, after: others(after, before) ?? after }))),
    chance: shareFailing(pairs.map(({ before, baseline: own }) => ({ before, after: others(own, before) ?? [] }))),
  };
}

/** One seed on one unit: its score, cases of a family averaged. */
interface SeedOutcome {
  readonly seed: number;
  readonly score: number;
}

function outcomesOf(scores: ScoresBySeed, unit: string): SeedOutcome[] {
  return [...(scores.get(unit) ?? [])].map(([seed, cases]) => ({ seed, score: mean(cases) }));
}

/** Outcomes of other seeds; null where there is none. */
function others(outcomes: readonly SeedOutcome[], { seed }: SeedOutcome): SeedOutcome[] | null {
  const rest = outcomes.filter((outcome) => outcome.seed !== seed);
  return rest.length === 0 ? null : rest;
}

/** Above 0 where a task is passed, below where it is failed; 0 where it is neither. */
function lean(outcomes: readonly SeedOutcome[]): number {
  return withoutRounding(mean(outcomes.map(({ score }) => score)) - 0.5);
}

interface BeforeAfter {
  readonly before: SeedOutcome;
  readonly after: readonly SeedOutcome[];
}

/** Each passed seed weighs the same, however many it is set against. */
function shareFailing(pairs: readonly BeforeAfter[]): number | null {
  const shares = pairs
    .filter(({ before, after }) => lean([before]) > 0 && after.length > 0)
    .map(({ after }) => mean(after.map((outcome) => (lean([outcome]) < 0 ? 1 : 0))));
  return shares.length === 0 ? null : mean(shares);
}
