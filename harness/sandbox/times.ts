import { lutimesSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** The files of every trial have the same times, so that a listing of them reads the same in every run. */
const FILE_TIME = new Date("2026-01-01T00:00:00Z");

/**
 * Gives the files of a trial's folder their fixed time, those of folders in it too; where links lead is not touched.
 * At once: to wait for each of some files would take several times as long as they do.
 */
export function settleTimes(directory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) settleTimes(path);
    lutimesSync(path, FILE_TIME, FILE_TIME);
  }
}
