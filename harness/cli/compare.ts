/** Verb `compare`: arms against a baseline, paired by task. */
import type { Command } from "commander";
import type { Io } from "./io.ts";
import { addJsonOption } from "./options.ts";

export interface CompareSettings {
  readonly force: boolean;
  readonly json: boolean;
}

export function registerCompare(program: Command, io: Io): void {
  const command = program
    .command("compare")
    .description("Compare runs with a baseline, paired by task: difference, 95 % interval, p, tasks won and lost.")
    .argument("<baseline>", "run folder of the baseline")
    .argument("<runs...>", "run folders of the arms")
    .option("--force", "compare runs whose fingerprints differ in more than skill and model; marks the result", false)
    .addHelpText("after", "\nExample:\n  trace2skill compare runs/no-skill runs/with-skill");
  addJsonOption(command).action(async (baseline: string, runs: string[], settings: CompareSettings) => {
    const { compareVerb } = await import("./compare-verb.ts");
    await compareVerb([baseline, ...runs], settings, io);
  });
}
