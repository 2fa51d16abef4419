/** Verb `power`: what an experiment can see, before it is paid for. */
import type { Command } from "commander";
import { USUAL_POWER } from "../statistics/power.ts";
import type { Io } from "./io.ts";
import { addJsonOption, integer, number } from "./options.ts";

export interface PowerSettings {
  readonly tasks?: number;
  readonly seeds?: number;
  /** In units of score. */
  readonly effect?: number;
  readonly power: number;
  readonly score: number;
  readonly agreement: number;
  readonly clusters?: string;
  readonly json: boolean;
}

const HELP = `
With one run: how much its seeds differ. With a baseline and arms: also how much their effect differs between tasks, which more
seeds do not make smaller. Without a run: by what --score and --agreement assume. Cases of one family are one task.

Examples:
  trace2skill power runs/no-skill                            the noise floor, and the smallest effect this can show
  trace2skill power runs/no-skill runs/with-skill --effect 0.03
  trace2skill power --tasks 200 --seeds 3 --effect 0.05      before anything was run`;

export function registerPower(program: Command, io: Io): void {
  const command = program
    .command("power")
    .description(
      "Tell what an experiment can see: noise floor, smallest effect, tasks and seeds needed for a wanted one.",
    )
    .argument("[runs...]", "run folders of one benchmark, the baseline first: their spread is planned with")
    .option("--tasks <n>", "tasks that are planned (default: those of the first run)", integer("--tasks", 2, 1_000_000))
    .option("--seeds <n>", "seeds of each arm (default: as many as the first run has)", integer("--seeds", 1, 1_000))
    .option(
      "--effect <score>",
      "difference that is to be seen: 0.05 is five points of 100",
      number("--effect", 0.001, 0.99),
    )
    .option("--power <chance>", "chance of seeing it, at 5 %, two-sided", number("--power", 0.1, 0.999), USUAL_POWER)
    .option(
      "--score <mean>",
      "mean score of tasks that pass or fail, without a run",
      number("--score", 0.01, 0.99),
      0.5,
    )
    .option(
      "--agreement <correlation>",
      "of two seeds of one task, where no run has two seeds to tell it",
      number("--agreement", 0, 0.99),
      0.5,
    )
    .option(
      "--clusters <which>",
      "kind, or a JSON file from task to cluster, as in compare; needs a baseline and an arm",
    )
    .addHelpText("after", HELP);
  addJsonOption(command).action(async (runs: string[], settings: PowerSettings) => {
    const { powerVerb } = await import("./power-verb.ts");
    await powerVerb(runs, settings, io);
  });
}
