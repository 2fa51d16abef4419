/** Verb `parity`: our verdicts beside those that official scorers gave. */
import type { Command } from "commander";
import type { Io } from "./io.ts";
import { addJsonOption, integer, number } from "./options.ts";

export interface ParitySettings {
  readonly rules?: string;
  readonly atLeast: number;
  readonly limit?: number;
  readonly json: boolean;
}

export function registerParity(program: Command, io: Io): void {
  const command = program
    .command("parity")
    .description(
      "Judge recorded cases anew and hold our verdicts against those of the official scorers: agreement by file and group, and every disagreement; exit 1 if there is any.",
    )
    .argument("<scorer>", "spreadsheetbench, wikitablequestions, anls or math")
    .argument("<folder>", "folder of the recorded verdicts, such as oracle/spreadsheetbench")
    .option(
      "--rules <rules>",
      "one set of rules alone (default: all). spreadsheetbench: trace2skill (which runs score by) or official; math: dapo, aime or math",
    )
    .option(
      "--at-least <share>",
      "exit 0 when every set of rules agrees in at least this share of its cases, such as 0.97 for math, which has no exact model",
      number("--at-least", 0, 1),
      1,
    )
    .option("--limit <n>", "print at most so many disagreements (--json always holds all)", integer("--limit", 0))
    .addHelpText(
      "after",
      `
Examples:
  trace2skill parity spreadsheetbench oracle/spreadsheetbench --rules trace2skill
  trace2skill parity math oracle/math --rules math --at-least 0.97 --limit 20`,
    );
  addJsonOption(command).action(async (scorer: string, folder: string, settings: ParitySettings) => {
    const { parityVerb } = await import("./parity-verb.ts");
    await parityVerb(scorer, folder, settings, io);
  });
}
