/** Tables in one format: as text, or written where the user wants them. */
import { dirname, join } from "node:path";
import { writeCsvFiles } from "../../reports/formats/csv.ts";
import { latexDocument } from "../../reports/formats/latex.ts";
import { markdownText } from "../../reports/formats/markdown.ts";
import { terminalText } from "../../reports/formats/terminal.ts";
import { xlsxBytes } from "../../reports/formats/xlsx.ts";
import type { Table } from "../../reports/table.ts";
import { writeText, writeWhole } from "../run/files.ts";
import { makeFolder } from "../run/store.ts";
import type { PrintedFormat, TableFormat } from "./report-format.ts";

export interface TitledTables {
  readonly title: string;
  readonly tables: readonly Table[];
}

export function printedTables(format: PrintedFormat, { title, tables }: TitledTables): string {
  switch (format) {
    case "terminal":
      return `${terminalText(title, tables)}\n`;
    case "markdown":
      return markdownText(title, tables);
    case "latex":
      return latexDocument(title, tables);
    default:
      return format satisfies never;
  }
}

/**
 * Writes each file whole or not at all; folders above it are made.
 * @param path of a file; of a folder for csv
 * @returns paths of what was written, by name
 * @throws SetupError when the place cannot be written to
 */
export async function writeTables(
  format: TableFormat,
  path: string,
  titled: TitledTables,
): Promise<Readonly<Record<string, string>>> {
  if (format === "csv") {
    const files = await writeCsvFiles(path, titled.tables);
    return Object.fromEntries(files.map(({ name }) => [name, join(path, name)]));
  }
  await makeFolder(dirname(path));
  if (format === "xlsx") await writeWhole(path, await xlsxBytes(titled.tables));
  else await writeText(path, printedTables(format, titled));
  return { file: path };
}
