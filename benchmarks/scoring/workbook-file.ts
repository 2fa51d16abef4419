/** Workbooks on disk: files of ours are read plainly, what an agent left is read with care. */
import { constants } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { hasCode, messageOf } from "../../harness/errors.ts";
import { openWorkbook, type Workbook } from "./workbook.ts";
import { WorkbookError } from "./worksheet.ts";
import { XmlError } from "./xml.ts";
import { ArchiveError } from "./zip.ts";

/** What came of reading a file: a fault of the file is data, in words. */
export type WorkbookFile = { readonly workbook: Workbook } | { readonly problem: string };

/** A packed workbook; the largest of SpreadsheetBench has 0.9 MB. */
const MAX_FILE_BYTES = 64 * 2 ** 20;

/** Reads a workbook of a data set. */
export async function readWorkbook(path: string): Promise<WorkbookFile> {
  try {
    return { workbook: openWorkbook(await readFile(path)) };
  } catch (error) {
    return { problem: `Error loading workbook: ${messageOf(error)}` };
  }
}

/**
 * Reads what an agent left, and all its sheets: one that is damaged spoils the workbook for openpyxl, wherever it stands.
 * There may be anything under that name: links are not followed, opening a pipe does not wait, and size has a limit.
 */
export async function readUntrustedWorkbook(path: string): Promise<WorkbookFile> {
  const bytes = await readRegularFile(path);
  if (typeof bytes === "string") return { problem: bytes };
  try {
    const workbook = openWorkbook(bytes);
    for (const name of workbook.sheetNames) workbook.sheet(name);
    return { workbook };
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return { problem: `Error loading workbook: ${messageOf(error)}` };
  }
}

/** True for what the reader throws at a workbook that openpyxl would not load, or that goes beyond a limit. */
export function isUnreadable(error: unknown): boolean {
  return error instanceof WorkbookError || error instanceof XmlError || error instanceof ArchiveError;
}

/** The bytes, or what is wrong in words. */
async function readRegularFile(path: string): Promise<Uint8Array | string> {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stats = await file.stat();
    if (!stats.isFile()) return "Output is not a regular file";
    if (stats.size > MAX_FILE_BYTES) return `Output has ${stats.size} bytes, more than the ${MAX_FILE_BYTES} allowed`;
    return await file.readFile();
  } catch (error) {
    if (hasCode(error, "ENOENT")) return "Output file not found";
    if (hasCode(error, "ELOOP")) return "Output is a link";
    return `Output cannot be read: ${messageOf(error)}`;
  }
}
