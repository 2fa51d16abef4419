/** Verb `distill`: the trials of runs to a skill. */
import type { Command } from "commander";
import type { Io } from "./io.ts";
import { addJsonOption, addModelOptions, filled, integer, type ModelSettings, oneOf } from "./options.ts";

export interface DistillSettings extends ModelSettings {
  readonly out: string;
  readonly start?: string;
  readonly name?: string;
  readonly data?: string;
  readonly lessons: "error" | "success" | "combined";
  readonly errorAnalyst?: "agentic" | "single-call";
  readonly fanIn: number;
  readonly width: number;
  readonly routeSupport: number;
  readonly maxSkillLines: number;
  readonly seed: number;
  readonly json: boolean;
}

export function registerDistill(program: Command, io: Io): void {
  const command = program
    .command("distill")
    .description("Distill the trials of runs into a skill: analyse, propose, merge, route by support, apply, validate.")
    .argument("<runs...>", "run folders; runs of a test split are refused")
    .requiredOption("--out <dir>", "folder for the skill and for all that led to it", filled("--out"))
    .option("--start <dir>", "skill to start from (left out: an empty one)")
    .option("--name <name>", "name of the new skill (default: that of the start skill)")
    .option("--data <dir>", "folder of the data set (default: the one the runs were made with)")
    .option(
      "--lessons <kind>",
      "error, success or combined",
      oneOf("--lessons", ["error", "success", "combined"]),
      "combined",
    )
    .option(
      "--error-analyst <kind>",
      "agentic (works in a sandbox, hands in a fix that is proved) or single-call (default: agentic where the tasks are at hand)",
      oneOf("--error-analyst", ["agentic", "single-call"]),
    )
    .option("--fan-in <n>", "patches merged at once", integer("--fan-in", 2), 32)
    .option("--width <n>", "analysts, proposers and mergers at work at once", integer("--width", 1), 128)
    .option(
      "--route-support <n>",
      "distinct tasks from which on a lesson stands in SKILL.md, not in a reference",
      integer("--route-support", 1),
      2,
    )
    .option("--max-skill-lines <n>", "most lines of SKILL.md", integer("--max-skill-lines", 10), 500)
    .option("--seed <n>", "seed sent with each call", integer("--seed", 0), 41)
    .addHelpText(
      "after",
      `
Examples:
  trace2skill distill runs/evolve --start skills/my-skill --out runs/distilled --model sim/large
  trace2skill distill runs/real --lessons error --out runs/distilled --base-url http://localhost:8000/v1 --model NAME`,
    );
  addJsonOption(addModelOptions(command)).action(async (runs: string[], settings: DistillSettings) => {
    const { distillVerb } = await import("./distill-verb.ts");
    await distillVerb(runs, settings, io);
  });
}
