/** What verb `distill` does. */
import { dirname, join, resolve } from "node:path";
import type { DistillOptions } from "../../distill/distill-options.ts";
import type { Analysis } from "../../distill/documents.ts";
import { fanOut } from "../../distill/fan-out.ts";
import { analysesOf, readRecords } from "../../distill/recorded-lessons.ts";
import { SetupError } from "../errors.ts";
import { lockFolder } from "../run/lock.ts";
import { type Run, readRun } from "../run/store.ts";
import { readSkill } from "../skill/read.ts";
import { visible } from "../text.ts";
import { accountIn } from "./account.ts";
import { askHalves } from "./asked-halves.ts";
import type { DistillSettings } from "./distill.ts";
import { analystFor, benchFor, withoutHeldBack } from "./distill-bench.ts";
import { isGiven, refuseWrongUse } from "./distill-refusals.ts";
import { tellDistilled, tellFailures, tellTrials } from "./distill-told.ts";
import { evolutionPlan } from "./evolution.ts";
import { tellCosts, tellSelection } from "./evolution-told.ts";
import { evolve, type Into } from "./evolution-verb.ts";
import type { Io } from "./io.ts";
import { performDistill, refuseSealed } from "./perform-distill.ts";
import { progressOf } from "./progress.ts";
import { modelWithRoles } from "./role-models.ts";
import { sandboxAsked } from "./sandbox-options.ts";
import { openSession } from "./session.ts";
import { truthsOf } from "./truths-of.ts";
import { wholeBenchmarks } from "./whole-benchmarks.ts";

export async function distillVerb(folders: readonly string[], settings: DistillSettings, io: Io): Promise<void> {
  const plan = evolutionPlan(settings);
  refuseWrongUse(folders, settings, plan);
  const directory = resolve(settings.out);
  const { runs, given, notices, whole } = await materialOf(folders, settings, io);
  const data = settings.data ?? null;
  if (settings.dryRun) {
    const errorAnalyst = settings.errorAnalyst ?? (await analystFor(runs, whole));
    return tellCosts({ runs, given }, { ...settings, errorAnalyst }, plan, io);
  }
  const sandbox = sandboxAsked(settings, io);
  const start = await startAsked(settings);
  const journalPath = resolve(settings.journal ?? join(dirname(directory), "journal.sqlite"));
  await using _lock = await lockFolder(directory);
  await using session = openSession(io, journalPath, { ...accountIn(directory, settings), sandbox });
  const asked = modelWithRoles(session, settings);
  // A simulated model has no cache to fill, so that none need wait.
  const fan = fanOut(asked, { lead: !asked.simulated });
  const bench = await benchFor(runs, { errorAnalyst: settings.errorAnalyst ?? null, data, whole, session, io });
  const truths = await truthsOf(runs, { whole, sandboxes: bench.sandboxes, io });

  const distillInto = ({ heldBack = NONE, ...into }: Into) =>
    performDistill({
      ...methodAsked(settings),
      ...start,
      given: withoutHeldBack(given, heldBack),
      notices,
      model: fan.model,
      ...bench,
      truths,
      name: settings.name ?? start.start?.name ?? `${nameOfTasks(runs)}-skill`,
      seen: session.journal.seen,
      usedBy: session.journal.usedBy,
      signal: io.signal,
      ...into,
    });
  const place = { json: settings.json, directory, journalPath, session, io };
  if (plan !== null) {
    const from = start.start === null ? null : { skill: start.start, path: resolve(settings.start ?? "") };
    const ended = await evolve({ runs, given, start: from, settings, directory, session, io, distillInto }, plan);
    for (const { distillation } of ended.distillations) tellFailures(distillation, io);
    return tellSelection(ended, place);
  }
  const progress = progressOf(io, session, `distill ${settings.lessons}`);
  const into = { runs, seed: settings.seed, directory, onCount: progress.stage };
  const distillation = await distillInto(into).finally(progress.end);
  await tellDistilled(distillation, { ...place, fan, told: notices });
}

/** What is learned from: the runs and recorded lessons, asked about by their benchmarks; with what is told of them. */
async function materialOf(folders: readonly string[], settings: DistillSettings, io: Io) {
  const runs = await Promise.all(folders.map((folder) => readRun(resolve(folder))));
  for (const run of runs) refuseSealed(run);
  const recorded = await givenLessons(settings, io);
  tellTrials(runs, io);
  const whole = wholeBenchmarks(runs, { data: settings.data ?? null, io });
  const { given, notices } = await askHalves({ runs, given: recorded }, whole);
  for (const notice of notices) io.err(`note: ${visible(notice)}`);
  refuseNothing(runs, given);
  return { runs, given, notices, whole };
}

const NONE: ReadonlySet<string> = new Set();

/** @throws SetupError when recorded lessons were all there was, and none is left */
function refuseNothing(runs: readonly Run[], given: readonly Analysis[]): void {
  if (runs.length === 0 && given.length === 0)
    throw new SetupError("no recorded lesson is left to distill. Give runs of the evolve split, or other --records");
}

/** What of the options goes to the method as it is. */
function methodAsked(settings: DistillSettings) {
  const { lessons, strategy, batch, merge, fanIn, width, routeSupport, maxSkillLines, maxReferenceLines } = settings;
  const { shuffleMerge, seed } = settings;
  const limits = { routeSupport, maxSkillLines, maxReferenceLines };
  return { lessons, strategy, batch, merge, fanIn, width, ...limits, shuffleMerge, seed };
}

/** Of a user's own benchmark, `folder/mine`, the last part: a skill's name holds no slash. */
function nameOfTasks([first]: readonly Run[]): string {
  return first?.manifest.benchmark.name.split("/").at(-1) ?? "new";
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
