/** Judges a new skill against the start on held-back tasks: two runs of an agent, paired by task. */
import { join } from "node:path";
import type { Selection } from "../../distill/selection-document.ts";
import { fewestForTies, fewestToReject, judge } from "../../distill/selection-gate.ts";
import { fingerprintDifferences } from "../../reports/compare.ts";
import { SetupError } from "../errors.ts";
import { shortHash } from "../hash.ts";
import type { Fingerprint } from "../manifest.ts";
import { seededRandom } from "../random.ts";
import type { Skill } from "../skill/skill.ts";
import { COMPARE_SEED } from "./compare-verb.ts";
import { type Scoring, scoreSkill } from "./evolution-scores.ts";

export interface ArmSkill {
  readonly skill: Skill;
  readonly path: string;
}

export interface Gated {
  readonly finding: NonNullable<Selection["gate"]>;
  readonly fingerprints: readonly Fingerprint[];
}

/**
 * @param start what is used when the new skill is not accepted; null for no skill
 * @param scoring on the gate's part of the held-back tasks
 * @param margin in units of score
 * @throws SetupError when the arms differ in more than the skill (invariant 8)
 */
export async function runGate(
  candidate: ArmSkill,
  start: ArmSkill | null,
  { margin, ...scoring }: Scoring & { margin: number },
): Promise<Gated> {
  const under = { ...scoring, directory: join(scoring.directory, "gate") };
  const baseline = await scoreSkill(start === null ? "no-skill" : "start", start, under);
  const judged = await scoreSkill("candidate", candidate, under);
  const mixed = fingerprintDifferences(baseline.fingerprint, judged.fingerprint);
  if (mixed.length > 0) throw new SetupError(`the gate's arms differ in more than the skill: ${mixed.join(", ")}`);
  const scores = { candidate: judged.scores, baseline: baseline.scores, margin };
  return {
    finding: {
      ...judge(scores, seededRandom(COMPARE_SEED)),
      unscored: baseline.unscored + judged.unscored,
      against: start?.skill.hash ?? null,
      fingerprints: { candidate: shortHash(judged.fingerprint), baseline: shortHash(baseline.fingerprint) },
    },
    fingerprints: [baseline.fingerprint, judged.fingerprint],
  };
}

/** What so few tasks cannot tell, said before they are paid for; empty where they can. */
export function gateNotices(tasks: number, margin: number): string[] {
  const [toReject, forTies] = [fewestToReject(), fewestForTies(margin)];
  return [
    ...(tasks < toReject ? [`the gate has ${tasks} tasks and cannot reject: its test needs at least ${toReject}`] : []),
    ...(tasks < forTies
      ? [
          `with ${tasks} tasks the gate accepts a gain only: to show that there is no loss of ${100 * margin} points takes ${forTies} tasks that end alike`,
        ]
      : []),
  ];
}
