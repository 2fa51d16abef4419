/** Verb `import`: what was recorded elsewhere, as a run, as lessons, or as a distillation. */
import type { Command } from "commander";
import type { Io } from "./io.ts";
import { addJsonOption, filled, oneOf } from "./options.ts";

/** What can be imported, with what it becomes. */
export const SOURCES = {
  atif: "ATIF trajectories: files, or folders such as Harbor's (a run)",
  release: "logs of the official release, with eval_official_results.json when it is there (a run)",
  recorded: "151 labelled trajectories of Qwen3.5-122B-A10B (a run)",
  records: "parsed_error_records.json and the like (lessons, for distill --records)",
  "recorded-patches": "351 patches and 30 merges of that model, replayed (distillations)",
} as const;
export type ImportSource = keyof typeof SOURCES;
const NAMES = ["atif", "release", "recorded", "records", "recorded-patches"] as const satisfies readonly ImportSource[];

export interface ImportSettings {
  readonly from: ImportSource;
  readonly out: string;
  readonly data?: string;
  readonly json: boolean;
}

export function registerImport(program: Command, io: Io): void {
  const command = program
    .command("import")
    .description(
      "Take in what was recorded elsewhere: trajectories become a run, which distill, compare and report then read.",
    )
    .argument("<source...>", "folder or file of what was recorded; several for atif")
    .requiredOption(
      "--from <kind>",
      `what it is: ${NAMES.map((name) => `${name} (${SOURCES[name]})`).join("; ")}`,
      oneOf("--from", NAMES),
    )
    .requiredOption("--out <dir>", "folder to write", filled("--out"))
    .option("--data <dir>", "folder of the data set that the tasks are from, for analysts that work on them")
    .addHelpText(
      "after",
      `
Examples:
  trace2skill import --from recorded data/trace2skill_run_real --data data/spreadsheetbench_verified_400 --out runs/qwen
  trace2skill import --from atif jobs/my-harbor-job --out runs/harbor
  trace2skill import --from release logs/cli_only --out runs/release
  trace2skill import --from records parsed_error_records.json --out lessons
  trace2skill import --from recorded-patches data/trace2skill_run_real --out replayed`,
    );
  addJsonOption(command).action(async (sources: string[], settings: ImportSettings) => {
    const { importVerb } = await import("./import-verb.ts");
    await importVerb(sources, settings, io);
  });
}
