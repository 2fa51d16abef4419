/** In which format tables are asked for. */
import { extname } from "node:path";

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
};

/** As given; else by the name of the output, a page where that tells nothing; else for the terminal. */
export function formatAsked({ format, out }: { format?: Format; out?: string }): Format {
  if (format !== undefined) return format;
  if (out === undefined) return "terminal";
  return BY_EXTENSION[extname(out).toLowerCase()] ?? "html";
}
