/** What was fetched: the manifest that ends a fetch, and where data sets lie. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { hashJson } from "../../harness/hash.ts";
import { FORMAT_VERSION } from "../../harness/records.ts";
import { readJson } from "../../harness/run/files.ts";
import { measured } from "./download.ts";

const MANIFEST = "fetched.json";
/** Files of ours beside the data. */
export const OURS = new Set([MANIFEST, "lock", ".downloads", ".making"]);

export const Contents = z.strictObject({
  files: z.number().int(),
  bytes: z.number().int(),
  /** Of the paths and hashes of all files, in order of path. */
  sha256: z.string(),
});
export type Contents = z.infer<typeof Contents>;

export const Fetched = z.strictObject({
  version: z.literal(FORMAT_VERSION),
  kind: z.literal("data"),
  benchmark: z.string(),
  licence: z.string(),
  terms: z.string().nullable(),
  fetchedAt: z.iso.datetime(),
  revisions: z.record(z.string(), z.string()),
  files: z.array(
    z.strictObject({
      url: z.string(),
      /** Where it really came from, when that was a mirror. */
      mirror: z.string().nullable(),
      bytes: z.number().int(),
      /** Of what came. */
      sha256: z.string(),
      /** Whether that hash was known beforehand; if not, the revision alone vouches for it. */
      known: z.boolean(),
    }),
  ),
  /** What was left out or changed on the way from the downloads to the data set. */
  notes: z.array(z.string()),
  contents: Contents,
});
export type Fetched = z.infer<typeof Fetched>;

/** Where `data fetch` puts a benchmark when nothing else is asked for. */
export function fetchedDirectory(cacheDirectory: string, name: string): string {
  return join(cacheDirectory, "data", name);
}

export function manifestPath(directory: string): string {
  return join(directory, MANIFEST);
}

/** The manifest of a whole fetch, or null: it is written last. */
export async function readFetched(directory: string): Promise<Fetched | null> {
  const stored = await readJson(manifestPath(directory), Fetched);
  return stored.kind === "read" ? stored.value : null;
}

/** Folder of a fetched data set, or null when it was not fetched, or not to its end. */
export async function findFetched(cacheDirectory: string, name: string): Promise<string | null> {
  const directory = fetchedDirectory(cacheDirectory, name);
  return (await readFetched(directory)) === null ? null : directory;
}

/** Counts and hashes all files of a data set; links do not count. */
export async function contentsOf(directory: string): Promise<Contents> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const relative = paths.map((path) => path.slice(directory.length + 1)).filter((path) => !OURS.has(topOf(path)));
  const hashes: [string, string][] = [];
  let bytes = 0;
  for (const path of relative.sort()) {
    const found = await measured(join(directory, path));
    hashes.push([path, found?.sha256 ?? ""]);
    bytes += found?.bytes ?? 0;
  }
  return { files: hashes.length, bytes, sha256: hashJson(hashes) };
}

function topOf(path: string): string {
  return path.split("/", 1)[0] ?? path;
}
