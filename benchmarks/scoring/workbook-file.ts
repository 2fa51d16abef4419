/** Workbooks on disk: files of ours are read plainly, what an agent left is read with care. */
import { constants } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { hasCode, messageOf } from "../../harness/errors.ts";
import { MAX_FILE_BYTES } from "./limits.ts";
import { openWorkbook, type Workbook } from "./workbook.ts";

/** What came of reading a file: a fault of the file is data, in words. */
export type WorkbookFile = { readonly workbook: Workbook } | { readonly problem: string };

/** Reads a workbook of a data set; sheets are read when asked for. */
export async function readWorkbook(path: string): Promise<WorkbookFile> {
  try {
    return { workbook: openWorkbook(await readFile(path)) };
  } catch (error) {
    return unreadable(error);
  }
}

/**
 * Reads what an agent left, and all its sheets: one that is damaged spoils the workbook for openpyxl, wherever it stands.
 * There may be anything under that name: links are not followed, opening a pipe does not wait, and size has a limit.
 * Whatever goes wrong is the file's fault, also what no one thought of (a stack that ends, an array that grows too large).
 */
export async function readUntrustedWorkbook(path: string): Promise<WorkbookFile> {
  const bytes = await readRegularFile(path);
  if (typeof bytes === "string") return { problem: bytes };
  try {
    const workbook = openWorkbook(bytes);
    for (const name of workbook.sheetNames) workbook.sheet(name);
    return { workbook };
  } catch (error) {
    return unreadable(error);
  }
}

function unreadable(error: unknown): { readonly problem: string } {
  return { problem: `Error loading workbook: ${messageOf(error)}` };
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
