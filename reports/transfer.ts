/** Whose skills help whom: for each way of making a skill, a matrix of authors and users on each benchmark. */
import type { ComparedCell } from "./compare-cells.ts";
import type { ExperimentRecord } from "./experiments/record.ts";
import { type Recipe, recipeOf } from "./recipe.ts";

export interface TransferCell {
  readonly author: string;
  readonly user: string;
  /** Name of the arm. */
  readonly arm: string;
  /** Against the arm's baseline; null where the experiment does not ask for it. */
  readonly result: ComparedCell["result"] | null;
}

export interface TransferMatrix {
  /** Name of the definition. */
  readonly benchmark: string;
  readonly outOfDistribution: boolean;
  /** How its skills are made, but for the author. */
  readonly recipe: string;
  /** What they are compared with: names of arms. */
  readonly baselines: readonly string[];
  /** Names of models, in the order of the definition. */
  readonly authors: readonly string[];
  readonly users: readonly string[];
  /** One for each author and user, author by author. */
  readonly cells: readonly TransferCell[];
}

/**
 * The transfer matrices of an experiment: benchmark by benchmark, then in the order in which their arms stand. Arms whose
 * skill has no author among the models are in none. All differences of the experiment are adjusted together, also those
 * that stand in no matrix.
 * @param compared all cells of the experiment, as `compareCells` gives them
 */
export function transferMatrices(record: ExperimentRecord, compared: readonly ComparedCell[]): TransferMatrix[] {
  const groups = groupsOf(record);
  return record.definition.judge.flatMap((benchmark) =>
    groups.flatMap((group) => matrixOf(group, { benchmark, record, compared })),
  );
}

interface AuthoredArm {
  readonly arm: string;
  readonly author: string;
}

interface Group {
  readonly recipe: string;
  /** One an author. */
  readonly arms: readonly AuthoredArm[];
}

/** Arms of the same recipe; a second one of the same author begins a group of its own. */
function groupsOf({ definition, skills }: ExperimentRecord): Group[] {
  const groups = new Map<string, (AuthoredArm & { recipe: Recipe })[]>();
  for (const arm of definition.arms) {
    const recipe = recipeOf(arm, definition);
    const author = skills.find(({ name }) => name === (arm.memory === undefined ? arm.skill : arm.name))?.author;
    if (recipe === null || author === null || author === undefined) continue;
    const isTaken = groups.get(recipe.key)?.some((other) => other.author === author) ?? false;
    const key = isTaken ? `${recipe.key} ${arm.name}` : recipe.key;
    groups.set(key, [...(groups.get(key) ?? []), { arm: arm.name, author, recipe }]);
  }
  return [...groups.values()].map((arms) => ({ recipe: titleOf(arms.map(({ recipe }) => recipe)), arms }));
}

/** Authors that start from one skill are told by its name, those that each start from their own in general words. */
function titleOf(recipes: readonly Recipe[]): string {
  const [first] = recipes;
  if (first === undefined) return "";
  return recipes.every(({ text }) => text === first.text) ? first.text : first.general;
}

interface Setting {
  readonly benchmark: string;
  readonly record: ExperimentRecord;
  readonly compared: readonly ComparedCell[];
}

/** Nothing where no arm of the group is judged on the benchmark. */
function matrixOf({ recipe, arms }: Group, { benchmark, record: { definition }, compared }: Setting): TransferMatrix[] {
  const own = compared.filter((cell) => cell.benchmark === benchmark && arms.some(({ arm }) => arm === cell.arm));
  if (own.length === 0) return [];
  const users = definition.users.filter((name) => own.some(({ user }) => user === name));
  const order = Object.keys(definition.models);
  const authored = [...arms].sort((a, b) => order.indexOf(a.author) - order.indexOf(b.author));
  return [
    {
      benchmark,
      outOfDistribution: definition.benchmarks[benchmark]?.outOfDistribution ?? false,
      recipe,
      baselines: [...new Set(own.map(({ baseline }) => baseline))],
      authors: authored.map(({ author }) => author),
      users,
      cells: authored.flatMap(({ arm, author }) =>
        users.map((user) => ({
          author,
          user,
          arm,
          result: own.find((cell) => cell.arm === arm && cell.user === user)?.result ?? null,
        })),
      ),
    },
  ];
}
