/** What verb `report` does. */
import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ExperimentReport } from "../../reports/experiment.ts";
import { writeReport } from "../../reports/page.ts";
import { SetupError, UsageError } from "../errors.ts";
import { seededRandom } from "../random.ts";
import { pricesIn } from "./account.ts";
import { COMPARE_SEED } from "./compare-verb.ts";
import type { Io } from "./io.ts";
import type { ReportSettings } from "./report.ts";
import { type Format, formatAsked, isPrinted } from "./report-format.ts";
import { reportOf } from "./report-of.ts";
import { type ReportSource, readSource } from "./report-source.ts";
import { tablesFor } from "./report-tables.ts";
import { printedTables, type TitledTables, writeTables } from "./tables-written.ts";

export async function reportVerb(folders: readonly string[], settings: ReportSettings, io: Io): Promise<void> {
  const format = formatAsked(settings);
  const { out, json, name, force, prices } = settings;
  if (out === undefined && !json && !isPrinted(format))
    throw new UsageError(`--format ${format} is nothing to print: say where to with --out`);
  if (out !== undefined && format !== "csv") refuseFolder(resolve(out));
  const random = () => seededRandom(COMPARE_SEED);
  const source = await readSource(folders, settings.distillation, { random, forced: force });
  for (const missing of source.missing) io.err(`note: ${missing}`);
  const report = await reportOf(source, {
    ...(name !== undefined && { name }),
    prices: prices === undefined ? null : pricesIn(settings),
  });
  const tables = tablesFor(json && out === undefined ? "xlsx" : format, report, source);
  const titled = { title: report.name, tables };
  if (out === undefined && !json && isPrinted(format)) return io.out(printedTables(format, titled).trimEnd());
  const paths = out === undefined ? {} : await written(format, resolve(out), { report, source, titled });
  if (json) return io.out(JSON.stringify({ report, tables, paths }, null, 1));
  io.out(`${format === "html" ? "page" : `report (${format})`} ${out}`);
}

/** Before anything is read: reading may take long. */
function refuseFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new SetupError(`--out ${path} is a folder. Name a file, such as ${join(path, "report.html")}`);
}

interface Contents {
  readonly report: ExperimentReport;
  readonly source: ReportSource;
  readonly titled: TitledTables;
}

async function written(format: Format, path: string, { report, source, titled }: Contents) {
  if (format !== "html") return writeTables(format, path, titled);
  const { page, folder } = await writeReport(path, report, source.paid);
  return { page, ...(folder !== null && { trials: folder }) };
}
