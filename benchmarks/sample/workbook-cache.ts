/** Workbooks on disk, made when they are first asked for and kept between runs. */
import { fileCache } from "./file-cache.ts";
import type { Sheet } from "./sheet.ts";

/** Goes up when the writer's output changes, so that files of an older one are not taken for it. */
const WRITER_VERSION = 1;

export interface WorkbookCache {
  /**
   * Path of a workbook that holds these sheets, under `<hash of the sheets>/<name>`. Written whole or not at all;
   * safe to ask for at once, from one process or several.
   * @param keywords of the document's properties
   * @throws SetupError when the cache folder cannot be written
   */
  fileOf(name: string, sheets: readonly Sheet[], keywords?: string): Promise<string>;
}

/** A cache in that folder, which need not be there yet. */
export function workbookCache(directory: string): WorkbookCache {
  const cache = fileCache(directory, "workbook");
  return {
    fileOf(name, sheets, keywords) {
      const content = [WRITER_VERSION, plain(sheets), ...(keywords === undefined ? [] : [keywords])];
      return cache.fileOf(name, content, () => bytesOf(sheets, keywords));
    },
  };
}

/** The writer is loaded when the first workbook is made. */
async function bytesOf(sheets: readonly Sheet[], keywords: string | undefined): Promise<Uint8Array> {
  const { workbookBytes } = await import("./write-workbook.ts");
  return workbookBytes(sheets, keywords);
}

/** Sheets as JSON, for hashes: dates as text, sets as lists. */
export function plain(sheets: readonly Sheet[]): unknown {
  return sheets.map(({ bold, ...sheet }) => JSON.parse(JSON.stringify({ ...sheet, bold: [...bold] })));
}
