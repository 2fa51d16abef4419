/** The recorded runs that an ablation is paired with: what they say of the model, the agent and the tasks. */
import { basename } from "node:path";
import { z } from "zod";
import type { TrialCost } from "../../reports/ablation.ts";
import { compareText, countedTrials, unitOf } from "../../reports/rows.ts";
import { SetupError } from "../errors.ts";
import { seededRandom } from "../random.ts";
import { type Protocol, Protocol as ProtocolSchema } from "../records.ts";
import { type AgentLimits, type Benchmark, OPTIONAL_LIMITS } from "../roles.ts";
import type { Outcome } from "../run/outcome.ts";
import { type Run, readRun } from "../run/store.ts";
import type { Skill } from "../skill/skill.ts";
import { sumUsage } from "../usage.ts";
import { benchmarkOf } from "./benchmark-of.ts";
import type { Io } from "./io.ts";
import { sealedTasks } from "./sealed-tasks.ts";

export interface Source {
  /** Name of the run's folder, made unique. */
  readonly label: string;
  readonly run: Run;
  readonly benchmark: Benchmark;
  readonly protocol: Protocol;
  readonly limits: AgentLimits;
}

/** One that is weighed as one: a task, or the family that tasks are cases of, of one of the runs. */
export interface Paired {
  /** As reports name it. */
  readonly name: string;
  readonly source: Source;
  readonly taskIds: readonly string[];
  /** Scores with the whole skill, by task and seed. */
  readonly scores: ReadonlyMap<string, number>;
}

/** Of the order of tasks: fixed, so that an ablation repeats. */
const ORDER_SEED = 1;

const Limits = z.object({
  turns: z.number(),
  timeMs: z.number(),
  tokens: z.number(),
  commandTimeoutMs: z.number(),
  ...Object.fromEntries(OPTIONAL_LIMITS.map((name) => [name, z.number().optional()])),
});

export interface SourceOptions {
  readonly skill: Skill;
  readonly data: string | null;
  readonly reportOnly: boolean;
  readonly io: Io;
}

/**
 * Reads the runs and refuses those that an ablation cannot be paired with.
 * @throws SetupError for another skill, for a run by no agent of ours, and for test tasks unless for a report only
 */
export async function readSources(directories: readonly string[], options: SourceOptions): Promise<Source[]> {
  const runs = await Promise.all(directories.map(readRun));
  refuseShared(runs);
  const names = runs.map(({ directory }) => basename(directory));
  const sources: Source[] = [];
  for (const [index, run] of runs.entries()) {
    refuseRun(run, options);
    const label = names.indexOf(names[index] ?? "") === index ? (names[index] ?? "") : `${names[index]}-${index + 1}`;
    const { protocol, limits } = agentOf(run);
    sources.push({
      label,
      run,
      benchmark: await benchmarkOf(run.manifest, options.data, options.io),
      protocol,
      limits,
    });
  }
  return sources;
}

/** A task that was counted twice would look like two that agree. */
function refuseShared(runs: readonly Run[]): void {
  const seen = new Map<string, string>();
  for (const { directory, manifest, trials } of runs) {
    const { benchmark, data } = manifest.fingerprint;
    for (const task of new Set(trials.map(({ task: { id } }) => id))) {
      const key = JSON.stringify([benchmark, data, task]);
      const other = seen.get(key);
      if (other !== undefined)
        throw new SetupError(
          `${other} and ${directory} both hold task ${task}, which would count twice. Give each task in one run; several seeds of it belong into one: trace2skill run … --seeds 41,42`,
        );
      seen.set(key, directory);
    }
  }
}

function refuseRun({ directory, manifest, trials }: Run, { skill, reportOnly }: SourceOptions): void {
  const { hash = "no skill" } = manifest.skill ?? {};
  if (hash !== skill.hash)
    throw new SetupError(
      `${directory} was made with ${hash === "no skill" ? hash : `the skill ${manifest.skill?.name} (${hash.slice(0, 12)})`}, to be ablated is ${skill.name} (${skill.hash.slice(0, 12)}). ` +
        "Run the tasks with this skill first: trace2skill run … --split evolve --skill DIR",
    );
  const tasks = sealedTasks(manifest);
  const sealed = trials.filter(({ task }) => tasks.has(task.id)).length;
  if (sealed > 0 && !reportOnly)
    throw new SetupError(
      `${directory} holds ${sealed} trials of test tasks: what lessons are worth there must not decide which to keep, or no test score is left. ` +
        "Give a run of the evolve split; or --report-only for numbers that nothing is chosen by",
    );
}

function agentOf({ directory, manifest: { fingerprint } }: Run): { protocol: Protocol; limits: AgentLimits } {
  const protocol = ProtocolSchema.safeParse(/^bash-([a-z]+)\//.exec(fingerprint.agent)?.[1]);
  const limits = Limits.safeParse(fingerprint.limits);
  if (!protocol.success || !limits.success)
    throw new SetupError(
      `${directory} was made by ${fingerprint.agent}, which cannot be run again here; give a run of: trace2skill run`,
    );
  return { protocol: protocol.data, limits: limits.data };
}

/** All tasks that have a score with the whole skill, in an order drawn once: a part of them is a fair sample of all. */
export function pairedTasks(sources: readonly Source[]): Paired[] {
  const all = sources.flatMap((source) => {
    const scored = countedTrials(source.run).filter(({ score }) => score.kind === "scored");
    const units = Map.groupBy(scored, ({ task }) => unitOf(task));
    return [...units].map(([unit, trials]) => ({
      name: sources.length === 1 ? unit : `${source.label}/${unit}`,
      source,
      taskIds: [...new Set(trials.map(({ task }) => task.id))],
      scores: scoresOf(trials),
    }));
  });
  return seededRandom(ORDER_SEED).shuffle(all.sort((a, b) => compareText(a.name, b.name)));
}

/** Scores by task and seed. */
export function scoresOf(trials: readonly Outcome[]): Map<string, number> {
  return new Map(
    trials.flatMap(({ task, seed, score }) =>
      score.kind === "scored" ? [[JSON.stringify([task.id, seed]), score.value] as const] : [],
    ),
  );
}

/** What a trial of the recorded runs took, on the mean. */
export function costOfTrial(sources: readonly Source[]): TrialCost {
  const trials = sources.flatMap(({ run }) => run.trials);
  const { calls, inputTokens, outputTokens } = sumUsage(trials.map(({ usage }) => usage));
  const count = Math.max(1, trials.length);
  return { calls: calls / count, tokens: (inputTokens + outputTokens) / count };
}
