/**
 * `npm run bench -- statistics`: are the tests as sure as they say? 4,000 experiments of each design without an effect (A/A): the
 * mid-p should be at most 0.05 in 4 to 6 of 100, and so should p where scores have no steps; with right or wrong tasks p is
 * exact, and in no more. 95 % intervals should hold the truth in 94 to 96. Then with an effect planted: what `power` says of the
 * design, by the spread of runs that were made before, should be what p finds, within 3 points; the formula on the true spread
 * what the mid-p does; and two one-sided tests with just that margin should call equivalent in no more than 7. Where too few
 * tasks differ for more than a handful of outcomes, tests and intervals may err towards caution. A share of 4,000 is itself
 * sure to 0.7 points about 5, to 1.6 about 50. Ends with exit code 1 where any of that does not hold.
 */
import { isGraded, spreadOfArms, type UnitRows, varianceOf } from "../../harness/cli/power-parts.ts";
import { type Random, seededRandom } from "../../harness/random.ts";
import { ALPHA } from "../../harness/statistics/alpha.ts";
import { equivalence } from "../../harness/statistics/equivalence.ts";
import type { Interval } from "../../harness/statistics/interval.ts";
import { meanInterval } from "../../harness/statistics/mean.ts";
import { clusteredPaired, differenceInterval } from "../../harness/statistics/paired.ts";
import { plannedPower, powerOf } from "../../harness/statistics/power.ts";
import { precisionOf } from "../../harness/statistics/variance.ts";
import { type Column, type Row, textTable } from "../../reports/text-table.ts";
import { type DrawnExperiment, drawExperiment, truthOf, type World } from "./statistics-world.ts";

const EXPERIMENTS = 4_000;
/** Tasks of the runs that `power` learns the spread from, with two seeds each. */
const PILOT = 200_000;
const SEED = 1;
/** Of each arm against the other, in logits: seven to nine points of score. */
const SHIFT = 0.8;
/** With fewer tasks that differ on average, few outcomes are possible. */
const FEW = 10;

const ALONE = { difficulty: 3, ease: -0.7, interaction: { task: 1 } };
const FAMILIES = { difficulty: 3, ease: -0.7, interaction: { task: 0.5, family: 1.5 } };
const WORLDS: readonly World[] = [
  { name: "400 × 1", tasks: 400, seeds: 1, ...ALONE },
  { name: "200 × 3", tasks: 200, seeds: 3, ...ALONE },
  { name: "200 × 3, seeds agree", tasks: 200, seeds: 3, ...ALONE, difficulty: 8 },
  { name: "200 × 1", tasks: 200, seeds: 1, ...ALONE },
  { name: "100 × 3", tasks: 100, seeds: 3, ...ALONE },
  { name: "100 × 1", tasks: 100, seeds: 1, ...ALONE },
  { name: "30 × 8", tasks: 30, seeds: 8, ...ALONE },
  { name: "24 × 3", tasks: 24, seeds: 3, ...ALONE },
  { name: "24 × 1", tasks: 24, seeds: 1, ...ALONE },
  { name: "40 × 1, graded", tasks: 40, seeds: 1, graded: true, ...ALONE },
  { name: "40 × 3, graded", tasks: 40, seeds: 3, graded: true, ...ALONE },
  { name: "40 families of 5, × 3", tasks: 200, seeds: 3, families: [5], ...FAMILIES },
  { name: "45 families of 1 to 12, × 1", tasks: 200, seeds: 1, families: [1, 2, 3, 12], ...FAMILIES },
];

/** Of 100 experiments. */
interface Shares {
  readonly p: number;
  readonly midP: number;
  /** That hold the truth: of the difference, and of the baseline's mean. */
  readonly interval: number;
  readonly mean: number;
  /** Called equivalent with the true effect as the margin; 0 where there is none. */
  readonly equivalent: number;
  /** What would be significant were each trial a task of its own, families forgotten: what not to do. 0 where there is an effect. */
  readonly naive: number;
  /** A number, not a share: tasks that differ, on average. */
  readonly differing: number;
}

export async function statisticsBench(): Promise<void> {
  const rows = WORLDS.map((world) => [nullRow(world), plantedRow(world)] as const);
  const outside = rows.flat().flatMap((row) => row.outside.map((what) => `${row.cells[0]}: ${what}`));
  console.log(
    `  ${EXPERIMENTS} experiments of each design, seed ${SEED}; shares of 100; * outside of what is wanted\n`,
  );
  console.log(
    textTable(
      NULL_COLUMNS,
      rows.map(([row]) => row.cells),
    ),
  );
  console.log(`\n  With a planted effect: found in how many of 100, and what power and the formula say\n`);
  console.log(
    textTable(
      PLANTED_COLUMNS,
      rows.map(([, row]) => row.cells),
    ),
  );
  console.log(`\n  outside: ${outside.length === 0 ? "nothing" : outside.join("; ")}`);
  if (outside.length > 0) process.exitCode = 1;
}

interface BenchRow {
  readonly cells: string[] & Row;
  readonly outside: readonly string[];
}

const column = (head: string, align: Column["align"] = "right"): Column => ({ head, align });
const NULL_COLUMNS = [
  column("tasks × seeds", "left"),
  column("agreement"),
  column("differing"),
  column("p ≤ .05"),
  column("mid-p"),
  column("interval"),
  column("of mean"),
  column("naive"),
];
const PLANTED_COLUMNS = [
  column("tasks × seeds", "left"),
  column("effect"),
  column("power"),
  column("p ≤ .05"),
  column("formula"),
  column("mid-p"),
  column("interval"),
  column("equivalent"),
];

function nullRow(world: World): BenchRow {
  const truth = truthOf(world, seededRandom(SEED));
  const shares = sharesOf(world, { effect: 0, mean: truth.baselineMean }, seededRandom(SEED + 1));
  const few = shares.differing < FEW;
  const judged = [
    judge("p", shares.p, [world.graded ? 4 : 0, 6]),
    judge("mid-p", shares.midP, [few ? 0 : 4, 6]),
    judge("interval", shares.interval, [94, few ? 100 : 96]),
    judge("mean", shares.mean, [94, few ? 100 : 96]),
  ];
  return {
    cells: [
      world.name,
      truth.agreement.toFixed(2),
      shares.differing.toFixed(0),
      ...judged.map(({ text }) => text),
      shares.naive.toFixed(1),
    ],
    outside: judged.flatMap(({ problem }) => problem),
  };
}

function plantedRow(world: World): BenchRow {
  const planted = { ...world, shift: SHIFT };
  const truth = truthOf(planted, seededRandom(SEED));
  const power = 100 * powerToldOf(planted, truth.effect, seededRandom(SEED + 3));
  const formula = 100 * powerOf(truth.effect, precisionOf(truth.variance, world));
  const shares = sharesOf(planted, { effect: truth.effect, mean: truth.baselineMean }, seededRandom(SEED + 2));
  const few = shares.differing < FEW;
  const ofP = judge("power of p", shares.p, [power - 3, power + 3]);
  const judged = [
    judge("power of mid-p", shares.midP, [few ? 0 : formula - 3, formula + 3]),
    judge("interval with an effect", shares.interval, [94, few ? 100 : 96]),
    judge("equivalence", shares.equivalent, [0, 7]),
  ];
  const [effect, ...told] = [100 * truth.effect, power, formula].map((figure) => figure.toFixed(1));
  const [toldOfP = "", toldOfMidP = ""] = told;
  return {
    cells: [world.name, effect ?? "", toldOfP, ofP.text, toldOfMidP, ...judged.map(({ text }) => text)],
    outside: [ofP, ...judged].flatMap(({ problem }) => problem),
  };
}

/** What verb `power` says of a design when it is given runs of both arms on other tasks of the population. */
export function powerToldOf(world: World, effect: number, random: Random): number {
  const { arm, baseline, families } = drawExperiment({ ...world, tasks: PILOT, seeds: 2 }, random);
  const rowsOf = (scores: readonly number[][]): UnitRows => new Map(scores.map((row, index) => [`${index}`, row]));
  const rows = [rowsOf(baseline), rowsOf(arm)] as const;
  const clusterOf = families === null ? null : (unit: string) => families[Number(unit)] ?? unit;
  const spread = spreadOfArms(rows, { score: 0.5, agreement: 0.5 }, clusterOf);
  return plannedPower(effect, varianceOf({ ...spread, ...(isGraded(rows) && { graded: true }) }), world);
}

function judge(
  what: string,
  share: number,
  [low, high]: readonly [number, number],
): { text: string; problem: string[] } {
  const text = share.toFixed(1);
  const inside = share >= low && share <= high;
  return { text: inside ? `${text} ` : `${text}*`, problem: inside ? [] : [`${what} ${text}`] };
}

function sharesOf(world: World, truth: { effect: number; mean: number }, random: Random): Shares {
  const sums = { p: 0, midP: 0, interval: 0, mean: 0, equivalent: 0, naive: 0, differing: 0 };
  for (let count = 0; count < EXPERIMENTS; count++) {
    const drawn = drawExperiment(world, random);
    const found = clusteredPaired(drawn.arm, drawn.baseline, drawn.families, random);
    sums.p += found.p <= ALPHA ? 1 : 0;
    sums.midP += found.midP <= ALPHA ? 1 : 0;
    sums.interval += holds(found.interval, truth.effect) ? 1 : 0;
    sums.mean += holds(meanInterval(drawn.baseline, drawn.families), truth.mean) ? 1 : 0;
    if (truth.effect > 0) sums.equivalent += equivalence(found.byTask, truth.effect, drawn.families).equivalent ? 1 : 0;
    else sums.naive += isNaivelySignificant(drawn) ? 1 : 0;
    sums.differing += found.wins + found.losses;
  }
  const share = (sum: number) => (100 * sum) / EXPERIMENTS;
  return {
    p: share(sums.p),
    midP: share(sums.midP),
    interval: share(sums.interval),
    mean: share(sums.mean),
    equivalent: share(sums.equivalent),
    naive: share(sums.naive),
    differing: sums.differing / EXPERIMENTS,
  };
}

function isNaivelySignificant({ arm, baseline }: DrawnExperiment): boolean {
  const others = baseline.flat();
  return !holds(differenceInterval(arm.flat().map((score, index) => score - (others[index] ?? 0))), 0);
}

function holds({ low, high }: Interval, value: number): boolean {
  return low <= value && value <= high;
}
