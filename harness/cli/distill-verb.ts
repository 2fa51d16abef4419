/** What verb `distill` does. */
import { basename, dirname, join, resolve } from "node:path";
import { entryOf } from "../../benchmarks/index.ts";
import type { DistillOptions } from "../../distill/distill-options.ts";
import type { Analysis } from "../../distill/documents.ts";
import { fanOut } from "../../distill/fan-out.ts";
import { countFates } from "../../distill/lineage.ts";
import { analysesOf, readRecords } from "../../distill/recorded-lessons.ts";
import { linesTable } from "../../reports/terminal.ts";
import { SetupError, UsageError } from "../errors.ts";
import { FOREIGN_BENCHMARK } from "../import/atif-foreign.ts";
import type { Benchmark, Sandboxes } from "../roles.ts";
import { lockFolder } from "../run/lock.ts";
import { type Run, readRun } from "../run/store.ts";
import { readSkill } from "../skill/read.ts";
import { visible } from "../text.ts";
import { benchmarkOfRuns } from "./benchmark-of.ts";
import type { DistillSettings } from "./distill.ts";
import { fatesText, tellFailures, tellGuards, tellHow, tellSealed } from "./distill-told.ts";
import { shownDistillation } from "./distillation-shown.ts";
import { evolutionPlan } from "./evolution.ts";
import { tellCosts, tellSelection } from "./evolution-told.ts";
import { evolve, type Into } from "./evolution-verb.ts";
import type { Io } from "./io.ts";
import { modelChoice } from "./options.ts";
import { openTrials, performDistill } from "./perform-distill.ts";
import { progressOf } from "./progress.ts";
import { refuseTestTasks } from "./sealed-tasks.ts";
import { openSession, type Session } from "./session.ts";
import { truthsOf } from "./truths-of.ts";

export async function distillVerb(folders: readonly string[], settings: DistillSettings, io: Io): Promise<void> {
  const directory = resolve(settings.out);
  if (new Set(folders.map((folder) => resolve(folder))).size < folders.length) {
    throw new UsageError(`a run is given twice: ${folders.join(" ")}`);
  }
  if (folders.length === 0 && settings.records === undefined)
    throw new UsageError("give run folders, or lessons that were drawn elsewhere with --records PATH");
  if (settings.mode === "deepen" && !isGiven(settings.start))
    throw new UsageError("--mode deepen needs the skill to deepen: --start DIR. Without one, the mode is create");
  const runs = await Promise.all(folders.map((folder) => readRun(resolve(folder))));
  const given = await givenLessons(settings, io);
  tellSealed(runs, io);
  const plan = evolutionPlan(settings);
  if (settings.dryRun) return tellCosts(runs, settings, plan, io);
  const start = await startAsked(settings);
  const journalPath = resolve(settings.journal ?? join(dirname(directory), "journal.sqlite"));
  await using _lock = await lockFolder(directory);
  await using session = openSession(io, journalPath);
  const asked = session.model(modelChoice(settings));
  // A simulated model has no cache to fill, so that none need wait.
  const fan = fanOut(asked, { lead: !asked.simulated });
  const bench = await benchFor(runs, settings, { session, io });
  const truths = isWithoutData(runs)
    ? null
    : await truthsOf(runs, { data: settings.data ?? null, sandboxes: bench.sandboxes, io });

  const distillInto = (into: Into) =>
    performDistill({
      ...methodAsked(settings),
      ...start,
      given,
      model: fan.model,
      ...bench,
      truths,
      name: settings.name ?? start.start?.name ?? `${runs[0]?.manifest.benchmark.name ?? "new"}-skill`,
      seen: session.journal.seen,
      signal: io.signal,
      ...into,
    });
  if (plan !== null) {
    const given = start.start === null ? null : { skill: start.start, path: resolve(settings.start ?? "") };
    const ended = await evolve({ runs, start: given, settings, directory, session, io, distillInto }, plan);
    for (const { distillation } of ended.distillations) tellFailures(distillation, io);
    return tellSelection(ended, { json: settings.json, directory, journalPath, session, io });
  }
  const progress = progressOf(io, session, `distill ${settings.lessons}`);
  const into = { runs, seed: settings.seed, directory, onCount: progress.stage };
  const distillation = await distillInto(into).finally(progress.end);

  const skillPath = join(directory, distillation.skill.path);
  const { stages, problems } = distillation;
  const { simulated } = distillation.fingerprint;
  if (settings.json) {
    const paths = { distillation: join(directory, "distillation.json"), skill: skillPath, journal: journalPath };
    const fates = countFates(distillation);
    const { options, start: from } = distillation;
    const draft = from?.path ? { draft: join(directory, from.path) } : {};
    const { memory } = distillation;
    const { scan, stability } = distillation;
    const guards = { prefix: fan.shares(), scan, stability };
    const told = { simulated, calls: session.calls, options, start: from, stages, fates, problems, ...guards };
    const more = { ...draft, ...(memory && { memory: join(directory, memory.path) }) };
    io.out(JSON.stringify({ ...told, ...(memory && { memory }), paths: { ...paths, ...more } }, null, 1));
  } else {
    const mark = simulated ? " · simulated" : "";
    io.out(`Best supported lines of ${distillation.name}, by ${distillation.fingerprint.model}${mark}\n`);
    io.out(linesTable(await shownDistillation(directory, distillation, basename(directory))));
    io.out(`${stages.lessons} lessons of ${stages.trials} trials: ${fatesText(countFates(distillation))}`);
    io.out(`calls made ${session.calls.made}, read from the journal ${session.calls.fromJournal}\nskill ${skillPath}`);
  }
  tellHow(distillation, directory, io);
  if (!settings.json) tellGuards(distillation, fan, io);
  for (const { file, line, message } of problems) io.err(`note: ${file}:${line}: ${message}`);
  if (tellFailures(distillation, io)) io.exit(1);
}

/** What of the options goes to the method as it is. */
function methodAsked(settings: DistillSettings) {
  const { lessons, strategy, batch, merge, fanIn, width, routeSupport, maxSkillLines, maxReferenceLines } = settings;
  const { shuffleMerge, seed } = settings;
  const limits = { routeSupport, maxSkillLines, maxReferenceLines };
  return { lessons, strategy, batch, merge, fanIn, width, ...limits, shuffleMerge, seed };
}

function isGiven(start: string | undefined): start is string {
  return start !== undefined && start !== "none";
}

/** The skill to start from, or the draft that takes its place. */
async function startAsked({ mode, start }: DistillSettings): Promise<Pick<DistillOptions, "start" | "mode" | "draft">> {
  const skill = isGiven(start) ? await readSkill(start) : null;
  return {
    start: skill,
    mode: mode ?? (skill === null ? "create" : "deepen"),
    draft: start === "none" ? "frame" : "parametric",
  };
}

/** Lessons of elsewhere, with what of them was left out; none when none were asked for. */
async function givenLessons({ records, lessons }: DistillSettings, io: Io): Promise<Analysis[]> {
  if (records === undefined) return [];
  const read = await readRecords(resolve(records));
  for (const { record, reason } of read.skipped) io.err(`note: ${visible(`${record}: ${reason}`)}`);
  return analysesOf(read, lessons);
}

/** Of tasks of other harnesses nothing but the trajectories is at hand. */
function isWithoutData(runs: readonly Run[]): boolean {
  return runs.every(({ manifest }) => manifest.benchmark.name === FOREIGN_BENCHMARK);
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
  if (first === undefined || isWithoutData(runs)) {
    if (settings.errorAnalyst === "agentic")
      throw new SetupError(
        "the agentic error analyst works on the tasks' files, and there are none: choose single-call",
      );
    return { benchmark: null, sandboxes: null, errorAnalyst: "single-call" };
  }
  const { manifest } = first;
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
  const taskIds = [...new Set(runs.flatMap((run) => run.manifest.benchmark.taskIds))];
  const benchmark = await benchmarkOfRuns(runs, { taskIds, data: settings.data ?? null, io });
  refuseTestTasks(
    benchmark,
    runs.flatMap(openTrials).map(({ task }) => task),
  );
  // As the runs word them: an imported run has prompts of its own.
  const tasks = new Map(runs.flatMap((run) => run.trials.map(({ task }) => [task.id, task] as const)));
  session.teach(benchmark, [...tasks.values()]);
  return { benchmark, sandboxes: await session.sandboxes(), errorAnalyst: "agentic" };
}
