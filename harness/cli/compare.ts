/** Verb `compare`: arms against a baseline, paired by task. */
import type { Command } from "commander";
import type { Io } from "./io.ts";
import { addJsonOption, number } from "./options.ts";

export interface CompareSettings {
  readonly force: boolean;
  readonly json: boolean;
  /** In units of score. */
  readonly margin?: number;
  readonly clusters?: string;
  readonly metric?: string;
  readonly bootstrap: boolean;
}

const HELP = `
Seeds are averaged within a task, and cases of one family are one task. p is by McNemar's exact test where every task was
right or wrong once in each arm, else by flipping signs; with several arms Holm's adjustment counts.

Exit codes, so that a script can gate a skill:
   0  significant gain; with --margin also: shown not to be worse by the margin
  10  no evidence of a difference
  11  significant loss, also one smaller than the margin
   1  failed, such as runs that must not be ranked; 2 wrong use
With several arms: 11 where any loses, else 10 where any is without evidence, else 0.

Examples:
  trace2skill compare runs/no-skill runs/with-skill
  trace2skill compare runs/no-skill runs/with-skill --margin 0.03   does it hurt by 3 points or more?`;

export function registerCompare(program: Command, io: Io): void {
  const command = program
    .command("compare")
    .description("Compare runs with a baseline, paired by task: difference, 95 % interval, p, tasks won and lost.")
    .argument("<baseline>", "run folder of the baseline")
    .argument("<runs...>", "run folders of the arms")
    .option("--force", "compare runs whose fingerprints differ in more than skill and model; marks the result", false)
    .option(
      "--margin <score>",
      "differences below this are none: 0.05 is five points of 100; tests equivalence, and that an arm does not hurt",
      number("--margin", 0.001, 0.5),
    )
    .option(
      "--metric <name>",
      "a further metric of the scores, such as hard (all cases of a family) or accuracy (default: the score itself)",
    )
    .option("--bootstrap", "also give the interval of the BCa bootstrap, which follows lopsided differences", false)
    .option(
      "--clusters <which>",
      "kind, or a JSON file from task to cluster: tasks of a cluster resemble each other, and the tests take them as one",
    )
    .addHelpText("after", HELP);
  addJsonOption(command).action(async (baseline: string, runs: string[], settings: CompareSettings) => {
    const { compareVerb } = await import("./compare-verb.ts");
    await compareVerb([baseline, ...runs], settings, io);
  });
}
