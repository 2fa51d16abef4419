/** Arms against a baseline, paired by task; arms whose fingerprints differ in more than skill, memory and model are not ranked. */
import { z } from "zod";
import { serverDifferences } from "../harness/doctor/endpoint/known-server.ts";
import { hashJson } from "../harness/hash.ts";
import type { Fingerprint } from "../harness/manifest.ts";
import type { Random } from "../harness/random.ts";
import { Interval } from "../harness/statistics/interval.ts";
import { pairedDifference } from "../harness/statistics/paired.ts";
import { countedTrials, type RunTrials, scoresByUnit, unitOf } from "./rows.ts";
import { RunSummary, summarize } from "./summary.ts";

const ComparedArm = RunSummary.pick({ arm: true, model: true, simulated: true, fingerprint: true });

/** What a reader must know before trusting a difference. */
export const Warning = z.strictObject({
  kind: z.enum(["floor", "ceiling", "unscored", "missing-tasks", "seeds", "learned", "forced", "server"]),
  text: z.string(),
});
export type Warning = z.infer<typeof Warning>;

export const Difference = z.strictObject({
  arm: ComparedArm,
  baseline: ComparedArm,
  benchmark: z.string(),
  split: z.string(),
  /** Tasks that both have a score for: n. */
  tasks: z.number().int(),
  /** Mean of arm less baseline over those tasks, in [-1, 1]. */
  difference: z.number(),
  interval: Interval,
  /** Two-sided, by sign-flip permutation of tasks. */
  p: z.number(),
  method: z.enum(["exact", "sampled"]),
  /** Ids of tasks, where the arm did better, then where it did worse. */
  wins: z.array(z.string()),
  losses: z.array(z.string()),
  ties: z.number().int(),
  warnings: z.array(Warning),
});
export type Difference = z.infer<typeof Difference>;

/** One run, as the store reads it. */
export type Arm = RunTrials;

/** `refused`: the arms cannot be ranked, and `reason` tells the user why and what to do. */
export type Comparison =
  | { readonly kind: "ranked"; readonly differences: readonly Difference[] }
  | { readonly kind: "refused"; readonly reason: string };

/** With a mean this close to 0 or 1 there is little room for the arms to differ. */
const NEAR_AN_END = 0.05;
const MOST_NAMED = 5;

/**
 * Compares every arm with the first one, the baseline, on the tasks that both have scored.
 * @param forced compares even arms whose fingerprints differ; each such difference carries a warning
 * @throws RangeError with fewer than two arms
 */
export function compareArms(arms: readonly Arm[], options: { random: Random; forced?: boolean }): Comparison {
  const [baseline, ...others] = arms;
  if (baseline === undefined || others.length === 0) {
    throw new RangeError(`expected at least 2 arms to compare, got ${arms.length}`);
  }
  const differences: Difference[] = [];
  for (const arm of others) {
    const mixed = fingerprintDifferences(baseline.manifest.fingerprint, arm.manifest.fingerprint);
    if (mixed.length > 0 && options.forced !== true) return refusal(arm, baseline, mixed);
    const difference = compareTwo(arm, baseline, mixed, options.random);
    if (difference === null) return { kind: "refused", reason: `${names(arm, baseline)}: no task is scored in both` };
    differences.push(difference);
  }
  return { kind: "ranked", differences };
}

/** What arms are compared for: a memory is the rival of a skill. */
const COMPARED: readonly string[] = ["skill", "memory", "model"] satisfies (keyof Fingerprint)[];

/** Parts of two fingerprints that differ, skill, memory and model aside (invariant 8), with both values as text. */
export function fingerprintDifferences(a: Fingerprint, b: Fingerprint): string[] {
  return Object.keys(a)
    .filter((part) => !COMPARED.includes(part))
    .flatMap((part) => {
      const [left, right] = [a[part as keyof Fingerprint], b[part as keyof Fingerprint]];
      return hashJson(left) === hashJson(right) ? [] : [`${part} (${JSON.stringify(left)}, ${JSON.stringify(right)})`];
    });
}

function refusal(arm: Arm, baseline: Arm, mixed: readonly string[]): Comparison {
  return {
    kind: "refused",
    reason:
      `${names(arm, baseline)}: not ranked, for they differ in more than skill and model: ${mixed.join(", ")}. ` +
      "Run both with the same settings; or compare by force, which marks the result",
  };
}

function compareTwo(arm: Arm, baseline: Arm, mixed: readonly string[], random: Random): Difference | null {
  const [scores, baselineScores] = [scoresByUnit(countedTrials(arm)), scoresByUnit(countedTrials(baseline))];
  const shared = [...scores.keys()].filter((task) => baselineScores.has(task));
  if (shared.length === 0) return null;
  const rows = (of: ReadonlyMap<string, number[]>) => shared.map((task) => of.get(task) ?? []);
  const paired = pairedDifference(rows(scores), rows(baselineScores), random);
  const summaries = [summarize(arm), summarize(baseline)] as const;
  const tasksWhere = (sign: number) => shared.filter((_, index) => Math.sign(paired.byTask[index] ?? 0) === sign);
  return {
    arm: comparedArm(summaries[0]),
    baseline: comparedArm(summaries[1]),
    benchmark: baseline.manifest.benchmark.name,
    split: baseline.manifest.benchmark.split,
    tasks: paired.tasks,
    difference: paired.difference,
    interval: paired.interval,
    p: paired.p,
    method: paired.method,
    wins: tasksWhere(1),
    losses: tasksWhere(-1),
    ties: paired.ties,
    warnings: [
      ...(mixed.length > 0 ? [warning("forced", `compared by force; they differ in ${mixed.join(", ")}`)] : []),
      ...endWarnings(summaries),
      ...coverWarnings(summaries),
      ...summaries.flatMap(learnedWarnings),
      ...missingWarnings(arm, baseline, [scores, baselineScores]),
      ...serverWarnings(arm, baseline),
    ],
  };
}

function comparedArm({ arm, model, simulated, fingerprint }: RunSummary): Difference["arm"] {
  return { arm, model, simulated, fingerprint };
}

type Two<T> = readonly [T, T];

function endWarnings(summaries: Two<RunSummary>): Warning[] {
  return summaries.flatMap(({ arm, mean }) => {
    if (mean === null) return [];
    const score = `${arm} scores ${(100 * mean).toFixed(1)} %`;
    if (mean <= NEAR_AN_END) return [warning("floor", `${score}: the tasks may be too hard to tell arms apart`)];
    if (mean >= 1 - NEAR_AN_END) return [warning("ceiling", `${score}: the tasks may be too easy to tell arms apart`)];
    return [];
  });
}

function coverWarnings([arm, baseline]: Two<RunSummary>): Warning[] {
  const unscored = [arm, baseline].map((summary) => Object.values(summary.unscored).reduce((sum, n) => sum + n, 0));
  const seeds = [arm, baseline].map((summary) => summary.seeds.join(", "));
  return [
    ...(unscored[0] === unscored[1]
      ? []
      : [warning("unscored", `unscored trials: ${unscored[0]} of ${arm.arm}, ${unscored[1]} of ${baseline.arm}`)]),
    ...(seeds[0] === seeds[1]
      ? []
      : [warning("seeds", `seeds: ${seeds[0]} of ${arm.arm}, ${seeds[1]} of ${baseline.arm}`)]),
  ];
}

function learnedWarnings({ arm, learned, memory, tasksWanted }: RunSummary): Warning[] {
  const drawn = memory?.leftOut ?? 0;
  const ofSkill = `the skill of ${arm} was distilled from ${learned} of the ${tasksWanted} tasks: no held-out score`;
  const ofMemory = `the memory of ${arm} was drawn from ${drawn} of the ${tasksWanted} tasks: each was shown only what others taught`;
  return [
    ...(learned === 0 ? [] : [warning("learned", ofSkill)]),
    ...(drawn === 0 ? [] : [warning("learned", ofMemory)]),
  ];
}

/** Told, and no ground for refusing: whether the doctor was asked before a run is chance. */
function serverWarnings({ manifest: arm }: Arm, { manifest: baseline }: Arm): Warning[] {
  const sameModel = arm.model.name === baseline.model.name;
  const unlike = serverDifferences(arm.servers ?? [], baseline.servers ?? [], { sameModel });
  if (unlike.length === 0) return [];
  return [
    warning("server", `the doctor saw other servers behind ${arm.arm} and ${baseline.arm}: ${unlike.join(", ")}`),
  ];
}

function missingWarnings(
  arm: Arm,
  baseline: Arm,
  [scores, baselineScores]: Two<ReadonlyMap<string, unknown>>,
): Warning[] {
  const wanted = new Set([...unitsWanted(arm), ...unitsWanted(baseline)]);
  const missing = [...wanted].filter((task) => !(scores.has(task) && baselineScores.has(task)));
  if (missing.length === 0) return [];
  const named = missing.slice(0, MOST_NAMED).join(", ");
  const more = missing.length > MOST_NAMED ? ` and ${missing.length - MOST_NAMED} more` : "";
  return [
    warning(
      "missing-tasks",
      `left out, not scored in both: ${missing.length} of ${wanted.size} tasks: ${named}${more}`,
    ),
  ];
}

/** The units of all counted tasks that a run is to try; a task without a trial yet is taken to stand alone. */
function unitsWanted({ manifest, trials }: Arm): string[] {
  const units = new Map(trials.map(({ task }) => [task.id, unitOf(task)]));
  const { taskIds, errata = {}, settings } = manifest.benchmark;
  const counted = settings?.errata === "drop" ? taskIds.filter((id) => !(id in errata)) : taskIds;
  return counted.map((id) => units.get(id) ?? id);
}

function warning(kind: Warning["kind"], text: string): Warning {
  return { kind, text };
}

function names(arm: Arm, baseline: Arm): string {
  return `${arm.manifest.arm} (${arm.manifest.model.name}) against ${baseline.manifest.arm} (${baseline.manifest.model.name})`;
}
