/** What verb `score` does. */
import { join } from "node:path";
import { summarize } from "../../reports/summary.ts";
import { armsTable } from "../../reports/terminal.ts";
import { SetupError } from "../errors.ts";
import type { Trial } from "../records.ts";
import type { Benchmark } from "../roles.ts";
import { writeJson } from "../run/files.ts";
import { artifactsDirectory, readRun, writeTrial } from "../run/store.ts";
import { benchmarkOf } from "./benchmark-of.ts";
import type { Io } from "./io.ts";
import type { ScoreSettings } from "./score.ts";

export async function scoreVerb(directory: string, settings: ScoreSettings, io: Io): Promise<void> {
  const run = await readRun(directory);
  if (run.manifest.importedFrom !== null) {
    throw new SetupError(
      `${directory} was imported from ${run.manifest.importedFrom} without the files its agent made, so there is nothing to score again`,
    );
  }
  const benchmark = await benchmarkOf(run.manifest, settings.data ?? null, io);
  let changed = 0;
  for (const trial of run.trials) {
    const score = await scoreAgain(trial, benchmark, directory);
    if (JSON.stringify(score) === JSON.stringify(trial.score)) continue;
    changed += 1;
    await writeTrial(directory, { ...trial, score });
  }
  const summary = summarize(await readRun(directory));
  await writeJson(join(directory, "summary.json"), summary);
  if (settings.json) io.out(JSON.stringify({ changed, summary, paths: { run: directory } }, null, 1));
  else io.out(`${armsTable([summary])}\n${changed} of ${run.trials.length} trials changed their score`);
}

/** Trials that never reached a trajectory have nothing to score. */
async function scoreAgain(trial: Trial, benchmark: Benchmark, directory: string): Promise<Trial["score"]> {
  if (trial.trajectory === null) return trial.score;
  const folder = artifactsDirectory(directory, trial.task.id, trial.seed);
  return benchmark.score(trial.task, { directory: folder, answer: trial.trajectory.answer });
}
