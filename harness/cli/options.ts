/** Options that several verbs share, and how their texts are read. An option's check stands beside its words. */
import { type Command, Option } from "commander";
import type { Asked } from "../../benchmarks/index.ts";
import type { TaskSelection } from "../../benchmarks/load-options.ts";
import { UsageError } from "../errors.ts";

const ALL: TaskSelection = { kind: "all" };

/** Adds the options of everything that calls a model. */
export function addModelOptions(command: Command): Command {
  return command
    .option("--model <name>", "model: sim/small and sim/large are built in, any other needs an endpoint", "sim/large")
    .option(
      "--base-url <url>",
      "OpenAI-compatible endpoint, such as http://localhost:8000/v1 (or OPENAI_BASE_URL; key: OPENAI_API_KEY)",
    )
    .option(
      "--temperature <number>",
      "sampling temperature (the server's default when not given)",
      number("--temperature", 0, 2),
    )
    .option("--top-p <number>", "nucleus sampling (the server's default when not given)", number("--top-p", 0, 1))
    .option(
      "--max-tokens <n>",
      "most tokens in a reply (the server's default when not given)",
      integer("--max-tokens", 1),
    )
    .option(
      "--max-retries <n>",
      "tries after the first of a call that may pass: connection, 429, 5xx",
      integer("--max-retries", 0),
      6,
    )
    .option(
      "-j, --max-connections <n>",
      "model calls and trials under way at once",
      integer("--max-connections", 1),
      16,
    )
    .option("--journal <file>", "where every model call is kept (default: journal.sqlite beside the output folder)");
}

export interface ModelSettings {
  readonly model: string;
  readonly baseUrl?: string;
  readonly temperature?: number;
  readonly topP?: number;
  readonly maxTokens?: number;
  readonly maxRetries: number;
  readonly maxConnections: number;
  readonly journal?: string;
}

/** The choice of a model as a session takes it; sampling holds only what was asked for. */
export function modelChoice({ model, baseUrl, temperature, topP, maxTokens, maxRetries }: ModelSettings) {
  const asked = { temperature, top_p: topP, max_tokens: maxTokens };
  const sampling = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
  return { name: model, baseUrl: baseUrl ?? null, sampling, maxRetries };
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
        .argParser(tasks)
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

/** Servers and stored records take whole numbers of 32 bits. */
const MOST = 2 ** 31 - 1;

export function integer(option: string, least: number, most = MOST): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text.trim()) && value > most) {
      throw new UsageError(`${option} must be at most ${most}, found ${JSON.stringify(text)}`);
    }
    if (!/^\d+$/.test(text.trim()) || value < least) {
      throw new UsageError(`${option} must be a whole number of at least ${least}, found ${JSON.stringify(text)}`);
    }
    return value;
  };
}

export function number(option: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !(value >= least && value <= most)) {
      throw new UsageError(`${option} must be a number from ${least} to ${most}, found ${JSON.stringify(text)}`);
    }
    return value;
  };
}

export function oneOf<const T extends string>(option: string, choices: readonly T[]): (text: string) => T {
  return (text) => {
    const choice = choices.find((known) => known === text);
    if (choice === undefined)
      throw new UsageError(`${option} must be one of ${choices.join(", ")}, found ${JSON.stringify(text)}`);
    return choice;
  };
}

/** Whole numbers, each once: `41,42,43`. */
export function integers(option: string): (text: string) => number[] {
  return (text) => {
    const values = text.split(",").map(integer(option, 0));
    if (new Set(values).size < values.length) throw new UsageError(`${option} names a number twice: ${text}`);
    return values;
  };
}

/** A path, or any other text that must not be empty. */
export function filled(option: string): (text: string) => string {
  return (text) => {
    if (text.trim() === "") throw new UsageError(`${option} must not be empty`);
    return text;
  };
}

function tasks(text: string): TaskSelection {
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
