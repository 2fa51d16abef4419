/** What verb `score` does. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import pLimit from "p-limit";
import { summarize } from "../../reports/summary.ts";
import { runTables } from "../../reports/terminal.ts";
import { attestationFailed } from "../attest/attestation.ts";
import { SetupError } from "../errors.ts";
import type { BenchmarkSettings, Manifest } from "../manifest.ts";
import type { Trial } from "../records.ts";
import type { Benchmark } from "../roles.ts";
import { writeJson } from "../run/files.ts";
import { artifactsDirectory, type Run, readRun, trialPath } from "../run/store.ts";
import { benchmarkOf } from "./benchmark-of.ts";
import type { Io } from "./io.ts";
import { progressOf } from "./progress.ts";
import type { ScoreSettings } from "./score.ts";

export async function scoreVerb(directory: string, settings: ScoreSettings, io: Io): Promise<void> {
  const run = await readRun(directory);
  if (run.manifest.importedFrom !== null) {
    throw new SetupError(
      `${directory} was imported from ${run.manifest.importedFrom} without the files its agent made, so there is nothing to score again`,
    );
  }
  const benchmark = await benchmarkOf(run.manifest, settings.data ?? null, io, judging(settings));
  refuseMissing(directory, run.trials);
  const scored = await scoreAll(run, benchmark, io);
  const changed = scored.filter(({ score, trial }) => !isEqual(score, trial.score)).length;
  // Nothing is written before all is scored: a folder never holds scores by two sets of rules.
  for (const { score, trial } of scored) {
    if (JSON.stringify(score) !== JSON.stringify(trial.score))
      await writeJson(trialPath(directory, trial), { ...trial, score });
  }
  await writeJson(join(directory, "manifest.json"), judgedBy(run.manifest, benchmark));
  const summary = summarize(await readRun(directory));
  await writeJson(join(directory, "summary.json"), summary);
  if (settings.json) io.out(JSON.stringify({ changed, summary, paths: { run: directory } }, null, 1));
  else io.out(`${runTables(summary)}\n${changed} of ${run.trials.length} trials changed their score`);
}

/** Outputs judged at once: some rules start a program for each. */
const WIDTH = 4;

async function scoreAll({ directory, trials }: Run, benchmark: Benchmark, io: Io): Promise<Rescored[]> {
  const limit = pLimit(WIDTH);
  const progress = progressOf(io, null, "score");
  let [done, failing] = [0, 0];
  const scoreOne = async (trial: Trial): Promise<Rescored> => {
    io.signal.throwIfAborted();
    const score = await scoreAgain(trial, benchmark, directory);
    done += 1;
    if (score.kind === "unscored" || score.value < 1) failing += 1;
    progress.stage("", { done, total: trials.length, failing });
    return { trial, score };
  };
  return Promise.all(trials.map((trial) => limit(scoreOne, trial))).finally(progress.end);
}

interface Rescored {
  readonly trial: Trial;
  readonly score: Trial["score"];
}

/** Only what was asked for. */
function judging({ errata, recalculate }: ScoreSettings): Partial<BenchmarkSettings> {
  return { ...(errata === undefined ? {} : { errata }), ...(recalculate === undefined ? {} : { recalculate }) };
}

function judgedBy(manifest: Manifest, { settings, metric, errata, scorer, dataHash }: Benchmark): Manifest {
  return {
    ...manifest,
    benchmark: { ...manifest.benchmark, settings, metric, errata },
    fingerprint: { ...manifest.fingerprint, scorer, data: dataHash },
  };
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

/** Trials that never reached a trajectory have nothing to score; those whose attestation failed must not have one. */
async function scoreAgain(trial: Trial, benchmark: Benchmark, directory: string): Promise<Trial["score"]> {
  const failed = attestationFailed(trial.attestation);
  if (trial.trajectory === null || failed !== null) return failed ?? trial.score;
  const folder = artifactsDirectory(directory, trial.task.id, trial.seed);
  return benchmark.score(trial.task, { directory: folder, answer: trial.trajectory.answer });
}
