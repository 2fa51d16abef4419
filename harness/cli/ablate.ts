/** Verb `ablate`: what each lesson, or section, of a skill is worth. */
import type { Command } from "commander";
import type { Io } from "./io.ts";
import { addJsonOption, addModelOptions, filled, integer, type ModelSettings, number, oneOf } from "./options.ts";
import { addSandboxOptions, type SandboxSettings } from "./sandbox-options.ts";

export interface AblateSettings extends ModelSettings, SandboxSettings {
  readonly run: string[];
  readonly by?: "lesson" | "section";
  readonly out?: string;
  readonly data?: string;
  readonly looks: number;
  readonly least: number;
  readonly maxTrials?: number;
  readonly dryRun: boolean;
  readonly reportOnly: boolean;
  readonly json: boolean;
}

export function registerAblate(program: Command, io: Io): void {
  const command = program
    .command("ablate")
    .description(
      "Take one lesson (or section) at a time out of a skill and run again, paired with the given runs, to see what each is worth. Tasks are added in looks until its interval leaves out 0, is negligible, or would hardly tell; the cost is shown first.",
    )
    .argument("<skill>", "folder of a distillation, or of a skill")
    .requiredOption("--run <dirs...>", "runs that were made with the whole skill, on tasks of the evolve half")
    .option(
      "--by <unit>",
      "lesson (needs a distillation) or section (default: lesson where it can)",
      oneOf("--by", ["lesson", "section"]),
    )
    .option("--out <dir>", "folder of the ablation (default: beside the first run)", filled("--out"))
    .option("--data <dir>", "folder of the data set (default: the one the runs were made with)")
    .option("--looks <n>", "times that the tasks tried so far are looked at", integer("--looks", 1, 20), 4)
    .option(
      "--least <points>",
      "worth in points of 100 below which a unit is called negligible",
      number("--least", 0, 100),
      2,
    )
    .option("--max-trials <n>", "most trials in all", integer("--max-trials", 1))
    .option("--dry-run", "only print what would be done and what it would cost", false)
    .option("--report-only", "allow test tasks, for a report; never to choose lessons by", false)
    .addHelpText(
      "after",
      `
The model and its settings are those of the runs; what is given here takes their place, and must come to the same. Runs that
were made with --sandbox or --sandbox-limits need the same here.

Examples:
  trace2skill ablate runs/distilled --run runs/evolve-with-skill --dry-run
  trace2skill ablate runs/distilled --run runs/evolve-with-skill --by section --max-trials 40`,
    );
  addJsonOption(addModelOptions(addSandboxOptions(command))).action(
    async (skill: string, settings: AblateSettings, self: Command) => {
      const { ablateVerb } = await import("./ablate-verb.ts");
      const given = (option: string) => self.getOptionValueSource(option) === "cli";
      await ablateVerb(skill, { ...settings, modelGiven: given("model") }, io);
    },
  );
}
