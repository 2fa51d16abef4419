/** What verb `import` does. */
import { join, resolve } from "node:path";
import { summarize } from "../../reports/summary.ts";
import { armsTable } from "../../reports/terminal.ts";
import { type Imported, importRecorded } from "../import/recorded.ts";
import type { Manifest } from "../records.ts";
import { writeJson } from "../run/files.ts";
import { createRun, readRun, writeTrial } from "../run/store.ts";
import { writeSkill } from "../skill/write.ts";
import type { ImportSettings } from "./import.ts";
import type { Io } from "./io.ts";

export async function importVerb(source: string, { from, out, data, json }: ImportSettings, io: Io): Promise<void> {
  const imported = await read(from, source, data === undefined ? null : resolve(data));
  const { manifest, skillFolder } = await withSkill(imported, resolve(out));
  for (const notice of imported.notices) io.err(`notice: ${notice}`);
  await createRun(out, manifest);
  for (const trial of imported.trials) await writeTrial(out, trial);
  const summary = summarize(await readRun(out));
  await writeJson(join(out, "summary.json"), summary);
  if (json)
    io.out(
      JSON.stringify({ calls: { made: 0, fromJournal: 0 }, summary, paths: { run: out, skill: skillFolder } }, null, 1),
    );
  else
    io.out(
      [armsTable([summary]), `run: ${out}`, ...(skillFolder === null ? [] : [`its skill: ${skillFolder}`])].join("\n"),
    );
}

function read(from: ImportSettings["from"], source: string, data: string | null): Promise<Imported> {
  switch (from) {
    case "recorded":
      return importRecorded(source, { data });
    default:
      return from satisfies never;
  }
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
