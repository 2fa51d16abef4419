/** Runs the variants of a skill, look by look, each in a run folder of its own: the same command again goes on. */
import { join } from "node:path";
import type { AblatedUnit } from "../../reports/ablation.ts";
import { type Look, look, lookSizes, type StoppingRule } from "../../reports/ablation-stopping.ts";
import type { AblationUnit } from "../../reports/ablation-units.ts";
import { fingerprintDifferences } from "../../reports/compare.ts";
import { SetupError } from "../errors.ts";
import type { Model } from "../roles.ts";
import type { Outcome } from "../run/outcome.ts";
import type { Width } from "../run/width.ts";
import { writeSkill } from "../skill/write.ts";
import { mean } from "../statistics/interval.ts";
import { type Paired, type Source, scoresOf } from "./ablate-source.ts";
import { performRun } from "./perform-run.ts";
import type { Session } from "./session.ts";

export interface AblationSpec {
  readonly directory: string;
  readonly sources: readonly Source[];
  /** In the order in which they are tried. */
  readonly tasks: readonly Paired[];
  readonly units: readonly AblationUnit[];
  readonly rule: StoppingRule;
  /** Of all variants, also those that were made before. */
  readonly maxTrials: number | null;
  readonly model: Model;
  readonly width: Width;
  readonly signal: AbortSignal;
  readonly onLook: (done: number, total: number) => void;
}

interface Progress {
  readonly unit: AblationUnit;
  readonly trials: readonly Outcome[];
  readonly looks: number;
  readonly last: (Look & { readonly helped: readonly string[]; readonly hurt: readonly string[] }) | null;
  readonly verdict: AblatedUnit["verdict"] | null;
}

/**
 * Looks at every unit that is still open, in order, then at the next part of the tasks. The same input makes the same
 * trials, whenever it was stopped: the most trials count those that are stored, too.
 * @throws SetupError when a variant would be run under other settings than the recorded runs
 */
export async function performAblation(session: Session, spec: AblationSpec) {
  const sizes = lookSizes(spec.tasks.length, spec.rule.looks);
  let open = spec.units.map((unit): Progress => ({ unit, trials: [], looks: 0, last: null, verdict: null }));
  let left = spec.maxTrials ?? Number.POSITIVE_INFINITY;
  for (const [index, size] of sizes.entries()) {
    const next: Progress[] = [];
    for (const progress of open) {
      const wanted = trialsWanted(spec.tasks.slice(index === 0 ? 0 : sizes[index - 1], size));
      if (progress.verdict === null && wanted > left) next.push({ ...progress, verdict: "capped" });
      else if (progress.verdict === null) {
        left -= wanted;
        next.push(await lookAt(progress, spec.tasks.slice(0, size), session, spec));
        spec.onLook(index * open.length + next.length, sizes.length * open.length);
      } else next.push(progress);
    }
    open = next;
  }
  return { units: open.map(ablated), trials: open.flatMap(({ trials }) => trials) };
}

/** Trials that some tasks take for one unit. */
export function trialsWanted(tasks: readonly Paired[]): number {
  return tasks.reduce((sum, { taskIds, source }) => sum + taskIds.length * source.run.manifest.seeds.length, 0);
}

async function lookAt(
  before: Progress,
  tasks: readonly Paired[],
  session: Session,
  spec: AblationSpec,
): Promise<Progress> {
  const bySource = Map.groupBy(tasks, ({ source }) => source);
  const trials: Outcome[] = [];
  const scores = new Map<Source, ReadonlyMap<string, number>>();
  for (const [source, own] of bySource) {
    const made = await runWithout(
      before.unit,
      { source, taskIds: own.flatMap(({ taskIds }) => taskIds), first: before.looks === 0 },
      session,
      spec,
    );
    trials.push(...made);
    scores.set(source, scoresOf(made));
  }
  const pairs = tasks.flatMap((task) => pairOf(task, scores.get(task.source) ?? new Map()));
  const looks = before.looks + 1;
  if (pairs.length === 0)
    return { ...before, trials, looks, verdict: tasks.length >= spec.tasks.length ? "undecided" : null };
  const judged = look(
    pairs.map(({ worth }) => worth),
    spec.tasks.length,
    spec.rule,
  );
  const names = (sign: number) => pairs.filter(({ worth }) => Math.sign(worth) === sign).map(({ name }) => name);
  // What could not be scored is no reason to go on for ever: after the last task all is told.
  const verdict = judged.verdict ?? (tasks.length >= spec.tasks.length ? "undecided" : null);
  return { ...before, trials, looks, verdict, last: { ...judged, helped: names(1), hurt: names(-1) } };
}

/** Score with less score without, on the seeds that have both; nothing where there are none. */
function pairOf({ name, scores }: Paired, without: ReadonlyMap<string, number>): { name: string; worth: number }[] {
  const shared = [...scores].flatMap(([trial, value]) => {
    const other = without.get(trial);
    return other === undefined ? [] : [value - other];
  });
  return shared.length === 0 ? [] : [{ name, worth: mean(shared) }];
}

async function runWithout(
  unit: AblationUnit,
  { source, taskIds, first }: { source: Source; taskIds: readonly string[]; first: boolean },
  session: Session,
  spec: AblationSpec,
): Promise<readonly Outcome[]> {
  const folder = join(spec.directory, unit.id);
  const path = join(folder, "skill", unit.skill.name);
  const { benchmark, run, protocol, limits } = source;
  const perform = (ids: ReadonlySet<string>) =>
    performRun(session, {
      directory: join(folder, source.label),
      arm: `without ${unit.title}`.slice(0, 80),
      benchmark: { ...benchmark, tasks: benchmark.tasks.filter(({ id }) => ids.has(id)) },
      model: spec.model,
      skill: { skill: unit.skill, path },
      learned: run.manifest.benchmark.learned ?? [],
      protocol,
      limits,
      seeds: run.manifest.seeds,
      width: spec.width,
      signal: spec.signal,
      onTrial: () => {},
    });
  if (first) {
    await writeSkill(unit.skill, path);
    // A run of no task costs nothing, and tells whether the settings are those of the recorded run.
    refuseOther(source, (await perform(new Set())).manifest.fingerprint);
  }
  const wanted = new Set(taskIds);
  const made = await perform(wanted);
  return made.trials.filter(({ task }) => wanted.has(task.id));
}

function refuseOther({ run, label }: Source, asked: Source["run"]["manifest"]["fingerprint"]): void {
  const { fingerprint } = run.manifest;
  const model = asked.model === fingerprint.model ? [] : [`model (${fingerprint.model}, ${asked.model})`];
  const different = [...model, ...fingerprintDifferences(fingerprint, asked)];
  if (different.length === 0) return;
  throw new SetupError(
    `${label}: cannot be paired, for a trial made now would differ in more than the skill: ${different.join(", ")}. ` +
      "Give the options that the run was made with; or make the run again with this trace2skill",
  );
}

function ablated({ unit, trials, looks, last, verdict }: Progress): AblatedUnit {
  return {
    id: unit.id,
    title: unit.title,
    lessons: [...unit.lessons],
    support: unit.support,
    lines: unit.lines.length,
    skill: unit.skill.hash,
    tasks: last?.tasks ?? 0,
    trials: trials.length,
    looks,
    worth: last?.difference ?? null,
    interval: last?.interval ?? null,
    helped: [...(last?.helped ?? [])],
    hurt: [...(last?.hurt ?? [])],
    unscored: trials.filter(({ score }) => score.kind === "unscored").length,
    verdict: verdict ?? "undecided",
  };
}
