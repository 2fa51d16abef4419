/** What verb `distill` does. */
import { basename, dirname, join, resolve } from "node:path";
import { countFates } from "../../distill/lineage.ts";
import { linesTable } from "../../reports/terminal.ts";
import { SetupError } from "../errors.ts";
import type { Benchmark, Sandboxes } from "../roles.ts";
import { type Run, readRun } from "../run/store.ts";
import { readSkill } from "../skill/read.ts";
import { benchmarkOf } from "./benchmark-of.ts";
import type { DistillSettings } from "./distill.ts";
import { shownDistillation } from "./distillation-shown.ts";
import type { Io } from "./io.ts";
import { modelChoice } from "./options.ts";
import { performDistill } from "./perform-distill.ts";
import { progressOf } from "./progress.ts";
import { openSession, type Session } from "./session.ts";

export async function distillVerb(folders: readonly string[], settings: DistillSettings, io: Io): Promise<void> {
  const directory = resolve(settings.out);
  const runs = await Promise.all(folders.map((folder) => readRun(resolve(folder))));
  const start = settings.start === undefined ? null : await readSkill(settings.start);
  const journalPath = resolve(settings.journal ?? join(dirname(directory), "journal.sqlite"));
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
    name: settings.name ?? start?.name ?? basename(directory),
    directory,
    seen: session.journal.seen,
    signal: io.signal,
    onCount: progress.stage,
  }).finally(progress.end);

  const skillPath = join(directory, distillation.skill.path);
  const { stages, problems } = distillation;
  if (settings.json) {
    const paths = { distillation: join(directory, "distillation.json"), skill: skillPath, journal: journalPath };
    io.out(JSON.stringify({ calls: session.calls, stages, fates: countFates(distillation), problems, paths }, null, 1));
  } else {
    io.out(linesTable(await shownDistillation(directory, distillation, basename(directory))));
    io.out(`${stages.lessons} lessons of ${stages.trials} trials: ${fatesText(countFates(distillation))}`);
    io.out(`calls made ${session.calls.made}, read from the journal ${session.calls.fromJournal}\nskill ${skillPath}`);
  }
  for (const { file, line, message } of problems) io.err(`note: ${file}:${line}: ${message}`);
  if (stages.faults > 0) {
    io.err(
      `${stages.faults} units failed through faults of our side or the endpoint; the same command tries them again.`,
    );
    io.exit(1);
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
  const whole = { ...manifest, benchmark: { ...manifest.benchmark, taskIds } };
  const needsData =
    manifest.benchmark.name === "spreadsheetbench" && settings.data === undefined && manifest.benchmark.data === null;
  if (needsData && settings.errorAnalyst === "agentic") {
    throw new SetupError(
      "the agentic error analyst works on the tasks' workbooks: give the folder of the data set with --data DIR",
    );
  }
  if (needsData) {
    io.err(
      "note: the tasks' workbooks are not at hand, so each failed trial is analysed in a single call and no lesson is verified; --data DIR gives them",
    );
    return { benchmark: null, sandboxes: null, errorAnalyst: "single-call" };
  }
  const benchmark = await benchmarkOf(whole, settings.data ?? null, io);
  // As the runs word them: an imported run has prompts of its own.
  const tasks = new Map(runs.flatMap((run) => run.trials.map(({ task }) => [task.id, task] as const)));
  session.teach(benchmark, [...tasks.values()]);
  return { benchmark, sandboxes: await session.sandboxes(), errorAnalyst: "agentic" };
}

function fatesText(fates: Readonly<Record<string, number>>): string {
  return Object.entries(fates)
    .map(([kind, count]) => `${count} ${kind.replace("-", " ")}`)
    .join(", ");
}
