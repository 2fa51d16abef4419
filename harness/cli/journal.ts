/** Verb `journal`: what every call ever paid for is kept in. No model is called. */
import type { Command } from "commander";
import { UsageError } from "../errors.ts";
import type { Io } from "./io.ts";
import { addJsonOption, filled } from "./options.ts";

export interface StatsSettings {
  readonly journal?: string;
  readonly json: boolean;
}

export interface ImportCallsSettings {
  readonly journal: string;
  readonly json: boolean;
}

export interface VerifySettings extends StatsSettings {
  readonly salvage?: string;
}

export interface ExportCallsSettings extends StatsSettings {
  readonly out: string;
}

export interface PruneSettings extends StatsSettings {
  /** In ms since 1970. */
  readonly before?: number;
  readonly dryRun: boolean;
}

/** The rule of `journal-place.ts`. */
const DEFAULT_JOURNAL =
  "the journal (default: journal.sqlite in the folder given or beside it; without a folder, here or in runs/)";

export function registerJournal(program: Command, io: Io): void {
  const journal = program
    .command("journal")
    .description("Look at, check, share and tidy the journal, in which every model call is kept.");
  registerStats(journal, io);
  registerVerify(journal, io);
  registerExportCalls(journal, io);
  registerImportCalls(journal, io);
  registerPrune(journal, io);
}

/** Adds what names the journal. */
function onJournal(command: Command): Command {
  return addJsonOption(
    command
      .argument("[folder]", "folder of a run or distillation whose journal is meant")
      .option("--journal <file>", DEFAULT_JOURNAL, filled("--journal")),
  );
}

function registerStats(journal: Command, io: Io): void {
  const command = journal
    .command("stats")
    .description("Count calls by caller: answered, under way, lost, failed, refused.")
    .addHelpText("after", "\nExamples:\n  trace2skill journal stats\n  trace2skill journal stats runs/first");
  onJournal(command).action(async (folder: string | undefined, settings: StatsSettings) => {
    const { statsVerb } = await import("./journal-verb.ts");
    statsVerb(folder, settings, io);
  });
}

function registerVerify(journal: Command, io: Io): void {
  const command = journal
    .command("verify")
    .description(
      "Check every call against its key and its checksum; exit 1 when anything is damaged. Nothing is changed in the journal.",
    )
    .option("--salvage <file>", "save what is whole into a new journal", filled("--salvage"))
    .addHelpText(
      "after",
      `
Examples:
  trace2skill journal verify
  trace2skill journal verify --journal runs/journal.sqlite --salvage runs/saved.sqlite`,
    );
  onJournal(command).action(async (folder: string | undefined, settings: VerifySettings) => {
    const { verifyVerb } = await import("./journal-verb.ts");
    verifyVerb(folder, settings, io);
  });
}

function registerExportCalls(journal: Command, io: Io): void {
  const command = journal
    .command("export")
    .description(
      "Write all calls that runs and distillations used, with what their commands showed, as one file: others can repeat them with it to the bit.",
    )
    .argument("<folder...>", "folders of runs and distillations, or a folder that holds such")
    .requiredOption("--out <file>", "file to write, such as first.calls.gz", filled("--out"))
    .option("--journal <file>", DEFAULT_JOURNAL, filled("--journal"))
    .addHelpText(
      "after",
      "\nExamples:\n  trace2skill journal export runs/first --out first.calls.gz\n  trace2skill journal export runs/first runs/distilled --out both.calls.gz",
    );
  addJsonOption(command).action(async (runs: string[], settings: ExportCallsSettings) => {
    const { exportCallsVerb } = await import("./journal-verb.ts");
    await exportCallsVerb(runs, settings, io);
  });
}

function registerImportCalls(journal: Command, io: Io): void {
  const command = journal
    .command("import")
    .description(
      "Take the calls of a file written by `journal export` into a journal, which is made where there is none.",
    )
    .argument("<file>", "file of calls")
    .addHelpText(
      "after",
      `
Examples:
  trace2skill journal import first.calls.gz --journal runs/journal.sqlite
  trace2skill run sample-spreadsheet --offline --out runs/again      then repeats the run without a server`,
    );
  addJsonOption(
    command.requiredOption("--journal <file>", "the journal to take them into", filled("--journal")),
  ).action(async (file: string, settings: ImportCallsSettings) => {
    const { importCallsVerb } = await import("./journal-verb.ts");
    await importCallsVerb(file, settings, io);
  });
}

function registerPrune(journal: Command, io: Io): void {
  const command = journal
    .command("prune")
    .description(
      "Delete calls without an answer and what no call holds any more, and give the room back. Answers stay unless --before says otherwise.",
    )
    .option("--before <date>", "also answers stored before this day (YYYY-MM-DD) that no run is known to use", dateOf)
    .option("--dry-run", "only count what would go", false)
    .addHelpText("after", "\nExample:\n  trace2skill journal prune runs/first --dry-run");
  onJournal(command).action(async (folder: string | undefined, settings: PruneSettings) => {
    const { pruneVerb } = await import("./journal-verb.ts");
    pruneVerb(folder, settings, io);
  });
}

function dateOf(text: string): number {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  const isDay = !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
  if (!isDay) throw new UsageError(`--before must be a day such as 2026-01-31, found ${JSON.stringify(text)}`);
  return time;
}
