/** Options that several verbs share, and how their texts are read. An option's check stands beside its words. */
import { type Command, Option } from "commander";
import type { Asked } from "../../benchmarks/index.ts";
import type { TaskSelection } from "../../benchmarks/load-options.ts";
import { UsageError } from "../errors.ts";
import { addBudgetOptions, type BudgetSettings } from "./budget-options.ts";
import { addConnectionOptions, type ConnectionSettings } from "./connection-options.ts";
import { oneOf } from "./parsers.ts";
import { addSamplingOptions, type SamplingFlags } from "./sampling-options.ts";

export { filled, integer, integers, number, oneOf } from "./parsers.ts";

const ALL: TaskSelection = { kind: "all" };

/** Adds the options of everything that calls a model. */
export function addModelOptions(command: Command): Command {
  const withModel = command
    .option("--model <name>", "model: sim/small and sim/large are built in, any other needs an endpoint", "sim/large")
    .option(
      "--base-url <url>",
      "OpenAI-compatible endpoint, such as http://localhost:8000/v1 (or OPENAI_BASE_URL; key: OPENAI_API_KEY); several of the same model with commas: each call goes to the least busy, and the first stands for all in journal and fingerprint",
    )
    .option("--journal <file>", "where every model call is kept (default: journal.sqlite beside the output folder)")
    .option(
      "--offline",
      "make no call: each must come from the journal, else stop and name the first that it lacks",
      false,
    );
  return addBudgetOptions(addConnectionOptions(addSamplingOptions(withModel)));
}

export interface ModelSettings extends SamplingFlags, BudgetSettings, ConnectionSettings {
  readonly model: string;
  readonly baseUrl?: string;
  readonly journal?: string;
  readonly offline: boolean;
}

/** Adds the options that say how answers are judged; what is not given stays as it is. */
export function addJudgingOptions(command: Command): Command {
  return command
    .option(
      "--errata <mode>",
      "keep or drop: whether tasks known to be defective count; reports show both numbers",
      oneOf("--errata", ["keep", "drop"]),
    )
    .option(
      "--recalculate <engine>",
      "none (cached values, as the official release) or libreoffice (formulas are computed anew; both are scored)",
      oneOf("--recalculate", ["none", "libreoffice"]),
    );
}

/** Adds the options that choose tasks of a benchmark, and how they are judged. */
export function addTaskOptions(command: Command): Command {
  return addJudgingOptions(command)
    .option("--data <dir>", "folder of the data set (default: where `data fetch` put it; our own samples need none)")
    .option("--split <name>", "split of the benchmark, such as all, evolve or test (default: see `data list`)")
    .addOption(
      new Option("--tasks <choice>", "rows of the split such as 0:40 (the end excluded), or ids such as 13-1,17-35")
        .argParser(readTasks)
        .default(ALL, "all"),
    )
    .option("--with-evolve", "spreadsheetbench-912: keep the tasks that skills are distilled from");
}

export interface TaskSettings {
  readonly data?: string;
  readonly split?: string;
  readonly tasks: TaskSelection;
  readonly errata?: "keep" | "drop";
  readonly recalculate?: "none" | "libreoffice";
  readonly withEvolve?: boolean;
}

/** The choice of tasks as a benchmark is asked for it; only what was given. */
export function askedOf(settings: TaskSettings, cacheDirectory: string): Asked {
  const { data = null, tasks: selection, split, errata, recalculate, withEvolve } = settings;
  const given = Object.entries({ split, errata, recalculate, withEvolve }).filter(([, value]) => value !== undefined);
  return { data, cacheDirectory, tasks: selection, settings: Object.fromEntries(given) };
}

export function addJsonOption(command: Command): Command {
  return command.option("--json", "one JSON document on standard output, everything else on standard error", false);
}

/** A choice of tasks as `--tasks` has it. @throws UsageError */
export function readTasks(text: string): TaskSelection {
  const rows = text.match(/^(\d+):(\d+)$/);
  if (rows !== null) {
    const [from, to] = [Number(rows[1]), Number(rows[2])];
    if (from < to) return { kind: "rows", from, to };
    throw new UsageError(`--tasks ${text} chooses nothing: the second number is excluded, so it must be the larger`);
  }
  const ids = text.split(",").map((id) => id.trim());
  if (ids.some((id) => id === "" || /^-?[\d.]*:-?[\d.]*$/.test(id))) {
    throw new UsageError(
      `--tasks must be one range such as 0:40, or ids such as 13-1,17-35; found ${JSON.stringify(text)}`,
    );
  }
  if (new Set(ids).size < ids.length) throw new UsageError(`--tasks names a task twice: ${text}`);
  return { kind: "ids", ids };
}
