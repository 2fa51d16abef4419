/** Experiments whose truth is known: tasks drawn from a population, arms that are or are not different, seeds that agree within a task. */
import type { Random } from "../../harness/random.ts";
import { mean, sum } from "../../harness/statistics/interval.ts";
import type { EffectVariance } from "../../harness/statistics/variance.ts";

/** Logits, so that no chance leaves (0, 1). Standard deviations, but for the shift. */
export interface World {
  readonly name: string;
  readonly tasks: number;
  readonly seeds: number;
  /** Sizes of families in turn, such as 1, 2 and 9; left out where tasks stand alone. */
  readonly families?: readonly number[];
  /** Of how hard tasks are: the greater, the more tasks pass with all seeds or with none. */
  readonly difficulty: number;
  /** Of a task in the middle: below 0, most fail. */
  readonly ease: number;
  /** By how much one arm suits a task, or a whole family, more than the other; on average neither. */
  readonly interaction: { readonly task: number; readonly family?: number };
  /** Instead of right or wrong: a score on a scale without steps. */
  readonly graded?: boolean;
  /** That the arm is better by; none in an A/A experiment. */
  readonly shift?: number;
}

export interface DrawnExperiment {
  readonly arm: number[][];
  readonly baseline: number[][];
  readonly families: string[] | null;
}

/** What is true of the population that tasks are drawn from. */
export interface Truth {
  readonly effect: number;
  readonly baselineMean: number;
  readonly variance: EffectVariance;
  /** Correlation of two seeds of one task in the baseline. */
  readonly agreement: number;
}

interface Chances {
  readonly arm: number;
  readonly baseline: number;
}

const GRADED_TRIES = 5;
const POPULATION = 40_000;
const FAMILIES = 4_000;
const WITHIN_FAMILY = 10;

export function drawExperiment(world: World, random: Random): DrawnExperiment {
  const drawn: DrawnExperiment = { arm: [], baseline: [], families: world.families === undefined ? null : [] };
  for (let family = 0; drawn.arm.length < world.tasks; family++) {
    const size = world.families?.[family % world.families.length] ?? 1;
    const suits = familyEffect(world, random);
    for (let member = 0; member < size && drawn.arm.length < world.tasks; member++) {
      const chances = drawTask(world, suits, random);
      drawn.arm.push(drawScores(chances.arm, world, random));
      drawn.baseline.push(drawScores(chances.baseline, world, random));
      drawn.families?.push(`family ${family}`);
    }
  }
  return drawn;
}

/** Measured over a population so large that its error does not matter. */
export function truthOf(world: World, random: Random): Truth {
  const all = Array.from({ length: world.families === undefined ? POPULATION : FAMILIES }, () => {
    const suits = familyEffect(world, random);
    const members = world.families === undefined ? 1 : WITHIN_FAMILY;
    return Array.from({ length: members }, () => drawTask(world, suits, random));
  });
  const tasks = all.flat();
  const effects = all.map((family) => family.map(({ arm, baseline }) => arm - baseline));
  const between = variance(effects.map(mean));
  const withinFamily = mean(effects.map((family) => (family.length > 1 ? variance(family) : 0)));
  const noise = (chance: number) => (chance * (1 - chance)) / (world.graded ? GRADED_TRIES : 1);
  const seeds = mean(tasks.map(({ arm, baseline }) => noise(arm) + noise(baseline)));
  const spread = variance(tasks.map(({ baseline }) => baseline));
  return {
    effect: world.shift === undefined ? 0 : mean(effects.flat()),
    baselineMean: mean(tasks.map(({ baseline }) => baseline)),
    variance:
      world.families === undefined
        ? { tasks: between, seeds }
        : {
            clusters: { variance: between - withinFamily / WITHIN_FAMILY, tasksEach: tasksEachOf(world.families) },
            tasks: withinFamily,
            seeds,
          },
    agreement: spread / (spread + mean(tasks.map(({ baseline }) => noise(baseline)))),
  };
}

/** Clusters of this one size would tell as much. */
function tasksEachOf(sizes: readonly number[]): number {
  return sum(sizes.map((size) => size ** 2)) / sum(sizes);
}

function familyEffect({ interaction, families }: World, random: Random): number {
  return families === undefined ? 0 : (interaction.family ?? 0) * normal(random);
}

function drawTask({ difficulty, ease, interaction, shift = 0 }: World, suits: number, random: Random): Chances {
  const ability = ease + difficulty * normal(random);
  const half = (suits + interaction.task * normal(random)) / 2;
  return { arm: logistic(ability + half + shift), baseline: logistic(ability - half) };
}

function drawScores(chance: number, { seeds, graded }: World, random: Random): number[] {
  return Array.from({ length: seeds }, () => (graded ? gradedScore(chance, random) : pass(chance, random)));
}

function pass(chance: number, random: Random): number {
  return random.fraction() < chance ? 1 : 0;
}

/** A mean of passes, moved by less than their steps. */
function gradedScore(chance: number, random: Random): number {
  const passes = mean(Array.from({ length: GRADED_TRIES }, () => pass(chance, random)));
  return Math.min(1, Math.max(0, passes + (random.fraction() - 0.5) * 1e-3));
}

function logistic(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/** Box and Muller's. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.fraction())) * Math.cos(2 * Math.PI * random.fraction());
}

function variance(values: readonly number[]): number {
  const centre = mean(values);
  return mean(values.map((value) => (value - centre) ** 2));
}
