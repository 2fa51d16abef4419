import { readdir, utimes } from "node:fs/promises";
import { join } from "node:path";

/** The files of every trial have the same times, so that a listing of them reads the same in every run. */
const FILE_TIME = new Date("2026-01-01T00:00:00Z");

/** Gives the files of a trial's folder their fixed time, those of folders in it too. */
export async function settleTimes(directory: string): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true });
  await Promise.all(
    entries.map(async (entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) await settleTimes(path);
      await utimes(path, FILE_TIME, FILE_TIME);
    }),
  );
}
