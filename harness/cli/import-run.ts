/** `import` of trajectories: a run folder. */
import { mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { textCodec } from "../../agents/text-codec.ts";
import { EVOLVE_IDS } from "../../benchmarks/spreadsheetbench-evolve-ids.ts";
import { summarize } from "../../reports/summary.ts";
import { armsTable } from "../../reports/terminal.ts";
import { imageStore } from "../images/image-store.ts";
import { type ArtifactFile, importAtif } from "../import/atif.ts";
import type { Imported } from "../import/imported.ts";
import { importRecorded } from "../import/recorded.ts";
import { importRelease } from "../import/release.ts";
import type { Manifest } from "../manifest.ts";
import { writeJson } from "../run/files.ts";
import { copyFileBelow } from "../run/regular-file.ts";
import { createRun, readRun, trialPath } from "../run/store.ts";
import { writeSkill } from "../skill/write.ts";
import { printable } from "../text.ts";
import type { ImportSettings } from "./import.ts";
import type { Io } from "./io.ts";

type RunSource = Extract<ImportSettings["from"], "atif" | "release" | "recorded">;
type Read = Imported & { readonly artifacts?: readonly ArtifactFile[] };

export async function importRun(
  from: RunSource,
  sources: readonly string[],
  { out, data, json }: ImportSettings,
  io: Io,
): Promise<void> {
  const imported = await read(from, sources, { out, data: data === undefined ? null : resolve(data) });
  const { manifest, skillFolder } = await withSkill(imported, resolve(out));
  const notices = imported.notices.map(printable);
  for (const notice of notices) io.err(`notice: ${notice}`);
  await createRun(out, manifest);
  const lost = await copyArtifacts(imported.artifacts ?? [], out);
  if (lost > 0) io.err(`notice: ${lost} files that agents left are not beside the trajectories, or too large`);
  for (const trial of imported.trials) await writeJson(trialPath(out, trial), trial);
  const summary = summarize(await readRun(out));
  await writeJson(join(out, "summary.json"), summary);
  const paths = { run: out, skill: skillFolder };
  if (json) io.out(JSON.stringify({ calls: { made: 0, fromJournal: 0 }, summary, notices, paths }, null, 1));
  else
    io.out(
      [armsTable([summary]), `run: ${out}`, ...(skillFolder === null ? [] : [`its skill: ${skillFolder}`])].join("\n"),
    );
}

function read(
  from: RunSource,
  sources: readonly string[],
  { out, data }: { out: string; data: string | null },
): Promise<Read> {
  const [source = ""] = sources;
  switch (from) {
    case "recorded":
      return importRecorded(source, { data });
    case "release": {
      return importRelease(source, {
        data,
        isSealed: (id) => !EVOLVE_IDS.has(id),
        readAction: (reply) => textCodec.read(reply, "stop").action,
      });
    }
    case "atif":
      return importAtif(sources, imageStore(join(out, "images")));
    default:
      return from satisfies never;
  }
}

/** Files of any size that our own runs keep. */
const MOST_ARTIFACT_BYTES = 256 * 1024 ** 2;

/** @returns how many could not be copied */
async function copyArtifacts(artifacts: readonly ArtifactFile[], out: string): Promise<number> {
  let lost = 0;
  for (const { from, path } of artifacts) {
    const to = join(out, "artifacts", path);
    await mkdir(dirname(to), { recursive: true });
    const copied = await copyFileBelow(from, path, to, MOST_ARTIFACT_BYTES).catch(isThere);
    if (!copied) lost += 1;
  }
  return lost;
}

/** The same import again finds the files in place. */
function isThere(error: unknown): boolean {
  if (error instanceof Error && "code" in error && error.code === "EEXIST") return true;
  throw error;
}

/** Writes the skill that the recorded agent had, so that a distillation can start from it. */
async function withSkill(
  { manifest, skill }: Imported,
  out: string,
): Promise<{ manifest: Manifest; skillFolder: string | null }> {
  if (skill === null || manifest.skill === null) return { manifest, skillFolder: null };
  const skillFolder = join(out, "skill", skill.name);
  await writeSkill(skill, skillFolder);
  return { manifest: { ...manifest, skill: { ...manifest.skill, path: skillFolder } }, skillFolder };
}
