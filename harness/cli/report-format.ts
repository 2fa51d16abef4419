/** In which format tables are asked for. */
import { extname } from "node:path";
import { UsageError } from "../errors.ts";

export const FORMATS = ["terminal", "markdown", "latex", "csv", "xlsx", "html"] as const;
export type Format = (typeof FORMATS)[number];

export type TableFormat = Exclude<Format, "html">;
/** Those that are one text. */
export type PrintedFormat = Exclude<TableFormat, "csv" | "xlsx">;

export function isPrinted(format: Format): format is PrintedFormat {
  return format === "terminal" || format === "markdown" || format === "latex";
}

const BY_EXTENSION: Readonly<Record<string, Format>> = {
  ".txt": "terminal",
  ".md": "markdown",
  ".tex": "latex",
  ".xlsx": "xlsx",
  ".html": "html",
  ".htm": "html",
};

/**
 * As given; else by the name of the output, a page where that has no ending; else for the terminal.
 * @throws UsageError for a name that says something else than the format, or ends in what tells none
 */
export function formatAsked({ format, out }: { format?: Format; out?: string }): Format {
  if (out === undefined) return format ?? "terminal";
  const ending = extname(out).toLowerCase();
  const named = BY_EXTENSION[ending];
  if (format === undefined) {
    if (named === undefined && ending !== "") throw new UsageError(unknownEnding(out, ending));
    return named ?? "html";
  }
  if (named !== undefined && named !== format)
    throw new UsageError(`--format ${format} does not go with --out ${out}, which is a name for ${named}: change one`);
  return format;
}

function unknownEnding(out: string, ending: string): string {
  if (ending === ".csv") return `--out ${out}: csv is a folder with a file a table. Give --format csv --out FOLDER`;
  return `--out ${out}: ${ending} tells no format. End it in ${Object.keys(BY_EXTENSION).join(", ")}, or give --format`;
}
