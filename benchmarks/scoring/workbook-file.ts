/**
 * Workbooks on disk: files of ours are read plainly, what an agent left is read with care. Files are read in one go, as this
 * is for a thread that has nothing else to do.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { hasCode, messageOf } from "../../harness/errors.ts";
import { MAX_FILE_BYTES } from "./limits.ts";
import { openWorkbook, type Workbook } from "./workbook.ts";

/** How files of the older container start: of .xls, and of any workbook that has a password. */
const OLE = Buffer.from("d0cf11e0a1b11ae1", "hex");
const OLE_PROBLEM =
  "Error loading workbook: it has a password, or is in the old .xls format; it must be a plain .xlsx file";

/** What came of reading a file: a fault of the file is data, in words. */
export type WorkbookFile = { readonly workbook: Workbook } | { readonly problem: string };

/** Reads a workbook of a data set; sheets are read when asked for. */
export async function readWorkbook(path: string): Promise<WorkbookFile> {
  try {
    return { workbook: openWorkbook(readFileSync(path), true) };
  } catch (error) {
    return unreadable(error);
  }
}

/**
 * Opens what an agent left. There may be anything under that name: links are not followed, opening a pipe does not wait, and
 * size has a limit. Whatever goes wrong is the file's fault, also what no one thought of (a stack that ends, an array that
 * grows too large).
 */
export function openUntrustedWorkbook(path: string): WorkbookFile {
  const bytes = readRegularFile(path);
  if (typeof bytes === "string") return { problem: bytes };
  try {
    return { workbook: openWorkbook(bytes) };
  } catch (error) {
    return unreadable(error);
  }
}

/** What reading threw, as a fault of the file. */
export function unreadable(error: unknown): { readonly problem: string } {
  return { problem: `Error loading workbook: ${messageOf(error)}` };
}

/** The bytes, or what is wrong in words. */
function readRegularFile(path: string): Uint8Array | string {
  let file: number | null = null;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stats = fstatSync(file);
    if (!stats.isFile()) return "Output is not a regular file";
    if (stats.size > MAX_FILE_BYTES) return `Output has ${stats.size} bytes, more than the ${MAX_FILE_BYTES} allowed`;
    const bytes = readFileSync(file);
    return bytes.subarray(0, OLE.length).equals(OLE) ? OLE_PROBLEM : bytes;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return "Output file not found";
    if (hasCode(error, "ELOOP")) return "Output is a link";
    return `Output cannot be read: ${messageOf(error)}`;
  } finally {
    if (file !== null) closeSync(file);
  }
}
