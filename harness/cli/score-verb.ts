/** What verb `score` does. */
import { existsSync } from "node:fs";
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
  refuseMissing(directory, run.trials);
  let changed = 0;
  for (const trial of run.trials) {
    const score = await scoreAgain(trial, benchmark, directory);
    if (JSON.stringify(score) === JSON.stringify(trial.score)) continue;
    if (!isEqual(score, trial.score)) changed += 1;
    await writeTrial(directory, { ...trial, score });
  }
  const summary = summarize(await readRun(directory));
  await writeJson(join(directory, "summary.json"), summary);
  if (settings.json) io.out(JSON.stringify({ changed, summary, paths: { run: directory } }, null, 1));
  else io.out(`${armsTable([summary])}\n${changed} of ${run.trials.length} trials changed their score`);
}

/** Files that a trial lists and that are gone would score 0 through no fault of the agent: nothing is scored then. */
function refuseMissing(directory: string, trials: readonly Trial[]): void {
  const listed = trials.flatMap(({ artifacts }) => artifacts);
  const missing = listed.filter((file) => !existsSync(join(directory, "artifacts", file)));
  if (missing.length === 0) return;
  throw new SetupError(
    `${directory}: ${missing.length} of ${listed.length} kept outputs are gone, such as artifacts/${missing[0]}. ` +
      "Nothing was scored again and all scores stay as they were; bring the files back",
  );
}

function isEqual(one: Trial["score"], other: Trial["score"]): boolean {
  return one.kind === "scored" ? other.kind === "scored" && one.value === other.value : one.kind === other.kind;
}

/** Trials that never reached a trajectory have nothing to score. */
async function scoreAgain(trial: Trial, benchmark: Benchmark, directory: string): Promise<Trial["score"]> {
  if (trial.trajectory === null) return trial.score;
  const folder = artifactsDirectory(directory, trial.task.id, trial.seed);
  return benchmark.score(trial.task, { directory: folder, answer: trial.trajectory.answer });
}
