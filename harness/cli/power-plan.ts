/** What an experiment of some size can see, as data: from runs that are there, or from assumptions alone. */

import type { RunTrials } from "../../reports/rows.ts";
import { type ClusterOf, clusteredSummary, type RunSummary } from "../../reports/summary.ts";
import { SetupError, UsageError } from "../errors.ts";
import type { Random } from "../random.ts";
import { normalReach } from "../statistics/interval.ts";
import { type NoiseFloor, noiseFloor } from "../statistics/noise.ts";
import { plannedEffect, plannedPower, seedsNeeded, tasksNeeded, type VarianceAt } from "../statistics/power.ts";
import type { Design } from "../statistics/variance.ts";
import {
  type Assumed,
  assumedSpread,
  isGraded,
  type Spread,
  spreadOfArms,
  spreadOfOne,
  type UnitRows,
  unitRows,
  varianceOf,
} from "./power-parts.ts";

export interface Asked {
  readonly tasks?: number | undefined;
  readonly seeds?: number | undefined;
  readonly effect?: number | undefined;
  readonly power: number;
  readonly assumed: Assumed;
  /** Null where tasks stand alone; of no use without a baseline and an arm. */
  readonly clusterOf: ClusterOf | null;
}

type Arm = Pick<
  RunSummary,
  | "arm"
  | "model"
  | "simulated"
  | "benchmark"
  | "split"
  | "metric"
  | "scorer"
  | "fingerprint"
  | "tasks"
  | "clusters"
  | "seeds"
  | "mean"
  | "interval"
>;

export interface PowerReport {
  readonly kind: "power";
  /** True when the spread was measured on a simulated model. */
  readonly simulated: boolean;
  readonly runs: readonly Arm[];
  readonly assumed: Assumed;
  readonly spread: Spread;
  /** A/A: of each run with two seeds or more. */
  readonly noise: readonly (NoiseFloor & { readonly arm: string; readonly model: string })[];
  /** That the rest is said of: of both arms. */
  readonly design: Design;
  /** Two arms that are the same differ by at most this in 95 of 100 experiments of this design. */
  readonly noiseReach: number;
  /** Of finding the smallest effect. */
  readonly power: number;
  /** Null where no difference of scores would be found with that chance. */
  readonly smallestEffect: number | null;
  /** The same of an effect that is spread evenly over tasks; null where it was measured how effects differ between them. */
  readonly evenly: { readonly smallestEffect: number | null; readonly power: number | null } | null;
  /** The effect that was asked for in this design, and what it takes to see it; null when none was. */
  readonly wanted: {
    readonly effect: number;
    readonly power: number;
    /** With the seeds of the design; null where a million do not do. */
    readonly tasks: number | null;
    /** With the tasks of the design; null where no number of seeds does. */
    readonly seeds: number | null;
  } | null;
  /** Tasks that effects need, by seeds. */
  readonly table: readonly {
    readonly effect: number;
    readonly tasks: readonly { readonly seeds: number; readonly tasks: number | null }[];
  }[];
}

const TABLE_EFFECTS = [0.02, 0.05, 0.1, 0.2];
export const TABLE_SEEDS = [1, 2, 3, 5, 8];

/** @throws UsageError without a run and without tasks and seeds; SetupError for runs without scores or on other tasks */
export function powerReport(runs: readonly RunTrials[], asked: Asked, random: Random): PowerReport {
  const summaries = runs.map((run) => clusteredSummary(run, asked.clusterOf));
  refuseUnlike(summaries);
  const rows = runs.map(unitRows);
  const spread: Spread = { ...spreadOf(rows, asked), ...(isGraded(rows) && { graded: true }) };
  const design = designOf(asked, summaries[0]);
  const evenly = spread.tasks === null ? planOf(varianceOf({ ...spread, tasks: 0 }), design, asked) : null;
  return {
    kind: "power",
    simulated: summaries.some(({ simulated }) => simulated),
    runs: summaries.map(armOf),
    assumed: asked.assumed,
    spread,
    noise: rows.flatMap((of, index) => {
      const clusters = asked.clusterOf === null ? null : [...of.keys()].map(asked.clusterOf);
      const floor = noiseFloor([...of.values()], clusters, random);
      const { arm = "", model = "" } = summaries[index] ?? {};
      return floor === null ? [] : [{ arm, model, ...floor }];
    }),
    design,
    noiseReach: normalReach(0.95) * Math.sqrt(spread.seeds / design.seeds / design.tasks),
    power: asked.power,
    ...planOf(varianceOf(spread), design, asked),
    evenly: evenly && { smallestEffect: evenly.smallestEffect, power: evenly.wanted?.power ?? null },
  };
}

function planOf(
  varianceAt: VarianceAt,
  design: Design,
  { effect, power }: Asked,
): Pick<PowerReport, "smallestEffect" | "wanted" | "table"> {
  const smallest = plannedEffect(varianceAt, design, power);
  return {
    smallestEffect: Number.isFinite(smallest) ? smallest : null,
    wanted:
      effect === undefined
        ? null
        : {
            effect,
            power: plannedPower(effect, varianceAt, design),
            tasks: tasksNeeded({ effect, power }, varianceAt, design.seeds),
            seeds: seedsNeeded({ effect, power }, varianceAt, design.tasks),
          },
    table: tableEffects(effect).map((of) => ({
      effect: of,
      tasks: TABLE_SEEDS.map((seeds) => ({ seeds, tasks: tasksNeeded({ effect: of, power }, varianceAt, seeds) })),
    })),
  };
}

function spreadOf([baseline, ...others]: readonly UnitRows[], { assumed, clusterOf }: Asked): Spread {
  if (baseline !== undefined && others.length > 0) return spreadOfArms([baseline, ...others], assumed, clusterOf);
  if (clusterOf !== null) {
    throw new UsageError(
      "--clusters needs a baseline and an arm: how an effect differs between clusters is read off two runs",
    );
  }
  return baseline === undefined ? assumedSpread(assumed) : spreadOfOne(baseline, assumed);
}

function refuseUnlike(summaries: readonly RunSummary[]): void {
  const [first, ...others] = summaries;
  if (first === undefined) return;
  for (const { benchmark, split, arm, tasks, model } of summaries) {
    if (tasks >= 2) continue;
    throw new SetupError(
      `${arm} (${model}) on ${benchmark}/${split} has ${tasks} scored tasks, wanted 2 at least: run more of its tasks first`,
    );
  }
  const stray = others.find(({ benchmark, metric }) => benchmark !== first.benchmark || metric !== first.metric);
  if (stray === undefined) return;
  throw new SetupError(
    `${stray.arm} is scored by ${stray.metric} on ${stray.benchmark}, ${first.arm} by ${first.metric} on ${first.benchmark}: ` +
      "their spread cannot be taken together. Give runs of one benchmark",
  );
}

/** As asked for; what was not, as in the first run. */
function designOf({ tasks, seeds }: Asked, first: RunSummary | undefined): PowerReport["design"] {
  const design = { tasks: tasks ?? first?.tasks, seeds: seeds ?? first?.seeds.length };
  if (design.tasks === undefined || design.seeds === undefined) {
    throw new UsageError("give run folders, or both --tasks and --seeds of the experiment that is planned");
  }
  return { tasks: design.tasks, seeds: design.seeds };
}

function tableEffects(effect: number | undefined): number[] {
  return [...new Set([...TABLE_EFFECTS, ...(effect === undefined ? [] : [effect])])].sort((a, b) => a - b);
}

function armOf(summary: RunSummary): Arm {
  const { arm, model, simulated, benchmark, split, metric, scorer, fingerprint, ...rest } = summary;
  const { tasks, clusters, seeds, mean, interval } = rest;
  const score = { tasks, ...(clusters && { clusters }), seeds, mean, interval };
  return { arm, model, simulated, benchmark, split, metric, scorer, fingerprint, ...score };
}
