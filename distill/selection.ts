/** Choosing one of several independent distillations by score. Pure: scores in, choice out; no test score can get here. */
import { z } from "zod";
import type { Random } from "../harness/random.ts";
import { clip, Interval, mean, standardDeviation, tInterval } from "../harness/statistics/interval.ts";
import { areEqual, meanInterval, ROUNDING } from "../harness/statistics/mean.ts";
import { pairedDifference } from "../harness/statistics/paired.ts";
import type { UnitScores } from "./selection-gate.ts";

/** What candidates are scored on: the tasks they were distilled from, or tasks held back from them. `none`: no choice. */
export const SelectBy = z.enum(["train", "validation", "none"]);
export type SelectBy = z.infer<typeof SelectBy>;

const count = z.number().int().nonnegative();

/** The score of one candidate. */
export const CandidateScore = z.strictObject({
  seed: z.number().int(),
  /** Units that every candidate has a score for: n. */
  tasks: count,
  /** Null without any. */
  mean: z.number().nullable(),
  interval: Interval.nullable(),
});
export type CandidateScore = z.infer<typeof CandidateScore>;

/** Mean and spread over seeds: what to expect of one distillation, whichever was chosen. */
export const OverSeeds = z.strictObject({
  seeds: count,
  mean: z.number(),
  /** Sample standard deviation of the candidates' means; null with one. */
  spread: z.number().nullable(),
  /** 95 %, Student's t over seeds, for these tasks; null with one, and where all are equal, which tells no width. */
  interval: Interval.nullable(),
});
export type OverSeeds = z.infer<typeof OverSeeds>;

export const Choice = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("chosen"),
    seed: z.number().int(),
    /** Seeds with the same mean; the one that was named first is chosen. */
    tied: z.array(z.number().int()),
    /** The best of the others, and whether the winner is more than lucky; null when there is none. */
    runnerUp: z
      .strictObject({ seed: z.number().int(), difference: z.number(), interval: Interval, p: z.number() })
      .nullable(),
  }),
  /** There was one distillation. */
  z.strictObject({ kind: z.literal("only"), seed: z.number().int() }),
  /** All are reported, none is chosen. */
  z.strictObject({ kind: z.literal("all") }),
]);
export type Choice = z.infer<typeof Choice>;

export interface Candidate {
  readonly seed: number;
  readonly scores: UnitScores;
}

/**
 * The candidates' scores on the units that all of them have a score for, in the order of the candidates.
 * Units that are missing in one are left out of all, so that no candidate is ahead by luck of what was scored.
 */
export function candidateScores(candidates: readonly Candidate[]): CandidateScore[] {
  const shared = sharedUnits(candidates);
  return candidates.map(({ seed, scores }) => {
    const rows = rowsOf(scores, shared);
    if (rows.length === 0) return { seed, tasks: 0, mean: null, interval: null };
    return { seed, tasks: rows.length, mean: mean(rows.map(mean)), interval: meanInterval(rows) };
  });
}

/**
 * Chooses the candidate with the highest mean; of equal ones that which was named first.
 * @param random of the permutations where there are too many to count
 * @returns null when the candidates share no scored unit, so that nothing can be chosen
 * @throws RangeError without a candidate
 */
export function chooseBest(candidates: readonly Candidate[], random: Random): Choice | null {
  const [only] = candidates;
  if (only === undefined) throw new RangeError("expected at least 1 candidate to choose from, got none");
  if (candidates.length === 1) return { kind: "only", seed: only.seed };
  const shared = sharedUnits(candidates);
  if (shared.length === 0) return null;
  // Stable: equal means stay in the order in which the seeds were named.
  const ranked = candidates
    .map((candidate) => ({ ...candidate, mean: mean(rowsOf(candidate.scores, shared).map(mean)) }))
    .toSorted((one, other) => (Math.abs(one.mean - other.mean) < ROUNDING ? 0 : other.mean - one.mean));
  const [winner, second] = ranked;
  if (winner === undefined) return null;
  const tied = ranked.slice(1).filter((other) => winner.mean - other.mean < ROUNDING);
  return {
    kind: "chosen",
    seed: winner.seed,
    tied: tied.map(({ seed }) => seed),
    runnerUp: second === undefined ? null : { seed: second.seed, ...against(winner, second, shared, random) },
  };
}

/** Null when no candidate has a score. */
export function overSeeds(scores: readonly CandidateScore[]): OverSeeds | null {
  const means = scores.flatMap(({ mean }) => (mean === null ? [] : [mean]));
  if (means.length === 0) return null;
  return {
    seeds: means.length,
    mean: mean(means),
    spread: means.length > 1 ? standardDeviation(means) : null,
    interval: areEqual(means) ? null : clip(tInterval(means), { low: 0, high: 1 }),
  };
}

function against(winner: Candidate, second: Candidate, shared: readonly string[], random: Random) {
  const { difference, interval, p } = pairedDifference(
    rowsOf(winner.scores, shared),
    rowsOf(second.scores, shared),
    random,
  );
  return { difference, interval, p };
}

function sharedUnits(candidates: readonly Candidate[]): string[] {
  const [first, ...others] = candidates;
  return [...(first?.scores.keys() ?? [])].filter((unit) => others.every(({ scores }) => scores.has(unit))).sort();
}

function rowsOf(scores: UnitScores, units: readonly string[]): (readonly number[])[] {
  return units.map((unit) => scores.get(unit) ?? []);
}
