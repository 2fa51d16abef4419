/** What verb `import` does. */
import { UsageError } from "../errors.ts";
import type { ImportSettings } from "./import.ts";
import type { Io } from "./io.ts";

/** Each kind of source loads what it needs. */
export async function importVerb(sources: readonly string[], settings: ImportSettings, io: Io): Promise<void> {
  const [source, ...more] = sources;
  if (source === undefined || (settings.from !== "atif" && more.length > 0))
    throw new UsageError(`--from ${settings.from} takes one source, found ${sources.length}`);
  if (settings.data !== undefined && !["recorded", "release"].includes(settings.from))
    throw new UsageError(`--data is for recorded and release; --from ${settings.from} names its tasks itself`);
  switch (settings.from) {
    case "atif":
    case "release":
    case "recorded":
      return (await import("./import-run.ts")).importRun(settings.from, sources, settings, io);
    case "records":
      return (await import("./import-lessons.ts")).importLessons(source, settings, io);
    case "recorded-patches":
      return (await import("./import-patches.ts")).importPatches(source, settings, io);
    default:
      return settings.from satisfies never;
  }
}
