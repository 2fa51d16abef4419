/** What verb `export` does. */
import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SetupError } from "../errors.ts";
import { imageStore } from "../images/image-store.ts";
import { ATIF_VERSION } from "../import/atif-format.ts";
import { writeAtif } from "../import/atif-write.ts";
import type { Trial } from "../records.ts";
import { writeJson } from "../run/files.ts";
import { copyFileBelow } from "../run/regular-file.ts";
import { makeFolder, readRun, trialName } from "../run/store.ts";
import { isSafePath } from "../skill/skill.ts";
import type { ExportSettings } from "./export.ts";
import { refuseFolderWithin } from "./free-folder.ts";
import type { Io } from "./io.ts";

/** Larger than anything a run keeps. */
const MOST_BYTES = 1024 ** 3;

export async function exportVerb(directory: string, { out, json }: ExportSettings, io: Io): Promise<void> {
  const run = await readRun(directory);
  if (run.trials.length === 0) throw new SetupError(`${directory} has no finished trial to export`);
  refuseFolderWithin(out);
  await makeFolder(out);
  let [images, artifacts, lost] = [0, 0, 0];
  for (const trial of run.trials) {
    const name = trialName(trial.task.id, trial.seed);
    images += await copyImages(trial, directory, out);
    for (const path of trial.artifacts) {
      if (await copyOver(join(directory, "artifacts"), path, join(out, "artifacts"))) artifacts += 1;
      else lost += 1;
    }
    await writeJson(join(out, `${name}.json`), writeAtif(trial, name, run.manifest));
  }
  if (lost > 0)
    io.err(
      `notice: ${lost} files that agents left are gone from ${directory}, or lie outside of it, and are not exported`,
    );
  io.err("notice: the trajectories hold scores with their explanations, which tell answers: show them to no agent");
  const counts = { trajectories: run.trials.length, images, artifacts };
  if (json)
    io.out(
      JSON.stringify({ calls: { made: 0, fromJournal: 0 }, format: ATIF_VERSION, counts, paths: { out } }, null, 1),
    );
  else
    io.out(
      `${counts.trajectories} trajectories (${ATIF_VERSION}), ${images} images, ${artifacts} files of agents: ${out}`,
    );
}

async function copyImages(trial: Trial, directory: string, out: string): Promise<number> {
  const [from, to] = [imageStore(join(directory, "images")), imageStore(join(out, "images"))];
  const prompt = trial.trajectory?.prompt ?? [];
  const shown = [
    ...prompt.flatMap((message) => (message.role === "user" ? (message.images ?? []) : [])),
    ...(trial.trajectory?.steps ?? []).flatMap((step) => step.images ?? []),
  ];
  for (const { sha256: _, ...image } of shown) {
    const bytes = await from.read({ sha256: _, ...image });
    await to.keep(image, bytes);
  }
  return shown.length;
}

/** False when there is no such file below the folder. A trial of strangers may name any path. */
async function copyOver(from: string, path: string, out: string): Promise<boolean> {
  if (!isSafePath(path)) return false;
  const to = join(out, path);
  await mkdir(dirname(to), { recursive: true });
  await rm(to, { force: true });
  return copyFileBelow(from, path, to, MOST_BYTES);
}
