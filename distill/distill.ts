/** Trace2Skill on one page: many trials to one skill (arXiv:2603.25158; design section 6). */
import { SetupError } from "../harness/errors.ts";
import { hashJson } from "../harness/hash.ts";
import { FORMAT_VERSION } from "../harness/records.ts";
import type { Benchmark, Images, Model, Sandboxes, Seen } from "../harness/roles.ts";
import { hashFiles, type Skill } from "../harness/skill/skill.ts";
import { type AnalyseOptions, analyse, analysisUnit, isAnalysed, mayPass } from "./analyse.ts";
import { applyEdits } from "./apply.ts";
import { type Asking, REPAIR_PROMPT_HASH } from "./ask.ts";
import { atOnce } from "./at-once.ts";
import type {
  Analysis,
  Distillation,
  DistillationManifest,
  ErrorAnalyst,
  LessonSource,
  Merge,
  Proposal,
} from "./documents.ts";
import { ANALYST_LIMITS } from "./error-analyst.ts";
import { ERROR_ANALYST_HASHES } from "./error-analyst-tools.ts";
import { imagesBeside } from "./images.ts";
import { type MergedPatches, mergePatches } from "./merge.ts";
import { MERGER_HASH, mergeGroup } from "./merge-group.ts";
import { PROPOSER_HASH, propose } from "./propose.ts";
import { routeBySupport } from "./route.ts";
import { SINGLE_CALL_HASHES } from "./single-call-analyst.ts";
import { refuseUnreadable, renamed, SKELETON_HASH, skeleton } from "./skeleton.ts";
import { type DistillationFolder, openFolder } from "./store.ts";
import { summarize } from "./summarize.ts";
import { hashTrial, type NamedTrial } from "./trials.ts";

/** Paper: 32 patches a merge, 128 analysts at once. */
export const DEFAULTS = { fanIn: 32, width: 128, routeSupport: 2, maxSkillLines: 500 } as const;

export interface DistillOptions {
  readonly trials: readonly NamedTrial[];
  /** The skill to deepen, or null to create one from a bare frame. */
  readonly start: Skill | null;
  /** Where the tasks' inputs come from; null suits all but the agentic error analyst. */
  readonly benchmark: Benchmark | null;
  readonly sandboxes: Sandboxes | null;
  readonly model: Model;
  readonly lessons: LessonSource;
  readonly errorAnalyst: ErrorAnalyst;
  readonly fanIn?: number;
  /** Model calls under way at once; sandboxes limit themselves. */
  readonly width?: number;
  /** Distinct tasks that bring an addition into SKILL.md; 1 puts everything there. */
  readonly routeSupport?: number;
  readonly maxSkillLines?: number;
  readonly seed: number;
  /** Of the new skill, and of its folder. */
  readonly name: string;
  /** Where everything is written. */
  readonly directory: string;
  /** Folder of what the agent left in a trial, or null. */
  readonly artifactsOf: (trial: NamedTrial) => string | null;
  /** Where the images are that the agent of a trial was shown; null where there are none. Only read. */
  readonly imagesOf: (trial: NamedTrial) => Images | null;
  /** What a unit of work was shown before; in the journal. */
  readonly seen: (unit: string) => Seen;
  readonly onEvent: (event: DistillEvent) => void;
  readonly signal: AbortSignal;
}

export interface DistillEvent {
  readonly stage: "analyse" | "propose" | "merge" | "apply";
  readonly done: number;
  /** Of a stage of merges: those of all levels. */
  readonly total: number;
  /** Analyses that failed, proposals without a usable edit, merges made by program, edits that were rejected. */
  readonly failed: number;
}

/**
 * Distills trials into a skill and writes all that was done beside it; the skill is in `skill/<name>/`.
 * The same call again goes on where it was stopped: model calls come back from the journal, analyses from the folder,
 * and the written bytes are the same. A fault with one trial is recorded and costs that trial's lessons only.
 * @throws SetupError for what the user must mend; also when no trial at all could be analysed
 */
export async function distill(options: DistillOptions): Promise<Distillation> {
  const trials = options.trials.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  checkOptions(trials, options);
  const base = startSkill(trials, options);
  const manifest = manifestOf(trials, options);
  const folder = await openFolder(options.directory, manifest);
  const finished = await folder.finished();
  if (finished?.stages.faults === 0) return finished;

  const { model, seed, signal, fanIn = DEFAULTS.fanIn, width = DEFAULTS.width } = options;
  const progress = progressOf(options.onEvent);
  const analyses = await analyseAll(trials, options, { model, seed, signal }, { folder, manifest, progress });
  const proposals = await proposeAll(analyses, base, { model, seed, signal }, { folder, progress, width });
  const merged = await mergeAll(proposals, base, { model, seed, signal }, { folder, progress, width, fanIn });
  const titles = new Map(analyses.flatMap(({ lessons }) => lessons.map(({ id, title }) => [id, title] as const)));
  const routeSupport = options.routeSupport ?? DEFAULTS.routeSupport;
  const routed = routeBySupport(merged?.patch.edits ?? [], base.files, { routeSupport, titles });
  const applied = applyEdits(base.files, [...routed.made, ...routed.edits]);
  progress("apply", 1, applied.rejected.length > 0);

  const skill = { ...base, files: applied.files, hash: hashFiles(applied.files) };
  const merges: readonly Merge[] = merged?.merges ?? [];
  const stages = { analyses, proposals, merges, routed, applied };
  const distillation = summarize(
    manifest,
    { skill, base },
    stages,
    merged ?? { patchesPerLevel: [0], editsPerLevel: [0] },
  );
  await folder.finish(distillation, skill);
  return distillation;
}

type Progress = (stage: DistillEvent["stage"], total: number, failed: boolean) => void;

interface Desk {
  readonly folder: DistillationFolder;
  readonly progress: Progress;
}

async function analyseAll(
  trials: readonly NamedTrial[],
  options: DistillOptions,
  asking: Asking,
  { folder, manifest, progress }: Desk & { manifest: DistillationManifest },
): Promise<Analysis[]> {
  const { benchmark, sandboxes, width = DEFAULTS.width } = options;
  const { trials: _, ...context } = manifest.fingerprint;
  const bench = benchmark === null || sandboxes === null ? null : { benchmark, sandboxes };
  const how: AnalyseOptions = {
    ...options,
    bench,
    imagesOf: (trial) => {
      const shown = options.imagesOf(trial);
      return shown === null ? null : imagesBeside(shown, options.directory);
    },
    context: hashJson([context, options.seed]),
  };
  const analyses = await atOnce(trials, { width, signal: asking.signal }, async (trial, signal) => {
    const stored = await folder.analysis(trial.id, analysisUnit(trial, how));
    const analysis = stored !== null && !mayPass(stored) ? stored : await analyse(trial, how, { ...asking, signal });
    if (analysis !== stored) await folder.writeAnalysis(analysis);
    progress("analyse", trials.length, analysis.outcome.kind === "failed");
    return analysis;
  });
  refuseNothing(analyses);
  return analyses;
}

async function proposeAll(
  analyses: readonly Analysis[],
  base: Skill,
  asking: Asking,
  { folder, progress, width }: Desk & { width: number },
): Promise<Proposal[]> {
  const sources = analyses.map(({ trial, lessons, dropped }) => ({
    trial,
    lessons: lessons.filter(({ id }) => !dropped.some(({ lesson }) => lesson === id)),
  }));
  const teaching = sources.filter(({ lessons }) => lessons.length > 0);
  return atOnce(teaching, { width, signal: asking.signal }, async (source, signal) => {
    const proposal = await propose(source, base, { ...asking, signal });
    await folder.writeProposal(proposal);
    progress("propose", teaching.length, proposal.patch.edits.length === 0);
    return proposal;
  });
}

/** Null when nothing was proposed: the skill then stays as it is. */
async function mergeAll(
  proposals: readonly Proposal[],
  base: Skill,
  asking: Asking,
  { folder, progress, width, fanIn }: Desk & { width: number; fanIn: number },
): Promise<MergedPatches | null> {
  const patches = proposals.map(({ patch }) => patch).filter(({ edits }) => edits.length > 0);
  if (patches.length === 0) return null;
  const total = countMerges(patches.length, fanIn);
  return mergePatches(patches, {
    fanIn,
    width,
    signal: asking.signal,
    mergeGroup: async (group, place) => {
      const merge = await mergeGroup(group, place, base, asking);
      await folder.writeMerge(merge);
      progress("merge", total, merge.by === "program");
      return merge;
    },
  });
}

function checkOptions(trials: readonly NamedTrial[], options: DistillOptions): void {
  const fail = (problem: string): never => {
    throw new SetupError(`distill: ${problem}`);
  };
  if ((options.fanIn ?? DEFAULTS.fanIn) < 2)
    fail(`a merge takes at least 2 patches, found a fan-in of ${options.fanIn}`);
  if (new Set(trials.map(({ id }) => id)).size < trials.length)
    fail("two trials have the same name; give each run a folder name of its own");
  if (!trials.some((trial) => isAnalysed(trial, options))) {
    fail(
      `none of the ${trials.length} trials can teach anything: lessons are drawn from ${options.lessons} trials that were scored`,
    );
  }
  const needsBench = options.errorAnalyst === "agentic" && options.lessons !== "success";
  if (needsBench && (options.benchmark === null || options.sandboxes === null)) {
    fail(
      "the agentic error analyst needs the benchmark's inputs and a sandbox. Give the benchmark's data, or choose the single-call analyst",
    );
  }
}

/** A run in which every analysis failed through no fault of the trials has found out nothing: the user is told instead. */
function refuseNothing(analyses: readonly Analysis[]): void {
  const asked = analyses.filter(({ outcome }) => outcome.kind !== "skipped");
  const [first] = asked;
  if (first?.outcome.kind !== "failed" || !asked.every(mayPass)) return;
  throw new SetupError(
    `distill: all ${asked.length} analyses failed; the first (${first.trial}): ${first.outcome.reason}: ${first.outcome.detail}. ` +
      "Mend that and give the command again; what was paid for is kept",
  );
}

function startSkill(trials: readonly NamedTrial[], { start, name }: DistillOptions): Skill {
  return start === null
    ? skeleton(
        name,
        trials.map(({ task }) => task.kind),
      )
    : renamed(refuseUnreadable(start), name);
}

function manifestOf(trials: readonly NamedTrial[], options: DistillOptions): DistillationManifest {
  const { model, benchmark, sandboxes, start } = options;
  const { lessons, errorAnalyst, seed, name } = options;
  const { fanIn, routeSupport, maxSkillLines } = { ...DEFAULTS, ...defined(options) };
  const prompts = [
    REPAIR_PROMPT_HASH,
    ...ERROR_ANALYST_HASHES,
    ...SINGLE_CALL_HASHES,
    PROPOSER_HASH,
    MERGER_HASH,
    SKELETON_HASH,
  ];
  return {
    version: FORMAT_VERSION,
    kind: "distillation",
    name,
    options: { lessons, errorAnalyst, fanIn, routeSupport, maxSkillLines, seed },
    fingerprint: {
      trials: hashJson(trials.map(hashTrial)),
      start: start?.hash ?? null,
      model: model.name,
      endpoint: model.endpoint,
      simulated: model.simulated,
      sampling: { ...model.sampling },
      prompts: hashJson([prompts, ANALYST_LIMITS.turns]),
      benchmark:
        benchmark === null ? null : hashJson([benchmark.name, benchmark.split, benchmark.dataHash, benchmark.scorer]),
      sandbox: sandboxes?.identity ?? null,
    },
  };
}

/** Options that were given; `undefined` takes no default's place. */
function defined(options: DistillOptions): Partial<DistillOptions> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function countMerges(patches: number, fanIn: number): number {
  if (patches <= 1) return 0;
  const groups = Math.ceil(patches / fanIn);
  // The last group of a level passes on without a merge when it holds one patch.
  return groups - (patches % fanIn === 1 ? 1 : 0) + countMerges(groups, fanIn);
}

function progressOf(onEvent: DistillOptions["onEvent"]): Progress {
  const counts = new Map<string, { done: number; failed: number }>();
  return (stage, total, failed) => {
    const before = counts.get(stage) ?? { done: 0, failed: 0 };
    const count = { done: before.done + 1, failed: before.failed + (failed ? 1 : 0) };
    counts.set(stage, count);
    onEvent({ stage, total, ...count });
  };
}
