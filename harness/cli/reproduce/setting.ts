/** What a table of the paper is measured with: models, tasks and skills, from what the user gave and what stands in for the rest. */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { ModelChoice } from "../../../reports/experiments/definition.ts";
import type { PaperSetting } from "../../../reports/paper/experiment-of.ts";
import { type Method, methodNotes } from "../../../reports/paper/method-notes.ts";
import { type PaperTable, SIZES } from "../../../reports/paper/paper-table.ts";
import { UsageError } from "../../errors.ts";
import type { RoleModel } from "../role-options.ts";
import { isSimulatedModel } from "../simulated-models.ts";
import type { SizeModels } from "./options.ts";
import type { ReproduceSettings } from "./register.ts";
import { chooseSets, setText } from "./sets.ts";

/** Our own skill, which stands in for the human-written one where models are simulated. */
const OWN_SKILL = fileURLToPath(new URL("../../../distill/seeds/spreadsheet-work", import.meta.url));
const SIMULATED: SizeModels = new Map([
  ["122b", { name: "sim/large", baseUrl: null }],
  ["35b", { name: "sim/small", baseUrl: null }],
]);

export type SettingAsked = Pick<
  ReproduceSettings,
  "models" | "presets" | "protocol" | "data" | "humanWritten" | "judge" | "seeds" | "fanIn"
>;

export interface ReproduceSetting {
  readonly setting: PaperSetting;
  readonly simulated: boolean;
  /** In words: which models, tasks and skills stand for which of the paper's. */
  readonly stands: readonly string[];
  /** In words: how it is done, and where the paper did otherwise. */
  readonly method: readonly string[];
}

/**
 * Finds tasks and models for a table.
 * @param howMany tasks of a set to take, of so many
 * @throws UsageError for names that the table does not have; SetupError for data that cannot be read
 */
export async function settingOf(
  table: PaperTable,
  asked: SettingAsked,
  {
    cacheDirectory,
    howMany,
  }: { readonly cacheDirectory: string; readonly howMany: (name: string, of: number) => number },
): Promise<ReproduceSetting> {
  refuseUnknown(table, asked);
  const { models: given = SIMULATED, judge, data } = asked;
  const simulated = [...given.values()].some(({ name }) => isSimulatedModel(name));
  const sets = await chooseSets(table, { judge, data, protocol: asked.protocol, simulated, cacheDirectory, howMany });
  const standsIn = asked.humanWritten === undefined && simulated ? OWN_SKILL : null;
  const [seed = 41, ...seeds] = asked.seeds;
  return {
    setting: {
      models: Object.fromEntries([...given].map(([size, model]) => [size, modelOf(model, asked.presets)])),
      humanWritten: asked.humanWritten === undefined ? standsIn : resolve(asked.humanWritten),
      sets: Object.fromEntries(sets.map(({ name, choice }) => [name, choice])),
      judge: judge ?? null,
      seeds: [seed, ...seeds],
      fanIn: asked.fanIn,
    },
    simulated,
    stands: [
      `${SIZES.flatMap((size) => (given.has(size) ? [`${size} is ${given.get(size)?.name}`] : [])).join("; ")}.`,
      ...sets.map(setText),
      ...(standsIn !== null && deepens(table)
        ? [
            "Human-written: a skill of our own (distill/seeds) in place of the paper's, whose licence forbids to bring it along.",
          ]
        : []),
    ],
    method: methodNotes(table, methodOf(asked, given)),
  };
}

function methodOf({ protocol, fanIn, presets }: SettingAsked, given: SizeModels): Method {
  const real = [...given.values()].some(({ name }) => !isSimulatedModel(name));
  return { protocol, fanIn, presets: real ? presetsOf(presets) : null };
}

function refuseUnknown(table: PaperTable, { judge = [], data }: SettingAsked): void {
  const unknown = judge.find((name) => !table.judge.includes(name));
  if (unknown !== undefined)
    throw new UsageError(
      `--judge: table ${table.id} has no set ${JSON.stringify(unknown)}; there are: ${table.judge.join(", ")}`,
    );
  const known = new Set(Object.values(table.sets).map(({ real }) => real.benchmark));
  const unread = [...data.keys()].find((name) => !known.has(name));
  if (unread !== undefined)
    throw new UsageError(
      `--data ${unread}=…: table ${table.id} reads no ${JSON.stringify(unread)}; it reads: ${[...known].join(", ")}`,
    );
}

function deepens({ conditions }: PaperTable): boolean {
  return conditions.some(({ skills }) => Object.values(skills).includes("human-written"));
}

/** A model at an endpoint is sent the paper's sampling; a simulated one none. */
function modelOf({ name, baseUrl }: RoleModel, presets: readonly string[]): ModelChoice {
  if (isSimulatedModel(name)) return { model: name, ...(baseUrl !== null && { baseUrl }) };
  const { agent, analyst } = presetsOf(presets);
  return {
    model: name,
    ...(baseUrl !== null && { baseUrl }),
    ...(agent !== "none" && { sampling: agent }),
    ...(analyst !== "none" && { analystSampling: analyst }),
  };
}

/** One alone is for all. */
function presetsOf([agent = "none", analyst = agent]: readonly string[]): { agent: string; analyst: string } {
  return { agent, analyst };
}
