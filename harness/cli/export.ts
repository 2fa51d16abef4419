/** Verb `export`: the trials of a run in a format that other tools read. */
import type { Command } from "commander";
import type { Io } from "./io.ts";
import { addJsonOption, filled, oneOf } from "./options.ts";

const FORMATS = ["atif"] as const;

export interface ExportSettings {
  readonly format: (typeof FORMATS)[number];
  readonly out: string;
  readonly json: boolean;
}

export function registerExport(program: Command, io: Io): void {
  const command = program
    .command("export")
    .description("Write the trials of a run as trajectories that other tools read, and import reads back.")
    .argument("<run>", "run folder")
    .requiredOption(
      "--format <name>",
      "atif (Agent Trajectory Interchange Format 1.7, one file a trial)",
      oneOf("--format", FORMATS),
    )
    .requiredOption("--out <dir>", "folder to write", filled("--out"))
    .addHelpText("after", "\nExample:\n  trace2skill export runs/first --format atif --out first-atif");
  addJsonOption(command).action(async (run: string, settings: ExportSettings) => {
    const { exportVerb } = await import("./export-verb.ts");
    await exportVerb(run, settings, io);
  });
}
