/** Verb `report`: tables and a page from an experiment, or from runs and distillations. */
import type { Command } from "commander";
import { addPricesOption, type BudgetSettings } from "./budget-options.ts";
import type { Io } from "./io.ts";
import { addJsonOption, filled, oneOf } from "./options.ts";
import { FORMATS, type Format } from "./report-format.ts";

export interface ReportSettings extends Pick<BudgetSettings, "prices"> {
  readonly distillation: string[];
  readonly format?: Format;
  readonly out?: string;
  readonly name?: string;
  readonly force: boolean;
  readonly json: boolean;
}

export function registerReport(program: Command, io: Io): void {
  const command = program
    .command("report")
    .description(
      "Tables of an experiment or of runs: arms, differences, transfer, costs, lessons; for the terminal, a paper, a spreadsheet, or as a page.",
    )
    .argument(
      "<folders...>",
      "an experiment's folder; or run folders, of which the first of each model and benchmark is the baseline of the others",
    )
    .option("--distillation <dirs...>", "folders that distill wrote, beside those that the experiment names", [])
    .option(
      "--format <format>",
      "terminal, markdown, latex (booktabs), csv (a folder, one file a table), xlsx (a sheet a table) or html (default: by the name of --out; terminal without it)",
      oneOf("--format", FORMATS),
    )
    .option("--out <path>", "file, or folder for csv, such as report.html (default: print)", filled("--out"))
    .option("--name <name>", "title (default: the experiment's, or Comparison)")
    .option("--force", "compare runs whose fingerprints differ in more than skill and model; marks the result", false)
    .addHelpText(
      "after",
      `
Examples:
  trace2skill report runs/no-skill runs/with-skill --distillation runs/distilled --out report.html
  trace2skill report runs/table1
  trace2skill report runs/table1 --format latex --out table1.tex
  trace2skill report runs/table1 --format csv --out table1-csv

csv and xlsx have every lesson and every trial, numbers at full precision, and a column that says what is simulated. A text
that a spreadsheet program would take for a formula has an apostrophe before it in csv.`,
    );
  addJsonOption(addPricesOption(command)).action(async (folders: string[], settings: ReportSettings) => {
    const { reportVerb } = await import("./report-verb.ts");
    await reportVerb(folders, settings, io);
  });
}
