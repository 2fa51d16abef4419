/** The experiment behind a table of the paper, of what a user has: models, data, a human-written skill. */
import { SetupError } from "../../harness/errors.ts";
import type { ArmChoice, BenchmarkChoice, Experiment, ModelChoice, SkillChoice } from "../experiments/definition.ts";
import { type Condition, type PaperTable, SIZES, type Size } from "./paper-table.ts";

export interface PaperSetting {
  /** At least one. */
  readonly models: Readonly<Partial<Record<Size, ModelChoice>>>;
  /** Folder of the skill that deepening starts from; null where the user has none. */
  readonly humanWritten: string | null;
  /** The tasks of each set that can be had, by the names of the table. */
  readonly sets: Readonly<Record<string, BenchmarkChoice>>;
  /** Names of the sets that the user wants judged; null for all. */
  readonly judge: readonly string[] | null;
  readonly seeds: readonly [number, ...number[]];
  /** Patches merged at once by parallel distillations. */
  readonly fanIn: number;
}

export interface PaperExperiment {
  readonly definition: Experiment;
  /** Conditions, sets and sizes of the table that are not in it, each with why. */
  readonly left: readonly string[];
}

/**
 * What of the table can be measured. Pure: equal settings give equal definitions.
 * @throws SetupError when no distilled skill or memory of the table can be made, with what is lacking
 */
export function experimentOf(table: PaperTable, setting: PaperSetting): PaperExperiment {
  const users = SIZES.filter((size) => setting.models[size] !== undefined);
  const isAsked = (name: string) => setting.judge?.includes(name) ?? true;
  const judge = table.judge.filter((name) => isAsked(name) && setting.sets[name] !== undefined);
  const kept = keptConditions(table.conditions, setting, users);
  const left = [
    ...SIZES.filter((size) => !users.includes(size)).map((size) => `${size}: no model was given for it`),
    ...table.judge
      .filter((name) => !judge.includes(name))
      .map((name) => `${name}: ${isAsked(name) ? "no sample of ours stands for it" : "not asked for with --judge"}`),
    ...kept.left,
  ];
  const names = new Set(kept.conditions.map((condition) => condition.arm.name));
  const [arm, ...others] = kept.conditions.map((condition) => armOf(condition.arm, users, names));
  const [user, ...otherUsers] = users;
  const [judged, ...otherJudged] = judge;
  const made = kept.conditions.some(({ arm: { name, memory, skill } }) => memory !== undefined || skill === name);
  if (arm === undefined || user === undefined || judged === undefined || !made) {
    throw new SetupError(`table ${table.id}: nothing of it can be measured; left out:\n  ${left.join("\n  ")}`);
  }
  const definition: Experiment = {
    name: `paper table ${table.id}`,
    about: table.title,
    models: Object.fromEntries(Object.entries(setting.models)),
    benchmarks: Object.fromEntries(["evolve", ...judge].flatMap((name) => entryOf(name, setting.sets))),
    skills: skillsOf(kept.conditions, setting),
    arms: [arm, ...others],
    users: [user, ...otherUsers],
    judge: [judged, ...otherJudged],
    seeds: [...setting.seeds],
  };
  return { definition, left };
}

function keptConditions(
  conditions: readonly Condition[],
  { models, humanWritten }: PaperSetting,
  users: readonly Size[],
): { conditions: Condition[]; left: string[] } {
  const kept: Condition[] = [];
  const left: string[] = [];
  for (const condition of conditions) {
    const { arm, skills, authors } = condition;
    const deepens = Object.values(skills).includes("human-written");
    const lacking = authors.filter((size) => models[size] === undefined);
    const unjudged = arm.users?.every((name) => !users.some((size) => size === name)) ?? false;
    if (deepens && humanWritten === null) left.push(`${arm.name}: needs the human-written skill (--human-written DIR)`);
    else if (lacking.length > 0) left.push(`${arm.name}: needs ${[...new Set(lacking)].join(" and ")} as an author`);
    else if (unjudged) left.push(`${arm.name}: no model was given for its user`);
    else kept.push(condition);
  }
  return { conditions: kept, left };
}

/** With those of its users and baselines that there are. */
function armOf(
  { users: asked, baseline, ...arm }: ArmChoice,
  users: readonly Size[],
  names: ReadonlySet<string>,
): ArmChoice {
  const [first, ...others] = asked?.filter((name) => users.some((size) => size === name)) ?? [];
  return {
    ...arm,
    ...(baseline !== undefined && names.has(baseline) && { baseline }),
    ...(first !== undefined && { users: [first, ...others] }),
  };
}

function entryOf(name: string, sets: PaperSetting["sets"]): [string, BenchmarkChoice][] {
  const choice = sets[name];
  return choice === undefined ? [] : [[name, choice]];
}

function skillsOf(
  conditions: readonly Condition[],
  { humanWritten, fanIn }: PaperSetting,
): Record<string, SkillChoice> {
  const named = conditions.flatMap(({ skills }) => Object.entries(skills));
  return Object.fromEntries(
    named.flatMap(([name, choice]): [string, SkillChoice][] => {
      if (choice === "human-written") return humanWritten === null ? [] : [[name, { folder: humanWritten }]];
      if (!("distill" in choice) || choice.distill.strategy !== "parallel") return [[name, choice]];
      return [[name, { distill: { ...choice.distill, fanIn } }]];
    }),
  );
}
