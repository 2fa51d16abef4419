/** Verb `report`: a page from runs and distillations. */
import type { Command } from "commander";
import { addPricesOption, type BudgetSettings } from "./budget-options.ts";
import type { Io } from "./io.ts";
import { addJsonOption, filled } from "./options.ts";

export interface ReportSettings extends Pick<BudgetSettings, "prices"> {
  readonly distillation: string[];
  readonly out: string;
  readonly name: string;
  readonly force: boolean;
  readonly json: boolean;
}

export function registerReport(program: Command, io: Io): void {
  const command = program
    .command("report")
    .description(
      "Write one self-contained HTML page of runs: arms, differences from the first run of each model and benchmark, costs.",
    )
    .argument("<runs...>", "run folders; the first of each model and benchmark is the baseline of the others")
    .option("--distillation <dirs...>", "folders that distill wrote", [])
    .option("--name <name>", "title", "Comparison")
    .option("--force", "compare runs whose fingerprints differ in more than skill and model; marks the result", false)
    .requiredOption("--out <file>", "the page, such as report.html", filled("--out"))
    .addHelpText(
      "after",
      "\nExample:\n  trace2skill report runs/no-skill runs/with-skill --distillation runs/distilled --out report.html",
    );
  addJsonOption(addPricesOption(command)).action(async (runs: string[], settings: ReportSettings) => {
    const { reportVerb } = await import("./report-verb.ts");
    await reportVerb(runs, settings, io);
  });
}
