/** Puts `selection.json` together from what was distilled, scored, chosen, judged and put in place. */
import { type Candidate, type Choice, candidateScores, overSeeds } from "../../distill/selection.ts";
import { Selection } from "../../distill/selection-document.ts";
import { type Parts, taskIdsOf } from "../../distill/selection-split.ts";
import { ruleText } from "../../reports/selection.ts";
import { shortHash } from "../hash.ts";
import type { Fingerprint } from "../manifest.ts";
import { FORMAT_VERSION } from "../records.ts";
import type { EvolutionPlan } from "./evolution.ts";
import type { Evolved, Installed } from "./evolution-folder.ts";
import type { Scored } from "./evolution-scores.ts";
import type { ArmSkill, Gated } from "./gate.ts";
import { analysedTasks, learnedFrom } from "./learned-from.ts";

export type ScoredSeed = Scored & { readonly seed: number };

/** What was done, in the order in which it was. */
export interface Made {
  readonly plan: EvolutionPlan;
  readonly start: ArmSkill | null;
  /** Of the generator that drew the parts. */
  readonly drawSeed: number;
  readonly parts: Parts;
  readonly distillations: readonly Evolved[];
  readonly scored: readonly ScoredSeed[] | null;
  readonly choice: Choice;
  readonly gated: Gated | null;
  /** Null when nothing was chosen. */
  readonly chosen: Evolved | null;
  readonly installed: Installed;
}

/** @throws when the document breaks its own schema: a fault of ours */
export async function selectionOf(made: Made): Promise<Selection> {
  const { plan, parts, distillations, scored, choice, gated } = made;
  const names = (part: Parts["train"]) => part.map(({ unit }) => unit);
  const scores = candidateScores((scored ?? []).map(({ seed, scores }): Candidate => ({ seed, scores })));
  const fingerprints = [...(scored ?? []).map(({ fingerprint }) => fingerprint), ...(gated?.fingerprints ?? [])];
  return Selection.parse({
    version: FORMAT_VERSION,
    kind: "selection",
    simulated: distillations.some(({ distillation }) => distillation.fingerprint.simulated),
    rule: { select: plan.select, text: ruleText(plan) },
    split: {
      share: plan.share,
      seed: made.drawSeed,
      train: names(parts.train),
      validation: names(parts.validation),
      gate: names(parts.gate),
    },
    candidates: distillations.map((evolved, index) =>
      candidateOf(evolved, scores[index], { scored: scored?.[index], plan }),
    ),
    overSeeds: overSeeds(scores),
    choice,
    gate: gated?.finding ?? null,
    ...made.installed,
    learned: await learnedOf(made),
    fingerprints: Object.fromEntries(fingerprints.map((whole): [string, Fingerprint] => [shortHash(whole), whole])),
  } satisfies Selection);
}

function candidateOf(
  { seed, path, distillation }: Evolved,
  score: ReturnType<typeof candidateScores>[number] | undefined,
  { scored, plan }: { scored: ScoredSeed | undefined; plan: EvolutionPlan },
): Selection["candidates"][number] {
  const { skill, stages } = distillation;
  const on = plan.scoredOn;
  return {
    seed,
    path,
    skill: { name: skill.name, hash: skill.hash, path: `${path}/${skill.path}`, skillLines: skill.skillLines },
    lessons: stages.lessons,
    faults: stages.faults,
    score:
      score === undefined || scored === undefined || on === null
        ? null
        : { ...score, on, unscored: scored.unscored, fingerprint: shortHash(scored.fingerprint) },
  };
}

/** Tasks that the skill in place owes itself to: those it was distilled from, those that chose it, those of the gate. */
async function learnedOf({ start, plan, parts, chosen, installed }: Made): Promise<string[]> {
  const gate = taskIdsOf(parts.gate);
  switch (installed.used.kind) {
    case "none":
      return [];
    case "start":
      return sorted([...(start === null ? [] : await learnedFrom(start)), ...gate]);
    case "distilled": {
      const chosenOn = plan.scoredOn === null ? [] : taskIdsOf(parts[plan.scoredOn]);
      return sorted([...(chosen === null ? [] : analysedTasks(chosen.distillation)), ...chosenOn, ...gate]);
    }
    default:
      return installed.used satisfies never;
  }
}

function sorted(ids: readonly string[]): string[] {
  return [...new Set(ids)].sort();
}
