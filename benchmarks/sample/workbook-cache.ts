/** Workbooks on disk, made when they are first asked for and kept between runs. */
import { randomUUID } from "node:crypto";
import { access, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { hasCode, SetupError } from "../../harness/errors.ts";
import { shortHash } from "../../harness/hash.ts";
import type { Sheet } from "./sheet.ts";

/** Goes up when the writer's output changes, so that files of an older one are not taken for it. */
const WRITER_VERSION = 1;

export interface WorkbookCache {
  /**
   * Path of a workbook that holds these sheets, under `<hash of the sheets>/<name>`. Written whole or not at all;
   * safe to ask for at once, from one process or several.
   * @throws SetupError when the cache folder cannot be written
   */
  fileOf(name: string, sheets: readonly Sheet[]): Promise<string>;
}

/** A cache in that folder, which need not be there yet. */
export function workbookCache(directory: string): WorkbookCache {
  const asked = new Map<string, Promise<string>>();
  return {
    fileOf(name, sheets) {
      const path = join(directory, shortHash([WRITER_VERSION, plain(sheets)]), name);
      const made = asked.get(path) ?? ensureFile(path, sheets);
      asked.set(path, made);
      made.catch(() => asked.delete(path)); // a disk that was full may have room later
      return made;
    },
  };
}

async function ensureFile(path: string, sheets: readonly Sheet[]): Promise<string> {
  try {
    if (!(await exists(path))) await writeWorkbook(path, sheets);
    return path;
  } catch (cause) {
    const full = hasCode(cause, "ENOSPC");
    if (!full && !["EACCES", "EROFS", "ENOTDIR", "EEXIST"].some((code) => hasCode(cause, code))) throw cause;
    const problem = full
      ? "the disk is full. Free some space"
      : "the folder cannot be written. Choose another cache folder";
    throw new SetupError(`sample benchmark: cannot write the workbook ${path}: ${problem}`, { cause });
  }
}

async function writeWorkbook(path: string, sheets: readonly Sheet[]): Promise<void> {
  const { workbookBytes } = await import("./write-workbook.ts");
  const bytes = await workbookBytes(sheets);
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, bytes, { flag: "wx" });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

/** Sheets as JSON, for hashes: dates as text, sets as lists. */
export function plain(sheets: readonly Sheet[]): unknown {
  return sheets.map(({ bold, ...sheet }) => JSON.parse(JSON.stringify({ ...sheet, bold: [...bold] })));
}
