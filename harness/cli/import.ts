/** Verb `import`: trials that no agent of ours made, as a run folder. */
import type { Command } from "commander";
import type { Io } from "./io.ts";
import { addJsonOption, filled, oneOf } from "./options.ts";

const SOURCES = ["recorded"] as const;

export interface ImportSettings {
  readonly from: (typeof SOURCES)[number];
  readonly out: string;
  readonly data?: string;
  readonly json: boolean;
}

export function registerImport(program: Command, io: Io): void {
  const command = program
    .command("import")
    .description(
      "Turn trajectories that were recorded elsewhere into a run, which distill, compare and report then read.",
    )
    .argument("<source>", "folder of what was recorded")
    .requiredOption(
      "--from <kind>",
      `what it is: ${SOURCES.join(", ")} (151 labelled trajectories of Qwen3.5-122B-A10B)`,
      oneOf("--from", SOURCES),
    )
    .requiredOption("--out <dir>", "run folder to write", filled("--out"))
    .option("--data <dir>", "folder of the data set that the tasks are from, for analysts that work on them")
    .addHelpText(
      "after",
      "\nExample:\n  trace2skill import --from recorded data/trace2skill_run_real --data data/spreadsheetbench_verified_400 --out runs/qwen",
    );
  addJsonOption(command).action(async (source: string, settings: ImportSettings) => {
    const { importVerb } = await import("./import-verb.ts");
    await importVerb(source, settings, io);
  });
}
