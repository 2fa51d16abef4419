/** What verb `ablate` does. */
import { dirname, join, resolve } from "node:path";
import { type AblationPlan, type AblationReport, ablationPlan } from "../../reports/ablation.ts";
import { unitsBySection } from "../../reports/ablation-sections.ts";
import { lookSizes } from "../../reports/ablation-stopping.ts";
import { ablationText, planText } from "../../reports/ablation-text.ts";
import { type Ablation, unitsByLesson } from "../../reports/ablation-units.ts";
import { outlineSkill } from "../../reports/outline.ts";
import { SetupError } from "../errors.ts";
import { shortHash } from "../hash.ts";
import { FORMAT_VERSION } from "../records.ts";
import type { Model } from "../roles.ts";
import { writeJson } from "../run/files.ts";
import { lockFolder } from "../run/lock.ts";
import { mean } from "../statistics/interval.ts";
import { sumUsage } from "../usage.ts";
import type { AblateSettings } from "./ablate.ts";
import { costOfTrial, type Paired, pairedTasks, readSources, type Source } from "./ablate-source.ts";
import { accountIn } from "./account.ts";
import { trialsAtOnce } from "./connection-options.ts";
import { refuseTakenFolder } from "./free-folder.ts";
import type { Io } from "./io.ts";
import { modelChoice } from "./model-choice.ts";
import { performAblation, trialsWanted } from "./perform-ablation.ts";
import { progressOf } from "./progress.ts";
import { tellUnscored } from "./run-verb.ts";
import { sandboxAsked } from "./sandbox-options.ts";
import { openSession, type Session } from "./session.ts";
import { openSkillFolder, type SkillFolder } from "./skill-folder.ts";
import { spendingReport } from "./spending-told.ts";

export async function ablateVerb(
  given: string,
  settings: AblateSettings & { modelGiven: boolean },
  io: Io,
): Promise<void> {
  const folder = await openSkillFolder(given);
  if (folder.notice !== null) io.err(`note: ${folder.notice}`);
  const by = settings.by ?? (folder.distilled === null ? "section" : "lesson");
  const ablation = unitsOf(folder, by);
  const { reportOnly, data = null } = settings;
  const sources = await readSources(settings.run, { skill: folder.skill, data, reportOnly, io });
  const tasks = pairedTasks(sources);
  if (tasks.length === 0) throw new SetupError("no trial of the given runs has a score to be paired with");
  const plan = planOf(by, ablation, { sources, tasks, settings });
  if (settings.dryRun) return io.out(settings.json ? JSON.stringify(plan, null, 1) : planText(plan));
  if (!settings.json) io.out(`${planText(plan)}\n`);

  const directory = resolve(settings.out ?? `${sources[0]?.run.directory ?? "run"}-ablated-by-${by}`);
  refuseTakenFolder(directory);
  const journalPath = resolve(settings.journal ?? join(dirname(directory), "journal.sqlite"));
  const sandbox = sandboxAsked(settings, io);
  await using _lock = await lockFolder(directory);
  await using session = openSession(io, journalPath, { ...accountIn(directory, settings), sandbox });
  const model = modelOf(session, settings, sources);
  for (const { benchmark } of sources) session.teach(benchmark);
  const progress = progressOf(io, session, "ablate");
  const done = await performAblation(session, {
    directory,
    sources,
    tasks,
    units: ablation.units,
    rule: { looks: settings.looks, least: settings.least / 100 },
    maxTrials: settings.maxTrials ?? null,
    model,
    width: trialsAtOnce(settings),
    signal: io.signal,
    onLook: (looks, total) => progress.stage("looks", { done: looks, total, failing: 0 }),
  }).finally(progress.end);

  const report = reportOf(plan, done, { folder, sources, tasks, settings, model });
  const path = join(directory, "ablation.json");
  await writeJson(path, report);
  const paths = { ablation: path, journal: journalPath };
  if (settings.json)
    io.out(JSON.stringify({ calls: session.calls, spending: spendingReport(session), plan, report, paths }, null, 1));
  else
    io.out(
      `${ablationText(report)}\ncalls made ${session.calls.made}, read from the journal ${session.calls.fromJournal}\nablation ${path}`,
    );
  if (tellUnscored(done.trials, io) > 0) io.exit(1);
}

function unitsOf({ skill, distilled, path }: SkillFolder, by: "lesson" | "section"): Ablation {
  if (by === "lesson" && distilled === null)
    throw new SetupError(
      `${path}: no distillation tells which lines are of which lesson. Take out sections: --by section`,
    );
  const distillation = distilled?.distillation ?? null;
  const ablation =
    by === "lesson" && distillation !== null
      ? unitsByLesson(skill, distillation)
      : unitsBySection(skill, outlineSkill(skill, distillation));
  if (ablation.units.length > 0) return ablation;
  const reasons = ablation.left.map(({ title, reason }) => `${title}: ${reason}`).join("; ");
  throw new SetupError(`${path}: there is no ${by} to take out${reasons === "" ? "" : `: ${reasons}`}`);
}

interface Given {
  readonly sources: readonly Source[];
  readonly tasks: readonly Paired[];
  readonly settings: AblateSettings;
}

function planOf(by: AblationPlan["by"], { units, left }: Ablation, { sources, tasks, settings }: Given): AblationPlan {
  const sizes = lookSizes(tasks.length, settings.looks);
  return ablationPlan({
    by,
    units: units.map(({ id, title, lessons, support, lines }) => ({
      id,
      title,
      lessons: [...lessons],
      support,
      lines: lines.length,
    })),
    left: left.map((one) => ({ ...one, lessons: [...one.lessons] })),
    tasks: tasks.length,
    sizes,
    trialsPerLook: sizes.map((size) => trialsWanted(tasks.slice(0, size))),
    cost: costOfTrial(sources),
    maxTrials: settings.maxTrials ?? null,
  });
}

/** The model of the first run, unless another is asked for: what does not come to the same is refused before a call. */
function modelOf(
  session: Session,
  settings: AblateSettings & { modelGiven: boolean },
  [first]: readonly Source[],
): Model {
  const choice = modelChoice(settings);
  if (first === undefined) return session.model(choice);
  const { fingerprint, model } = first.run.manifest;
  const isUrl = /^https?:/.test(fingerprint.endpoint);
  return session.model({
    ...choice,
    name: settings.modelGiven ? choice.name : model.name,
    baseUrl: choice.baseUrl ?? (isUrl ? fingerprint.endpoint : null),
    sampling: { ...fingerprint.sampling, ...choice.sampling },
  });
}

type Done = Awaited<ReturnType<typeof performAblation>>;

function reportOf(
  { by, left, sizes }: AblationPlan,
  { units, trials }: Done,
  { folder, sources, tasks, settings, model }: Given & { folder: SkillFolder; model: Model },
): AblationReport {
  const { name, hash } = folder.skill;
  return {
    version: FORMAT_VERSION,
    kind: "ablation",
    simulated: model.simulated,
    model: model.name,
    skill: { name, hash },
    by,
    reportOnly: settings.reportOnly,
    learned: sources.reduce((sum, { run }) => sum + (run.manifest.benchmark.learned?.length ?? 0), 0),
    rule: { looks: settings.looks, sizes, least: settings.least / 100, maxTrials: settings.maxTrials ?? null },
    runs: sources.map(({ label, run: { manifest } }) => ({
      label,
      benchmark: manifest.benchmark.name,
      split: manifest.benchmark.split,
      fingerprint: shortHash(manifest.fingerprint),
    })),
    baseline: { tasks: tasks.length, mean: mean(tasks.map(({ scores }) => mean([...scores.values()]))) },
    units,
    left,
    usage: sumUsage(trials.map(({ usage }) => usage)),
  };
}
