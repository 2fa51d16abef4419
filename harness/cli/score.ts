/** Verb `score`: the trials of a run scored again, without a model call. */
import type { Command } from "commander";
import type { Io } from "./io.ts";
import { addJsonOption, addJudgingOptions } from "./options.ts";

export interface ScoreSettings {
  readonly data?: string;
  readonly errata?: "keep" | "drop";
  readonly recalculate?: "none" | "libreoffice";
  readonly json: boolean;
}

export function registerScore(program: Command, io: Io): void {
  const command = program
    .command("score")
    .description(
      "Score the kept outputs of a run again, by other rules or after a change of data or scorer; makes no model call.",
    )
    .argument("<run>", "run folder")
    .option("--data <dir>", "folder of the data set (default: the one the run was made with)")
    .addHelpText(
      "after",
      "\nExamples:\n  trace2skill score runs/first\n  trace2skill score runs/first --recalculate libreoffice --errata drop",
    );
  addJsonOption(addJudgingOptions(command)).action(async (directory: string, settings: ScoreSettings) => {
    const { scoreVerb } = await import("./score-verb.ts");
    await scoreVerb(directory, settings, io);
  });
}
