/** What verb `distill` does. */
import { basename, dirname, join, resolve } from "node:path";
import { entryOf } from "../../benchmarks/index.ts";
import type { Distillation } from "../../distill/documents.ts";
import { countFates } from "../../distill/lineage.ts";
import { linesTable } from "../../reports/terminal.ts";
import { SetupError, UsageError } from "../errors.ts";
import type { Manifest } from "../records.ts";
import type { Benchmark, Sandboxes } from "../roles.ts";
import { lockFolder } from "../run/lock.ts";
import { type Run, readRun } from "../run/store.ts";
import { readSkill } from "../skill/read.ts";
import { visible } from "../text.ts";
import { benchmarkOf } from "./benchmark-of.ts";
import type { DistillSettings } from "./distill.ts";
import { shownDistillation } from "./distillation-shown.ts";
import type { Io } from "./io.ts";
import { modelChoice } from "./options.ts";
import { openTrials, performDistill } from "./perform-distill.ts";
import { progressOf } from "./progress.ts";
import { openSession, type Session } from "./session.ts";

export async function distillVerb(folders: readonly string[], settings: DistillSettings, io: Io): Promise<void> {
  const directory = resolve(settings.out);
  if (new Set(folders.map((folder) => resolve(folder))).size < folders.length) {
    throw new UsageError(`a run is given twice: ${folders.join(" ")}`);
  }
  const runs = await Promise.all(folders.map((folder) => readRun(resolve(folder))));
  tellSealed(runs, io);
  const start = settings.start === undefined ? null : await readSkill(settings.start);
  const journalPath = resolve(settings.journal ?? join(dirname(directory), "journal.sqlite"));
  await using _lock = await lockFolder(directory);
  await using session = openSession(io, journalPath);
  const model = session.model(modelChoice(settings));
  const bench = await benchFor(runs, settings, { session, io });

  const progress = progressOf(io, session, `distill ${settings.lessons}`);
  const distillation = await performDistill({
    runs,
    start,
    model,
    ...bench,
    lessons: settings.lessons,
    fanIn: settings.fanIn,
    width: settings.width,
    routeSupport: settings.routeSupport,
    maxSkillLines: settings.maxSkillLines,
    seed: settings.seed,
    name: settings.name ?? start?.name ?? `${runs[0]?.manifest.benchmark.name ?? "new"}-skill`,
    directory,
    seen: session.journal.seen,
    signal: io.signal,
    onCount: progress.stage,
  }).finally(progress.end);

  const skillPath = join(directory, distillation.skill.path);
  const { stages, problems } = distillation;
  const { simulated } = distillation.fingerprint;
  if (settings.json) {
    const paths = { distillation: join(directory, "distillation.json"), skill: skillPath, journal: journalPath };
    const fates = countFates(distillation);
    io.out(JSON.stringify({ simulated, calls: session.calls, stages, fates, problems, paths }, null, 1));
  } else {
    const mark = simulated ? " · simulated" : "";
    io.out(`Best supported lines of ${distillation.name}, by ${distillation.fingerprint.model}${mark}\n`);
    io.out(linesTable(await shownDistillation(directory, distillation, basename(directory))));
    io.out(`${stages.lessons} lessons of ${stages.trials} trials: ${fatesText(countFates(distillation))}`);
    io.out(`calls made ${session.calls.made}, read from the journal ${session.calls.fromJournal}\nskill ${skillPath}`);
  }
  for (const { file, line, message } of problems) io.err(`note: ${file}:${line}: ${message}`);
  if (tellFailures(distillation, io)) io.exit(1);
}

/** Says which analyses came to nothing and why; true when that was a fault, or when there is no lesson at all. */
function tellFailures({ analyses, stages }: Distillation, io: Io): boolean {
  const failed = analyses.flatMap(({ outcome }) =>
    outcome.kind === "failed" ? [`${outcome.reason}: ${outcome.detail}`] : [],
  );
  for (const [reason, same] of Map.groupBy(failed, (text) => visible(text.slice(0, 300)))) {
    io.err(`${same.length} of ${analyses.length} analyses failed: ${reason}`);
  }
  if (stages.faults > 0)
    io.err("What failed through a fault of the endpoint or of ours is tried again by the same command.");
  if (stages.lessons === 0) io.err("No analysis brought a lesson, so the skill is what it was at the start.");
  return stages.faults > 0 || stages.lessons === 0;
}

function tellSealed(runs: readonly Run[], io: Io): void {
  for (const run of runs) {
    const sealed = run.trials.length - openTrials(run).length;
    if (sealed > 0)
      io.err(`note: ${run.directory}: ${sealed} of ${run.trials.length} trials are of test tasks and left out`);
  }
}

interface Bench {
  readonly benchmark: Benchmark | null;
  readonly sandboxes: Sandboxes | null;
  readonly errorAnalyst: "agentic" | "single-call";
}

/** The agentic analyst works on the tasks themselves; where they are not at hand, one call reads the trajectory. */
async function benchFor(
  runs: readonly Run[],
  settings: DistillSettings,
  { session, io }: { session: Session; io: Io },
): Promise<Bench> {
  if (settings.errorAnalyst === "single-call") return { benchmark: null, sandboxes: null, errorAnalyst: "single-call" };
  const [first] = runs;
  if (first === undefined) throw new SetupError("there is no run to distill");
  const names = new Set(runs.map(({ manifest }) => manifest.benchmark.name));
  if (names.size > 1)
    throw new SetupError(
      `the runs are of several benchmarks (${[...names].join(", ")}); distill those of one at a time`,
    );
  const { manifest } = first;
  const taskIds = [...new Set(runs.flatMap((run) => run.manifest.benchmark.taskIds))];
  const whole = { ...manifest, benchmark: { ...manifest.benchmark, taskIds, settings: settingsOf(runs) } };
  const needsData =
    entryOf(manifest.benchmark.name).needsData && settings.data === undefined && manifest.benchmark.data === null;
  if (needsData && settings.errorAnalyst === "agentic") {
    throw new SetupError(
      "the agentic error analyst works on the tasks' files: give the folder of the data set with --data DIR",
    );
  }
  if (needsData) {
    io.err(
      "note: the tasks' files are not at hand, so each failed trial is analysed in a single call and no lesson is verified; --data DIR gives them",
    );
    return { benchmark: null, sandboxes: null, errorAnalyst: "single-call" };
  }
  const benchmark = await benchmarkOf(whole, settings.data ?? null, io);
  // As the runs word them: an imported run has prompts of its own.
  const tasks = new Map(runs.flatMap((run) => run.trials.map(({ task }) => [task.id, task] as const)));
  session.teach(benchmark, [...tasks.values()]);
  return { benchmark, sandboxes: await session.sandboxes(), errorAnalyst: "agentic" };
}

/** How the benchmark is loaded once for all runs: as they had it; with all tasks where they had several splits. */
function settingsOf(runs: readonly Run[]): Manifest["benchmark"]["settings"] {
  const [first, ...others] = runs.map(({ manifest }) => manifest.benchmark.settings);
  if (first === undefined || others.every((settings) => settings?.split === first.split)) return first;
  return { ...first, split: "all" };
}

function fatesText(fates: Readonly<Record<string, number>>): string {
  return Object.entries(fates)
    .map(([kind, count]) => `${count} ${kind.replace("-", " ")}`)
    .join(", ");
}
