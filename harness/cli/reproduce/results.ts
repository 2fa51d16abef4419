/** What an experiment's folder came to, as the tables of the paper ask for it. */
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Proposal } from "../../../distill/documents.ts";
import type { ExperimentRecord } from "../../../reports/experiments/record.ts";
import type { Results } from "../../../reports/paper/measure.ts";
import { writtenBy } from "../../../reports/paper/themes.ts";
import type { RunTrials } from "../../../reports/rows.ts";
import { hasCode, SetupError } from "../../errors.ts";
import { readJsonFiles } from "../../run/files.ts";
import { type RunOutcomes, readOutcomes } from "../../run/store.ts";

/**
 * Reads the runs that are done and the patches of the distillations; each run once, however many cells it stands for.
 * @param known runs that were read before, which need not be read again
 */
export async function readResults(
  record: ExperimentRecord,
  directory: string,
  known: readonly RunOutcomes[] = [],
): Promise<Results> {
  const read = new Map(known.map((run) => [run.directory, run]));
  const runs = new Map<string, RunTrials>();
  const cells = new Map<string, string>();
  for (const { arm, user, benchmark, run, done } of record.cells) {
    if (!done) continue;
    cells.set(JSON.stringify([arm, user, benchmark]), run);
    const folder = resolve(directory, run);
    if (!runs.has(run)) runs.set(run, read.get(folder) ?? (await readOutcomes(folder)));
  }
  const patches = new Map<string, string[][]>();
  for (const { name, distillation } of record.skills)
    if (distillation !== null) patches.set(name, await readPatchTexts(resolve(directory, distillation)));
  const skills = new Map(record.skills.map((skill) => [skill.name, skill]));
  return {
    run: ({ arm, user, benchmark }) => runs.get(cells.get(JSON.stringify([arm, user, benchmark])) ?? "") ?? null,
    minutes: (skill) => skills.get(skill)?.minutes ?? null,
    patches: (skill) => patches.get(skill) ?? null,
    hash: (skill) => skills.get(skill)?.hash ?? null,
  };
}

/**
 * For each patch of a distillation, what each of its edits writes; empty where it made none.
 * @throws SetupError for a patch that cannot be read
 */
export async function readPatchTexts(distillation: string): Promise<string[][]> {
  const folder = join(distillation, "patches");
  const names = await readdir(folder).catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  });
  const paths = names
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => join(folder, name));
  const texts: string[][] = [];
  for await (const stored of readJsonFiles(paths, Proposal)) {
    if (stored.kind !== "read")
      throw new SetupError(`${paths[texts.length]}: expected a patch, found something ${stored.kind}. Distill again`);
    texts.push(stored.value.patch.edits.map(({ body }) => writtenBy(body)));
  }
  return texts;
}
