/** A data set from its public source: downloads, checks, lays out, and ends with a manifest that says what came from where. */
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import pLimit from "p-limit";
import { messageOf, SetupError } from "../../harness/errors.ts";
import { FORMAT_VERSION } from "../../harness/records.ts";
import { writeJson } from "../../harness/run/files.ts";
import { lockFolder } from "../../harness/run/lock.ts";
import { type Downloaded, type DownloadOptions, download, measured } from "./download.ts";
import { type Contents, contentsOf, type Fetched, manifestPath, OURS, readFetched } from "./fetched.ts";
import { take } from "./make.ts";
import type { Source, SourceFile } from "./source.ts";

export interface FetchProgress {
  /** Files that are whole. */
  readonly files: number;
  readonly ofFiles: number;
  readonly bytes: number;
  /** Of the files whose size is known by now. */
  readonly ofBytes: number;
  readonly doing: "downloading" | "unpacking";
}

export interface FetchOptions extends Omit<DownloadOptions, "onBytes"> {
  /** Folder of the data set. */
  readonly directory: string;
  /** A mirror, which has each file below the name of its host, as `wget -x` lays them out; null for the sources themselves. */
  readonly from: string | null;
  readonly onProgress: (progress: FetchProgress) => void;
}

export interface FetchEnd {
  readonly fetched: Fetched;
  /** True when all was there already and is unchanged. */
  readonly wasThere: boolean;
}

/** Small files, of which some sources have a thousand. */
const AT_ONCE = 4;

/**
 * Fetches a data set into a folder. Nothing counts as fetched before the manifest is there; what a process that was killed has
 * downloaded is gone on with. A set that is whole is not fetched again; one that was changed or damaged is, and then a file
 * without a known hash must be the one that came the first time.
 * @throws SetupError when a file cannot be had or is not what it should be, the disk is full, another process is at it
 */
export async function fetchData(source: Source, options: FetchOptions): Promise<FetchEnd> {
  const { directory } = options;
  await using _lock = await lockFolder(directory);
  const before = await readFetched(directory);
  if (before !== null && before.benchmark !== source.name) {
    throw new SetupError(`${directory} holds the data of ${before.benchmark}: choose another folder with --out`);
  }
  await refuseForeign(directory);
  if (before !== null && same(before.contents, await contentsOf(directory)) && isCurrent(before, source)) {
    return { fetched: before, wasThere: true };
  }
  const files = await downloadAll(source, before, options);
  const notes = await makeAll(source, options);
  const contents = await contentsOf(directory);
  const { name: benchmark, licence, terms, revisions } = source;
  const fetchedAt = new Date().toISOString();
  const head = { version: FORMAT_VERSION, kind: "data", benchmark, licence, terms, fetchedAt, revisions } as const;
  const fetched: Fetched = { ...head, files, notes, contents };
  await writeJson(manifestPath(directory), fetched);
  await rm(join(directory, ".downloads"), { recursive: true, force: true });
  return { fetched, wasThere: false };
}

/** What a fetch lays out replaces what has its name: in a folder that no fetch has begun, that would be the user's own. */
async function refuseForeign(directory: string): Promise<void> {
  const names = await readdir(directory);
  if (names.some((name) => name !== "lock" && OURS.has(name))) return;
  const foreign = names.filter((name) => !OURS.has(name));
  if (foreign.length === 0) return;
  throw new SetupError(
    `${directory} holds what was not fetched (${foreign.slice(0, 3).join(", ")}${foreign.length > 3 ? " …" : ""}): ` +
      "choose an empty or new folder with --out",
  );
}

function same(a: Contents, b: Contents): boolean {
  return a.sha256 === b.sha256 && a.files === b.files;
}

/** A later version of the tool may take another revision. */
function isCurrent({ files }: Fetched, source: Source): boolean {
  return files.length === source.files.length && files.every(({ url }, index) => url === source.files[index]?.url);
}

async function downloadAll(source: Source, before: Fetched | null, options: FetchOptions): Promise<Fetched["files"]> {
  const account = accountOf(source, options.onProgress);
  const limit = pLimit(AT_ONCE);
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const one = async (file: SourceFile): Promise<Fetched["files"][number]> => {
    signal.throwIfAborted();
    const url = addressOf(file.url, options.from);
    const seen = before?.files.find((known) => known.url === file.url)?.sha256 ?? null;
    const wanted = { url, sha256: file.sha256 ?? seen, bytes: file.bytes };
    const onBytes = (bytes: number, total: number | null) => account.bytes(file.name, bytes, total);
    const found = await download(join(options.directory, ".downloads", file.name), wanted, {
      ...options,
      signal,
      onBytes,
    }).catch((error: unknown) => {
      throw explained(error, source, { changed: file.sha256 === null && seen !== null });
    });
    account.whole(file.name, found);
    return { url: file.url, mirror: url === file.url ? null : url, ...found, known: file.sha256 !== null };
  };
  const work = source.files.map((file) => limit(one, file));
  try {
    return await Promise.all(work);
  } catch (error) {
    failed.abort(error); // the others stop where they are: their parts stay
    await Promise.allSettled(work);
    throw error;
  }
}

/** The mirror's address of a file. */
function addressOf(url: string, from: string | null): string {
  if (from === null) return url;
  const { host, pathname } = new URL(url);
  return `${from.replace(/\/+$/, "")}/${host}${pathname}`;
}

function explained(error: unknown, { name, byHand }: Source, { changed }: { changed: boolean }): unknown {
  if (!(error instanceof SetupError) || error.cause !== undefined) return error; // the disk's fault is not the source's
  const why = changed
    ? "\nIts source gives another file than the first time, though nothing but the revision pins it."
    : "";
  return new SetupError(
    `${messageOf(error)}${why}\nBy hand: ${byHand}. Then: trace2skill run ${name} --data DIR; or from a mirror: --from URL`,
    { cause: error },
  );
}

function accountOf({ files }: Source, onProgress: FetchOptions["onProgress"]) {
  const sizes = new Map(files.map(({ name, bytes }) => [name, { bytes: 0, of: bytes ?? 0 }]));
  let whole = 0;
  const tell = () => {
    const all = [...sizes.values()];
    const sum = (of: "bytes" | "of") => all.reduce((total, one) => total + one[of], 0);
    onProgress({ files: whole, ofFiles: files.length, bytes: sum("bytes"), ofBytes: sum("of"), doing: "downloading" });
  };
  return {
    bytes(name: string, bytes: number, total: number | null) {
      sizes.set(name, { bytes, of: total ?? bytes });
      tell();
    },
    whole(name: string, { bytes }: Downloaded) {
      sizes.set(name, { bytes, of: bytes });
      whole += 1;
      tell();
    },
  };
}

/** Makes the data set beside its place, proves what can be proved of it, and puts it there. */
async function makeAll(source: Source, { directory, onProgress, signal }: FetchOptions): Promise<string[]> {
  const made = join(directory, ".making");
  await rm(made, { recursive: true, force: true });
  await mkdir(made, { recursive: true });
  const notes: string[] = [];
  onProgress({ files: 0, ofFiles: source.steps.length, bytes: 0, ofBytes: 0, doing: "unpacking" });
  for (const step of source.steps) {
    signal.throwIfAborted();
    notes.push(...(await take(step, { downloads: join(directory, ".downloads"), made })));
  }
  await prove(source, made);
  await rm(manifestPath(directory), { force: true });
  for (const name of await readdir(made)) {
    await rm(join(directory, name), { recursive: true, force: true });
    await rename(join(made, name), join(directory, name));
  }
  await rm(made, { recursive: true });
  return notes;
}

async function prove({ made: hashes }: Source, made: string): Promise<void> {
  for (const [path, sha256] of Object.entries(hashes)) {
    const found = await measured(join(made, path));
    if (found?.sha256 === sha256) continue;
    throw new SetupError(`${path}: expected SHA-256 ${sha256}, found ${found?.sha256 ?? "no such file"}`);
  }
}
