/** `selection.json`: which of several distillations is used, how it was chosen, and what the gate said. No times in it. */
import { z } from "zod";
import { Fingerprint } from "../harness/manifest.ts";
import { FORMAT_VERSION } from "../harness/records.ts";
import { isSafePath } from "../harness/skill/skill.ts";
import { CandidateScore, Choice, OverSeeds, SelectBy } from "./selection.ts";
import { GateFinding } from "./selection-gate.ts";

const count = z.number().int().nonnegative();
const Path = z.string().refine(isSafePath, { error: "expected a path that stays within the folder" });

export const SelectedSkill = z.strictObject({ name: z.string(), hash: z.string(), path: Path });
export type SelectedSkill = z.infer<typeof SelectedSkill>;

export const Selection = z.strictObject({
  version: z.literal(FORMAT_VERSION),
  kind: z.literal("selection"),
  simulated: z.boolean(),
  /** How one was chosen, for the reader. */
  rule: z.strictObject({ select: SelectBy, text: z.string() }),
  /** The evolve split before anything was analysed: names of tasks, or of families. Test tasks are in no part. */
  split: z.strictObject({
    /** Share held back; null when nothing was. */
    share: z.number().nullable(),
    /** Of the generator that drew the parts. */
    seed: z.number().int(),
    train: z.array(z.string()),
    validation: z.array(z.string()),
    gate: z.array(z.string()),
  }),
  candidates: z.array(
    z.strictObject({
      seed: z.number().int(),
      /** Of the distillation's own folder. */
      path: Path,
      skill: SelectedSkill.extend({ skillLines: count }),
      lessons: count,
      faults: count,
      score: CandidateScore.extend({
        /** `train`: tasks that it was distilled from, so no held-out score. */
        on: z.enum(["train", "validation"]),
        unscored: count,
        /** Of the run in which it was scored, as in `fingerprints`. */
        fingerprint: z.string(),
      }).nullable(),
    }),
  ),
  overSeeds: OverSeeds.nullable(),
  choice: Choice,
  gate: GateFinding.extend({
    unscored: count,
    /** What the new skill was held against: the start skill by its hash, or no skill. */
    against: z.string().nullable(),
    fingerprints: z.strictObject({ candidate: z.string(), baseline: z.string() }),
  }).nullable(),
  /** What stands in `skill/` now; `start` when the gate did not accept, `none` when there is no skill to use. */
  used: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("distilled"), skill: SelectedSkill, seed: z.number().int() }),
    z.strictObject({ kind: z.literal("start"), skill: SelectedSkill }),
    z.strictObject({ kind: z.literal("none") }),
  ]),
  /** The new skill that the gate did not accept, under a name that says so; null otherwise. */
  refused: SelectedSkill.nullable(),
  /** Tasks that the used skill was distilled from or chosen on: scores on them are not held out. */
  learned: z.array(z.string()),
  /** Whole, by their short forms. */
  fingerprints: z.record(z.string(), Fingerprint),
});
export type Selection = z.infer<typeof Selection>;
