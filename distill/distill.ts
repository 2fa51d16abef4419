/** Trace2Skill on one page: many trials to one skill (arXiv:2603.25158; design section 6). */
import { hashFiles } from "../harness/skill/skill.ts";
import { analyseAll, teachingOf } from "./analyse-all.ts";
import type { Asking } from "./ask.ts";
import { checkOptions, type DistillOptions, type Settled, settle } from "./distill-options.ts";
import type { Distillation, DistillationManifest } from "./documents.ts";
import { makeGuarded, stabilityOf } from "./guards.ts";
import { manifestOf } from "./manifest.ts";
import { progressOf } from "./progress.ts";
import { refuseUnreadable } from "./skeleton.ts";
import { openStart } from "./start.ts";
import { type DistillationFolder, distillationId, openFolder } from "./store.ts";
import { STRATEGIES } from "./strategies.ts";
import { summarize } from "./summarize.ts";

export { DEFAULTS, type DistillOptions } from "./distill-options.ts";
export type { DistillEvent } from "./progress.ts";

/**
 * Distills trials into a skill and writes all that was done beside it; the skill is in `skill/<name>/`.
 * The same call again goes on where it was stopped: model calls come back from the journal, analyses from the folder,
 * and the written bytes are the same. A fault with one trial is recorded and costs that trial's lessons only.
 * @throws SetupError for what the user must mend; also when no trial at all could be analysed
 */
export async function distill(asked: DistillOptions): Promise<Distillation> {
  const options = settle(asked);
  checkOptions(options);
  if (options.start !== null) refuseUnreadable(options.start);
  const manifest = manifestOf(options);
  const folder = await openFolder(options.directory, manifest);
  const finished = await folder.finished();
  if (finished?.stages.faults === 0 && (finished.stability?.faults ?? 0) === 0) return finished;
  const work = () => carryOut(options, manifest, folder);
  return options.usedBy === undefined ? work() : options.usedBy(await distillationId(options.directory), work);
}

async function carryOut(
  options: Settled,
  manifest: DistillationManifest,
  folder: DistillationFolder,
): Promise<Distillation> {
  const asking: Asking = { model: options.model, seed: options.seed, signal: options.signal };
  const progress = progressOf(options.onEvent);
  const start = await openStart(options, asking, { folder, progress });
  const analyses = await analyseAll(options, start.shown, asking, { manifest, folder, progress });
  const titles = new Map(analyses.flatMap(({ lessons }) => lessons.map(({ id, title }) => [id, title] as const)));
  const { base } = start;
  const strategy = STRATEGIES[options.strategy];
  const instructions = new Map(options.trials.map(({ task }) => [task.id, task.instruction] as const));
  const lessons = { sources: teachingOf(analyses), titles, instructions };
  const work = { ...lessons, base, asking, options, folder, progress };
  const evolved = await strategy(work);
  const guard = { base, titles, truths: options.truths };
  const made = await makeGuarded(evolved, guard);
  progress("apply", 1, made.applied.rejected.length > 0);
  const stability = await stabilityOf(evolved, made, { orders: options.shuffleMerge, work, guard });

  const skill = { ...base, files: made.applied.files, hash: hashFiles(made.applied.files) };
  const notices = [...(options.notices ?? []), ...(evolved.notices ?? [])];
  const summary = summarize(manifest, { skill, start }, { analyses, ...evolved, ...made, notices });
  const distillation = { ...summary, ...(made.scan && { scan: made.scan }), ...(stability && { stability }) };
  await folder.finish(distillation, skill);
  return distillation;
}
