/** Verb `data`: the data sets of the benchmarks: which there are, getting them, proving them. */
import { type Command, Option } from "commander";
import type { Io } from "./io.ts";
import { addJsonOption, addTaskOptions, filled, integer, type TaskSettings } from "./options.ts";

export interface ListSettings {
  readonly json: boolean;
}

export interface FetchSettings {
  readonly out?: string;
  readonly from?: string;
  readonly json: boolean;
}

export interface CheckSettings extends TaskSettings {
  readonly atOnce: number;
  readonly json: boolean;
}

export function registerData(program: Command, io: Io): void {
  const data = program.command("data").description("The data sets of the benchmarks: list, fetch and check them.");
  const list = data
    .command("list")
    .description("List the benchmarks with their splits, licence, source and size, and whether their data is here.")
    .addHelpText("after", "\nExamples:\n  trace2skill data list\n  trace2skill data list --json | jq '.[].name'");
  addJsonOption(list).action(async (settings: ListSettings) => {
    const { dataListVerb } = await import("./data-list-verb.ts");
    await dataListVerb(settings, io);
  });
  registerFetch(data, io);
  registerCheck(data, io);
}

function registerFetch(data: Command, io: Io): void {
  const fetch = data
    .command("fetch")
    .description(
      "Download a data set from its public source at a fixed revision, check its hashes and lay it out; the same command again goes on where it stopped. Runs then find it without --data.",
    )
    .argument("<benchmark>", "one of `data list`")
    .option("--out <dir>", "folder to put it in (default: the cache, where runs look for it)", filled("--out"))
    .option(
      "--from <url>",
      "a mirror that has the files as `wget -x` lays them out: URL/HOST/PATH; hashes are checked all the same",
      filled("--from"),
    )
    .addHelpText(
      "after",
      `
A proxy is taken from HTTPS_PROXY, HTTP_PROXY and NO_PROXY.

Examples:
  trace2skill data fetch spreadsheetbench
  trace2skill data fetch wikitq --from http://mirror.local/ --out data/wikitq`,
    );
  addJsonOption(fetch).action(async (name: string, settings: FetchSettings) => {
    const { dataFetchVerb } = await import("./data-fetch-verb.ts");
    await dataFetchVerb(name, settings, io);
  });
}

function registerCheck(data: Command, io: Io): void {
  const check = data
    .command("check")
    .description(
      "Prove a data set with its own scorer: the ground truth scores 1, nothing and an untouched input do not; known exceptions are listed, and new ones make the exit code 1.",
    )
    .argument("<benchmark>", "one of `data list`")
    .addOption(
      new Option("-j, --at-once <n>", "tasks checked at once").argParser(integer("--at-once", 1, 64)).default(4),
    )
    .addHelpText(
      "after",
      `
Examples:
  trace2skill data check sample-spreadsheet
  trace2skill data check spreadsheetbench --data DIR --tasks 0:50
  trace2skill data check folder --data my-benchmark`,
    );
  addJsonOption(addTaskOptions(check)).action(async (name: string, settings: CheckSettings) => {
    const { dataCheckVerb } = await import("./data-check-verb.ts");
    await dataCheckVerb(name, settings, io);
  });
}
