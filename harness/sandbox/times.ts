import { readdir, utimes } from "node:fs/promises";
import { join } from "node:path";

/** The files of every trial have the same times, so that a listing of them reads the same in every run. */
const FILE_TIME = new Date("2026-01-01T00:00:00Z");

/** Gives the files of a trial's folder their fixed time. */
export async function settleTimes(directory: string): Promise<void> {
  for (const name of await readdir(directory)) await utimes(join(directory, name), FILE_TIME, FILE_TIME);
}
