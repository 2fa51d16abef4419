/** Verb `reproduce`: a table of the paper, measured anew beside what was published. */
import { type Command, Option } from "commander";
import { UsageError } from "../../errors.ts";
import { Protocol } from "../../records.ts";
import { addBudgetOptions, type BudgetSettings, LIMIT_EXIT } from "../budget-options.ts";
import { addConnectionOptions, type ConnectionSettings } from "../connection-options.ts";
import type { Io } from "../io.ts";
import { addJsonOption, filled, integer, integers, number, oneOf } from "../options.ts";
import type { TableFormat } from "../report-format.ts";
import { addSandboxOptions, type SandboxSettings } from "../sandbox-options.ts";
import { readModels, readPairs, type SizeModels } from "./options.ts";

export interface ReproduceSettings extends BudgetSettings, ConnectionSettings, SandboxSettings {
  readonly out: string;
  /** Simulated ones when left out. */
  readonly models?: SizeModels;
  readonly presets: readonly string[];
  readonly protocol: Protocol;
  readonly scale: number;
  readonly data: ReadonlyMap<string, string>;
  readonly humanWritten?: string;
  readonly judge?: readonly string[];
  readonly seeds: readonly number[];
  readonly fanIn: number;
  readonly from?: string;
  readonly format: TableFormat;
  readonly tables?: string;
  readonly unitsAtOnce: number;
  readonly offline: boolean;
  readonly dryRun: boolean;
  readonly estimateFrom: string[];
  readonly json: boolean;
}

const TABLE_FORMATS = ["terminal", "markdown", "latex", "csv", "xlsx"] as const satisfies readonly TableFormat[];
const SHARE = number("--scale", 0, 1);

export function registerReproduce(program: Command, io: Io): void {
  const command = program
    .command("reproduce")
    .description("Measure a table of the paper, and print it beside the published numbers of both versions.")
    .argument("<table>", "list, or the name of a table")
    .option("--out <dir>", "folder of all tables: what they share is made once", filled("--out"), "runs/reproduce")
    .option(
      "--models <list>",
      "models that stand for the paper's two sizes, such as 122b=NAME@http://HOST/v1,35b=NAME@http://HOST/v1; one of them alone measures its part (default: simulated ones, 122b=sim/large,35b=sim/small; key: OPENAI_API_KEY)",
      readModels,
    )
    .addOption(
      new Option(
        "--presets <agent,analyst>",
        "sampling of models at an endpoint: presets, files, or none to send nothing",
      )
        .argParser((text) => twoOf("--presets", text))
        .default(["qwen3.5-instruct", "qwen3.5-thinking"], "the paper's: qwen3.5-instruct,qwen3.5-thinking"),
    )
    .option(
      "--protocol <protocol>",
      "how agents act: by tool calls, or by calls written as text, as the paper's do",
      oneOf("--protocol", Protocol.options),
      "tools",
    )
    .option("--scale <share>", "share of the tasks of every set, from 0 to 1, spread over their kinds", scale, 1)
    .addOption(
      new Option("--data <name=dir>", "folder of a data set, such as spreadsheetbench=DIR; may be given several times")
        .argParser((text, before: ReadonlyMap<string, string>) => readPairs("--data", text, before))
        .default(new Map<string, string>(), "where `data fetch` put it; simulated models take our samples instead"),
    )
    .option(
      "--human-written <dir>",
      "the human-written skill that deepening starts from; its licence forbids to bring it along (default: none; with simulated models one of ours stands in)",
      filled("--human-written"),
    )
    .option("--judge <list>", "sets of the table to judge on, such as Vrf,WikiTQ (default: all)", (text) =>
      text.split(","),
    )
    .option("--seeds <list>", "seeds of every trial; AIME keeps its eight", integers("--seeds"), [41, 42, 43])
    .option("--fan-in <n>", "patches merged at once; the official code takes 5", integer("--fan-in", 2), 32)
    .option(
      "--from <dir>",
      "table prevalence: count the themes of this distillation, and run nothing",
      filled("--from"),
    )
    .option(
      "--format <format>",
      "terminal, markdown, latex (booktabs), csv (a folder, one file a table) or xlsx",
      oneOf("--format", TABLE_FORMATS),
      "terminal",
    )
    .option(
      "--tables <path>",
      "file, or folder for csv, that the tables are written to (default: print)",
      filled("--tables"),
    )
    .option("--units-at-once <n>", "runs and distillations under way at once", integer("--units-at-once", 1, 64), 2)
    .option("--offline", "make no call: each must come from the journal", false)
    .option("--dry-run", "print what it takes in calls, tokens, hours and money, and do nothing", false)
    .option(
      "--estimate-from <dirs...>",
      "with --dry-run: run folders whose trials tell what one takes, beside those of the table that are there",
      [],
    );
  addJsonOption(addBudgetOptions(addConnectionOptions(addSandboxOptions(command))))
    .addHelpText(
      "after",
      `
Examples:
  trace2skill reproduce list
  trace2skill reproduce mathematics --scale 0.2
  trace2skill reproduce spreadsheet --models 122b=NAME@http://localhost:8000/v1 --human-written DIR --judge Vrf --dry-run
  trace2skill reproduce prevalence --from runs/distilled

With simulated models and at any scale below 1 the numbers are not the paper's: each table says so.
Exit codes: 0 done, 1 failed or parts missing, 2 wrong use, ${LIMIT_EXIT} stopped at --max-cost or --max-tokens-total.`,
    )
    .action(async (table: string, settings: ReproduceSettings) => {
      const { reproduceVerb } = await import("./verb.ts");
      await reproduceVerb(table, settings, io);
    });
}

function scale(text: string): number {
  const share = SHARE(text);
  if (share === 0) throw new UsageError("--scale must be above 0: it is the share of the tasks that are taken");
  return share;
}

function twoOf(option: string, text: string): string[] {
  const parts = text.split(",").map((part) => part.trim());
  if (parts.length > 2 || parts.some((part) => part === ""))
    throw new UsageError(`${option} must be one name, or two with a comma, found ${JSON.stringify(text)}`);
  return parts;
}
