/** From downloads to the data set: the steps of a source. */
import { copyFile, mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SetupError } from "../../harness/errors.ts";
import { unpackTar } from "../unpack.ts";
import { makeDocvqa, makeReceipts } from "./make-documents.ts";
import { makeAime, makeDapo } from "./make-mathematics.ts";
import type { Step } from "./source.ts";
import { unzip } from "./unzip.ts";

export interface Folders {
  readonly downloads: string;
  /** Empty at first: the data set is made here. */
  readonly made: string;
}

/**
 * Takes one step.
 * @returns notes on what was left out or changed
 * @throws SetupError when a download does not hold what the step needs
 */
export async function take(step: Step, folders: Folders): Promise<string[]> {
  switch (step.kind) {
    case "copy":
      await mkdir(dirname(join(folders.made, step.to)), { recursive: true });
      await copyFile(join(folders.downloads, step.from), join(folders.made, step.to));
      return [];
    case "tar":
    case "zip":
      return unpack(step, folders);
    case "dapo":
      return makeDapo(step, folders);
    case "aime":
      return makeAime(step, folders);
    case "docvqa":
      return makeDocvqa(step, folders);
    case "receipts":
      return makeReceipts(step, folders);
    default:
      return step satisfies never;
  }
}

async function unpack(step: Extract<Step, { kind: "tar" | "zip" }>, { downloads, made }: Folders): Promise<string[]> {
  const archive = join(downloads, step.from);
  const unpacked = join(made, ".unpacked");
  await mkdir(unpacked, { recursive: true });
  await (step.kind === "tar" ? unpackTar(archive, unpacked) : unzip(archive, unpacked)).catch((error: unknown) => {
    throw new SetupError(`cannot unpack ${archive}: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  });
  let files = 0;
  for (const entry of await readdir(unpacked, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name).slice(unpacked.length + 1);
    const target = entry.isFile() ? placeOf(path, step.keep) : null;
    if (target === null) continue;
    await mkdir(dirname(join(made, step.to, target)), { recursive: true });
    await rename(join(unpacked, path), join(made, step.to, target));
    files += 1;
  }
  await rm(unpacked, { recursive: true });
  if (files > 0) return [];
  throw new SetupError(`${archive} holds none of: ${step.keep.join(", ")}. Its layout has changed at its source`);
}

/** The part of a path from the first kept folder or file on; null for what is not kept, and for what a Mac adds to archives. */
function placeOf(path: string, keep: readonly string[]): string | null {
  const parts = path.split("/");
  if (parts[0] === "__MACOSX" || parts.at(-1)?.startsWith("._") === true) return null;
  for (let at = 0; at < parts.length; at += 1) {
    const rest = parts.slice(at).join("/");
    if (keep.some((name) => (name.endsWith("/") ? rest.startsWith(name) : rest === name))) return rest;
  }
  return null;
}
