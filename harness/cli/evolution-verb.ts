/** What `distill` does with several seeds or a gate: distill each, score each, choose, judge, put in place. */
import { join } from "node:path";
import { teachingOf } from "../../distill/analyse-all.ts";
import type { Analysis, Distillation } from "../../distill/documents.ts";
import { type Choice, chooseBest } from "../../distill/selection.ts";
import type { Selection } from "../../distill/selection-document.ts";
import { drawParts, type Parts, taskIdsOf, unitsOf } from "../../distill/selection-split.ts";
import { SetupError } from "../errors.ts";
import { seededRandom } from "../random.ts";
import type { Benchmark } from "../roles.ts";
import { writeJson } from "../run/files.ts";
import type { Run } from "../run/store.ts";
import { readSkill } from "../skill/read.ts";
import { COMPARE_SEED } from "./compare-verb.ts";
import { trialsAtOnce } from "./connection-options.ts";
import { withoutHeldBack } from "./distill-bench.ts";
import type { EvolutionPlan, EvolutionSettings } from "./evolution.ts";
import { type CostedDistillation, type Costs, costsText, expectedCosts } from "./evolution-costs.ts";
import { type Evolved, install, refusePlain, SCORES, seedPath } from "./evolution-folder.ts";
import { agentOf, evolveTasks, type Scoring, scoreSkill, scoringBenchmark } from "./evolution-scores.ts";
import { type ScoredSeed, selectionOf } from "./evolution-selection.ts";
import { type ArmSkill, type Gated, gateNotices, runGate } from "./gate.ts";
import type { Io } from "./io.ts";
import { modelChoice } from "./model-choice.ts";
import type { ModelSettings } from "./options.ts";
import type { Counted } from "./progress.ts";
import { progressOf } from "./progress.ts";
import type { Session } from "./session.ts";

export type EvolutionVerbSettings = EvolutionSettings &
  ModelSettings &
  CostedDistillation & { readonly seed: number; readonly data?: string };

/** One distillation to make: of these runs, with this seed, into this folder. */
export interface Into {
  readonly runs: readonly Run[];
  readonly seed: number;
  readonly directory: string;
  /** Tasks, and families of tasks, that nothing may be learned of; none when left out. */
  readonly heldBack?: ReadonlySet<string>;
  readonly onCount: (stage: string, counted: Counted) => void;
}

/** What is learned from: trials, and lessons that were drawn elsewhere. */
export interface Material {
  readonly runs: readonly Run[];
  readonly given: readonly Analysis[];
}

export interface EvolutionWork extends Material {
  readonly start: ArmSkill | null;
  readonly settings: EvolutionVerbSettings;
  readonly directory: string;
  readonly session: Session;
  readonly io: Io;
  readonly distillInto: (into: Into) => Promise<Distillation>;
}

export interface Ended {
  readonly selection: Selection;
  readonly distillations: readonly Evolved[];
  /** Faults and unscored trials that the same command tries again. */
  readonly left: number;
}

/** Draws the parts of the evolve split, and counts what the plan will cost. Reads nothing but the runs. */
export function planParts(
  { runs, given }: Material,
  settings: EvolutionVerbSettings,
  plan: EvolutionPlan,
): { parts: Parts; costs: Costs } {
  const tasks = evolveTasks(runs);
  if (tasks.length === 0) {
    throw new SetupError(
      "the runs hold no trial of an evolve task. Give runs of the evolve split: trace2skill run … --split evolve",
    );
  }
  const held = { share: plan.share ?? 0, validation: plan.scoredOn === "validation", gate: plan.gateMargin !== null };
  const parts = drawParts(unitsOf(tasks), held, seededRandom(settings.seed));
  const { limits, seeds } = agentOf(runs);
  const how = { plan, options: settings, turns: limits.turns, seeds: seeds.length };
  const recorded = teachingOf(withoutHeldBack(given, heldBackOf(parts))).length;
  return { parts, costs: expectedCosts({ runs, recorded }, parts, how) };
}

/** What one plain distillation will cost, of all that is given. */
export function plainCosts({ runs, given }: Material, settings: EvolutionVerbSettings): Costs {
  const parts: Parts = { train: unitsOf(evolveTasks(runs)), validation: [], gate: [] };
  const plan: EvolutionPlan = { seeds: [settings.seed], select: "none", scoredOn: null, gateMargin: null, share: null };
  const material = { runs, recorded: teachingOf(given).length };
  return expectedCosts(material, parts, { plan, options: settings, turns: 0, seeds: 0 });
}

/**
 * Distills with each seed, scores, chooses, judges, and writes `selection.json` last.
 * Killed and given again, it goes on: distillations and runs are read back, calls come from the journal.
 * @throws SetupError for what the user must mend; also when a task to score on is of the test half (invariant 9)
 */
export async function evolve(work: EvolutionWork, plan: EvolutionPlan): Promise<Ended> {
  const { given, settings, directory, io } = work;
  refusePlain(directory);
  const { parts, costs } = planParts(work, settings, plan);
  io.err(costsText(costs));
  const held = given.length - withoutHeldBack(given, heldBackOf(parts)).length;
  if (held > 0) io.err(`note: recorded lessons of ${held} trials are of tasks that are held back, and left out`);
  if (plan.gateMargin !== null) {
    for (const notice of gateNotices(parts.gate.length, plan.gateMargin)) io.err(`note: ${notice}`);
  }
  const bench = await loadBench(work, plan, parts); // before anything is paid for
  const distillations = await distillAll(work, plan, parts);
  const scored = bench.scoring === null ? null : await scoreAll(distillations, bench.scoring, plan);
  const choice = choiceOf(distillations, scored, plan);
  const chosen = choice.kind === "all" ? null : (distillations.find(({ seed }) => seed === choice.seed) ?? null);
  const gated = chosen === null || bench.gate === null ? null : await gateOf(work, chosen, bench.gate);
  const { start } = work;
  const verdict = gated?.finding.verdict ?? null;
  const installed = await install(directory, chosen, { verdict, start: start?.skill ?? null });
  const made = { plan, start, drawSeed: settings.seed, parts, distillations, scored, choice, gated, chosen, installed };
  const selection = await selectionOf(made);
  await writeJson(join(directory, "selection.json"), selection);
  const unscored = [...(scored ?? []).map((of) => of.unscored), gated?.finding.unscored ?? 0];
  const faults = distillations.map(({ distillation }) => distillation.stages.faults);
  return { selection, distillations, left: [...unscored, ...faults].reduce((sum, count) => sum + count, 0) };
}

/** Names of all that is held back from the distiller: units and their tasks. */
function heldBackOf({ validation, gate }: Parts): Set<string> {
  return new Set([...validation, ...gate].flatMap(({ unit, tasks }) => [unit, ...tasks]));
}

interface Bench {
  /** Null when candidates are not scored. */
  readonly scoring: Scoring | null;
  readonly gate: (Scoring & { readonly margin: number }) | null;
}

async function loadBench(work: EvolutionWork, plan: EvolutionPlan, parts: Parts): Promise<Bench> {
  const { scoredOn, gateMargin } = plan;
  return {
    scoring: scoredOn === null ? null : await scoringOn(work, parts[scoredOn]),
    gate: gateMargin === null ? null : { ...(await scoringOn(work, parts.gate)), margin: gateMargin },
  };
}

async function scoringOn(work: EvolutionWork, part: Parts["train"]): Promise<Scoring> {
  const { runs, settings, session, directory, io } = work;
  const benchmark: Benchmark = await scoringBenchmark(runs, taskIdsOf(part), { data: settings.data ?? null, io });
  session.teach(benchmark);
  const model = session.model(modelChoice({ ...settings, model: settings.agentModel ?? settings.model }));
  const width = trialsAtOnce(settings);
  return { ...agentOf(runs), directory: join(directory, SCORES), benchmark, model, session, width, io };
}

async function distillAll(
  { runs, directory, session, io, distillInto }: EvolutionWork,
  plan: EvolutionPlan,
  parts: Parts,
) {
  const seen = withTrialsOf(runs, parts.train);
  const heldBack = heldBackOf(parts);
  const evolved: Evolved[] = [];
  for (const [index, seed] of plan.seeds.entries()) {
    const progress = progressOf(io, session, `distill seed ${seed} (${index + 1} of ${plan.seeds.length})`);
    const path = seedPath(seed);
    const into = { runs: seen, seed, directory: join(directory, path), heldBack, onCount: progress.stage };
    const distillation = await distillInto(into).finally(progress.end);
    // With one seed for all, the journal would answer each alike, and the spread over seeds would look like none.
    if (distillation.options.seed !== seed)
      throw new Error(`asked to distill with seed ${seed}, not ${distillation.options.seed}`);
    evolved.push({ seed, path, distillation });
  }
  return evolved;
}

/** The runs as the distiller may see them: without the trials of tasks that are held back. */
function withTrialsOf(runs: readonly Run[], part: Parts["train"]): Run[] {
  const ids = new Set(taskIdsOf(part));
  return runs.map((run) => ({ ...run, trials: run.trials.filter(({ task }) => ids.has(task.id)) }));
}

async function scoreAll(
  distillations: readonly Evolved[],
  scoring: Scoring,
  plan: EvolutionPlan,
): Promise<ScoredSeed[]> {
  const under = { ...scoring, directory: join(scoring.directory, plan.scoredOn ?? "train") };
  const scored: ScoredSeed[] = [];
  for (const evolved of distillations) {
    const skill = await skillOf(join(scoring.directory, ".."), evolved);
    scored.push({ seed: evolved.seed, ...(await scoreSkill(`seed-${evolved.seed}`, skill, under)) });
  }
  return scored;
}

async function skillOf(directory: string, { path, distillation }: Evolved): Promise<ArmSkill> {
  const folder = join(directory, path, distillation.skill.path);
  return { skill: await readSkill(folder), path: folder };
}

function choiceOf(
  distillations: readonly Evolved[],
  scored: readonly ScoredSeed[] | null,
  plan: EvolutionPlan,
): Choice {
  const [only] = distillations;
  if (only === undefined) throw new RangeError("expected at least 1 distillation");
  if (scored === null) return { kind: "only", seed: only.seed };
  if (plan.select === "none") return { kind: "all" };
  const choice = chooseBest(scored, seededRandom(COMPARE_SEED));
  if (choice !== null) return choice;
  throw new SetupError(
    "no task is scored with every candidate, so none can be chosen. The same command tries the unscored trials again",
  );
}

async function gateOf(work: EvolutionWork, chosen: Evolved, gate: NonNullable<Bench["gate"]>): Promise<Gated> {
  return runGate(await skillOf(work.directory, chosen), work.start, gate);
}
