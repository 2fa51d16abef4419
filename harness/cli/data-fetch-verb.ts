/** What verb `data fetch` does. */
import { resolve } from "node:path";
import { type FetchProgress, fetchData } from "../../benchmarks/data/fetch.ts";
import { type Fetched, fetchedDirectory } from "../../benchmarks/data/fetched.ts";
import { SOURCES, sourceOf } from "../../benchmarks/data/sources.ts";
import { entryOf } from "../../benchmarks/index.ts";
import { UsageError } from "../errors.ts";
import { openHttp } from "../http.ts";
import { printable } from "../text.ts";
import { cacheDirectoryOf } from "./benchmark-of.ts";
import type { FetchSettings } from "./data.ts";
import type { Io } from "./io.ts";

/** Of a server, after which a request is tried again. */
const SILENCE_MS = 60_000;
const TOLD_EVERY_MS = 3_000;

export async function dataFetchVerb(name: string, settings: FetchSettings, io: Io): Promise<void> {
  const source = sourceOf(name) ?? noSource(name);
  const from = settings.from ?? null;
  if (from !== null && !(URL.canParse(from) && /^https?:$/.test(new URL(from).protocol))) {
    throw new UsageError(`--from must be a URL such as http://mirror.local/, found ${JSON.stringify(from)}`);
  }
  const directory = settings.out === undefined ? fetchedDirectory(cacheDirectoryOf(io), name) : resolve(settings.out);
  if (source.terms !== null) io.err(`note: ${source.terms} Licence: ${source.licence}`);
  await using http = openHttp({ env: io.env, silenceMs: SILENCE_MS });
  const onProgress = progressLines(name, io);
  const { fetched, wasThere } = await fetchData(source, { directory, from, http, signal: io.signal, onProgress });
  for (const note of fetched.notes) io.err(`note: ${printable(note)}`);
  const unknown = fetched.files.filter(({ known }) => !known).length;
  if (unknown > 0) io.err(`note: ${unpinnedText(unknown, fetched)}`);
  if (settings.json) io.out(JSON.stringify({ directory, wasThere, fetched }, null, 1));
  else io.out(endText(directory, fetched, wasThere));
}

function noSource(name: string): never {
  const entry = entryOf(name);
  const known = SOURCES.map((source) => source.name).join(", ");
  throw new UsageError(
    entry.needsData
      ? `${name} has no public source: give its folder with --data DIR. These can be fetched: ${known}`
      : `${name} is made by the tool itself: there is nothing to fetch. These can be fetched: ${known}`,
  );
}

function unpinnedText(unknown: number, { files }: Fetched): string {
  return (
    `for ${unknown} of ${files.length} files no hash is known beforehand: they are pinned by revision alone. ` +
    "The hashes of what came are in fetched.json, and another file will be refused"
  );
}

function endText(directory: string, { benchmark, contents, licence }: Fetched, wasThere: boolean): string {
  return [
    `${benchmark}: ${wasThere ? "was there already and is unchanged" : "fetched and checked"}`,
    `${contents.files} files, ${megabytes(contents.bytes)} MB; licence: ${licence}`,
    `data folder ${directory}`,
  ].join("\n");
}

function progressLines(name: string, io: Io): (progress: FetchProgress) => void {
  let toldAt = performance.now();
  let doing = "";
  return (progress) => {
    const now = performance.now();
    if (progress.doing === doing && now - toldAt < TOLD_EVERY_MS) return;
    toldAt = now;
    doing = progress.doing;
    io.err(`data fetch ${name}: ${doing} ${doing === "unpacking" ? "" : amount(progress)}`.trimEnd());
  };
}

function amount({ files, ofFiles, bytes, ofBytes }: FetchProgress): string {
  const share = ofBytes > 0 && ofFiles === 1 ? `, ${Math.floor((100 * bytes) / ofBytes)} %` : "";
  return `${megabytes(bytes)} MB${share}, ${files} of ${ofFiles} files whole`;
}

function megabytes(bytes: number): string {
  const count = bytes / 1e6;
  return count < 10 ? count.toFixed(1) : String(Math.round(count));
}
