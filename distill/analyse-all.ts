/** All trials to analyses, at once; those that are stored are taken from there. */
import { SetupError } from "../harness/errors.ts";
import { hashJson } from "../harness/hash.ts";
import type { Skill } from "../harness/skill/skill.ts";
import { type AnalyseOptions, analyse, analysisUnit, mayPass } from "./analyse.ts";
import type { Asking } from "./ask.ts";
import { atOnce } from "./at-once.ts";
import type { Settled } from "./distill-options.ts";
import type { Analysis, DistillationManifest } from "./documents.ts";
import { imagesBeside } from "./images.ts";
import type { Progress } from "./progress.ts";
import type { TrialLessons } from "./propose.ts";
import type { DistillationFolder } from "./store.ts";

export interface Desk {
  readonly manifest: DistillationManifest;
  readonly folder: DistillationFolder;
  readonly progress: Progress;
}

/**
 * @param shown the start skill as analysts are shown it; null for none
 * @throws SetupError when every analysis failed through no fault of the trials
 */
export async function analyseAll(
  options: Settled,
  shown: Skill | null,
  asking: Asking,
  { manifest, folder, progress }: Desk,
): Promise<Analysis[]> {
  const { trials, benchmark, sandboxes, width } = options;
  const how: AnalyseOptions = {
    ...options,
    start: shown,
    bench: benchmark === null || sandboxes === null ? null : { benchmark, sandboxes },
    imagesOf: (trial) => {
      const images = options.imagesOf(trial);
      return images === null ? null : imagesBeside(images, options.directory);
    },
    context: contextOf(manifest, options, shown),
  };
  const analyses = await atOnce(trials, { width, signal: asking.signal }, async (trial, signal) => {
    const stored = await folder.analysis(trial.id, analysisUnit(trial, how));
    const analysis = stored !== null && !mayPass(stored) ? stored : await analyse(trial, how, { ...asking, signal });
    if (analysis !== stored) await folder.writeAnalysis(analysis);
    progress("analyse", trials.length, analysis.outcome.kind === "failed");
    return analysis;
  });
  refuseNothing(analyses);
  const given = options.given ?? [];
  for (const analysis of given) await folder.writeAnalysis(analysis);
  return [...analyses, ...given];
}

/** What decides an analysis besides the trial. A draft is not in the fingerprint, for it is written later. */
function contextOf({ fingerprint }: DistillationManifest, { seed, start }: Settled, shown: Skill | null): string {
  const { trials: _, ...context } = fingerprint;
  return hashJson(shown === null || start !== null ? [context, seed] : [context, seed, shown.hash]);
}

/** What each trial teaches after its analyst's gate; those that teach nothing are left out. */
export function teachingOf(analyses: readonly Analysis[]): TrialLessons[] {
  return analyses
    .map(({ trial, lessons, dropped }) => ({
      trial,
      lessons: lessons.filter(({ id }) => !dropped.some(({ lesson }) => lesson === id)),
    }))
    .filter(({ lessons }) => lessons.length > 0);
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
