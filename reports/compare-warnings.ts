/** What a reader must know before trusting a difference: warnings, each a sentence with the figures behind it. */
import { z } from "zod";
import { serverDifferences } from "../harness/doctor/endpoint/known-server.ts";
import { ALPHA } from "../harness/statistics/alpha.ts";
import { meanScore } from "../harness/statistics/mean.ts";
import { leastP } from "../harness/statistics/sign-flip.ts";
import { counted, firstOf } from "./format.ts";
import { type RunTrials, unitOf } from "./rows.ts";
import type { RunSummary } from "./summary.ts";

export const Warning = z.strictObject({
  kind: z.enum([
    "too-few",
    "floor",
    "ceiling",
    "unscored",
    "missing-trials",
    "missing-tasks",
    "seeds",
    "learned",
    "forced",
    "server",
  ]),
  text: z.string(),
});
export type Warning = z.infer<typeof Warning>;

/** An arm and its baseline, in this order. */
export type Two<T> = readonly [T, T];

/** With a mean this close to 0 or 1 there is little room for the arms to differ. */
const NEAR_AN_END = 0.05;
const MOST_NAMED = 5;

/** @param scored what is compared: a row of scores for each unit that has one */
export function warningsOf(
  runs: Two<RunTrials>,
  summaries: Two<RunSummary>,
  scored: Two<ReadonlyMap<string, readonly number[]>>,
): Warning[] {
  return [
    ...summaries.flatMap(({ arm }, index) => endWarnings(arm, meanScore([...(scored[index]?.values() ?? [])]))),
    ...coverWarnings(summaries),
    ...runs.flatMap(unfinishedWarnings),
    ...summaries.flatMap(learnedWarnings),
    ...missingWarnings(runs, scored),
    ...serverWarnings(runs),
  ];
}

/** How many tasks, or clusters of them, signs are flipped of. */
interface Units {
  readonly tasks: number;
  readonly clusters: number | null;
}

/**
 * Where no outcome at all would be significant, saying that there is no evidence would mislead.
 * @param least p that any outcome has, adjusted for all `comparisons` that were made together
 */
export function tooFewWarnings({ tasks, clusters }: Units, least: number, comparisons: number): Warning[] {
  if (least <= ALPHA) return [];
  const [units, noun] = clusters === null ? [tasks, "task"] : [clusters, "cluster"];
  let enough = units;
  while (comparisons * leastP(enough) > ALPHA) enough += 1;
  const together = comparisons > 1 ? ` after Holm's adjustment for ${comparisons} comparisons` : "";
  const text = `with ${counted(units, noun)} no outcome is significant, for p is at least ${Number(least.toPrecision(3))}${together}: it takes ${counted(enough, noun)}`;
  return [warning("too-few", text)];
}

export function warning(kind: Warning["kind"], text: string): Warning {
  return { kind, text };
}

function endWarnings(arm: string, mean: number): Warning[] {
  const score = `${arm} scores ${(100 * mean).toFixed(1)} %`;
  if (mean <= NEAR_AN_END) return [warning("floor", `${score}: the tasks may be too hard to tell arms apart`)];
  if (mean >= 1 - NEAR_AN_END) return [warning("ceiling", `${score}: the tasks may be too easy to tell arms apart`)];
  return [];
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
      : [warning("seeds", `other seeds: ${seeds[0]} of ${arm.arm}; ${seeds[1]} of ${baseline.arm}`)]),
  ];
}

/** A run that stopped half-way has fewer seeds of some tasks, and need not lack a task. */
function unfinishedWarnings({ manifest, trials }: RunTrials): Warning[] {
  const wanted = manifest.benchmark.taskIds.length * manifest.seeds.length;
  const missing = wanted - trials.length;
  if (missing <= 0) return [];
  return [
    warning(
      "missing-trials",
      `${manifest.arm} is not finished: ${missing} of its ${counted(wanted, "trial")} are not there; the same run command makes them`,
    ),
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
function serverWarnings([{ manifest: arm }, { manifest: baseline }]: Two<RunTrials>): Warning[] {
  const sameModel = arm.model.name === baseline.model.name;
  const unlike = serverDifferences(arm.servers ?? [], baseline.servers ?? [], { sameModel });
  if (unlike.length === 0) return [];
  return [
    warning("server", `the doctor saw other servers behind ${arm.arm} and ${baseline.arm}: ${unlike.join(", ")}`),
  ];
}

/** Tasks that one run was never to try are told apart from those that it has no score for. */
function missingWarnings(runs: Two<RunTrials>, scored: Two<ReadonlyMap<string, unknown>>): Warning[] {
  const { all, foreign } = tasksApart(runs);
  const missing = all.filter((unit) => !(scored[0].has(unit) && scored[1].has(unit)));
  return [
    ...foreign.map((text) => warning("missing-tasks", text)),
    ...(missing.length === 0
      ? []
      : [
          warning(
            "missing-tasks",
            `left out, not scored in both: ${missing.length} of ${counted(all.length, "task")}: ${firstOf(missing, MOST_NAMED)}`,
          ),
        ]),
  ];
}

/** All tasks that the runs are to try, and a sentence for a run that was not to try all of them. */
export function tasksApart(runs: Two<RunTrials>): { all: string[]; foreign: string[] } {
  const units = new Map(runs.flatMap(({ trials }) => trials.map(({ task }) => [task.id, unitOf(task)])));
  const wanted = runs.map((run) => new Set(unitsWanted(run, units)));
  const all = [...new Set(wanted.flatMap((own) => [...own]))];
  const foreign = runs.flatMap(({ manifest }, index) => {
    const lacking = all.filter((unit) => !wanted[index]?.has(unit));
    return lacking.length === 0 ? [] : [`${manifest.arm} was not run on ${someOf(lacking)}`];
  });
  return { all, foreign };
}

function someOf(units: readonly string[]): string {
  return `${counted(units.length, "task")} of the other: ${firstOf(units, MOST_NAMED)}`;
}

/** The units of all counted tasks that a run is to try; a task that has no trial yet is taken to stand alone. */
function unitsWanted({ manifest }: RunTrials, units: ReadonlyMap<string, string>): string[] {
  const { taskIds, errata = {}, settings } = manifest.benchmark;
  const wanted = settings?.errata === "drop" ? taskIds.filter((id) => !(id in errata)) : taskIds;
  return wanted.map((id) => units.get(id) ?? id);
}
