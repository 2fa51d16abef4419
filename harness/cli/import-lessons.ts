/** `import --from records`: lessons that were drawn elsewhere, as a folder that `distill --records` takes. */
import { resolve } from "node:path";
import { readRecords, writeLessonsFolder } from "../../distill/recorded-lessons.ts";
import { printable } from "../text.ts";
import { refuseTakenFolder } from "./free-folder.ts";
import type { ImportSettings } from "./import.ts";
import type { Io } from "./io.ts";

export async function importLessons(source: string, { out, json }: ImportSettings, io: Io): Promise<void> {
  refuseTakenFolder(out);
  const read = await readRecords(resolve(source));
  await writeLessonsFolder(out, read);
  const { lessons, dropped, skipped } = read;
  const doubles = skipped.filter(({ reason }) => reason.includes("_prompt")).length;
  for (const { record, reason } of skipped) io.err(printable(`notice: ${record}: ${reason}`));
  for (const { lesson, reason } of dropped) io.err(printable(`notice: ${lesson} may not go on: ${reason}`));
  const counts = {
    records: new Set(lessons.map(({ trial }) => trial)).size,
    tasks: new Set(lessons.map(({ task }) => task)).size,
    lessons: lessons.length,
    errors: lessons.filter(({ kind }) => kind === "error").length,
    successes: lessons.filter(({ kind }) => kind === "success").length,
    dropped: dropped.length,
    skipped: skipped.length,
    promptDoubles: doubles,
  };
  if (json) io.out(JSON.stringify({ calls: { made: 0, fromJournal: 0 }, counts, paths: { lessons: out } }, null, 1));
  else
    io.out(
      `${counts.lessons} lessons of ${counts.records} records on ${counts.tasks} tasks: ${counts.errors} of errors, ${counts.successes} of successes, none verified here\n` +
        `${counts.dropped} dropped, ${counts.skipped} skipped, of these ${doubles} _prompt doubles\nlessons: ${out}`,
    );
}
