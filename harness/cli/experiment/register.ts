/** Verb `experiment`: a question of one's own, from a file. */
import type { Command } from "commander";
import { addBudgetOptions, type BudgetSettings, LIMIT_EXIT } from "../budget-options.ts";
import { addConnectionOptions, type ConnectionSettings } from "../connection-options.ts";
import type { Io } from "../io.ts";
import { addJsonOption, filled, integer } from "../options.ts";
import { addSandboxOptions, type SandboxSettings } from "../sandbox-options.ts";

export interface ExperimentSettings extends BudgetSettings, ConnectionSettings, SandboxSettings {
  readonly out: string;
  readonly units?: string;
  readonly journal?: string;
  readonly offline: boolean;
  readonly unitsAtOnce: number;
  readonly dryRun: boolean;
  readonly estimateFrom: string[];
  readonly json: boolean;
}

export function registerExperiment(program: Command, io: Io): void {
  const command = program
    .command("experiment")
    .description(
      "Carry out an experiment of your own: arms, authors, users, benchmarks and seeds from a YAML or JSON file; what arms share runs once.",
    )
    .argument("<file>", "definition, as in reports/experiments/example.yaml; paths in it are from its own folder")
    .requiredOption("--out <dir>", "folder of the experiment, with experiment.json", filled("--out"))
    .option(
      "--units <dir>",
      "folder that runs and distillations are kept in, each once for all experiments (default: units beside the journal)",
      filled("--units"),
    )
    .option("--journal <file>", "where every model call is kept (default: journal.sqlite beside the output folder)")
    .option("--offline", "make no call: each must come from the journal", false)
    .option("--units-at-once <n>", "runs and distillations under way at once", integer("--units-at-once", 1, 64), 2)
    .option("--dry-run", "print units, calls, tokens, hours and cost to be expected, and write nothing", false)
    .option(
      "--estimate-from <dirs...>",
      "with --dry-run: run folders whose trials tell what one takes, beside those of its own that are there",
      [],
    )
    .addHelpText(
      "after",
      `
Examples:
  trace2skill experiment reports/experiments/example.yaml --dry-run --out runs/example
  trace2skill experiment reports/experiments/example.yaml --out runs/example
  trace2skill experiment mine.yaml --out runs/mine --prices prices.json --max-cost 50 -j 64

Scores of test tasks are closed to whatever makes a skill. The same command again goes on where it stopped, and makes nothing twice;
runs and distillations that another experiment with the same --units made are read back.

Exit codes: 0 done, 1 units failed or trials unscored, 2 wrong use or a definition that is not sound, ${LIMIT_EXIT} stopped at --max-cost or --max-tokens-total.`,
    );
  addJsonOption(addBudgetOptions(addConnectionOptions(addSandboxOptions(command)))).action(
    async (file: string, settings: ExperimentSettings) => {
      const { experimentVerb } = await import("./verb.ts");
      await experimentVerb(file, settings, io);
    },
  );
}
