/** What a trial's attestation is, as stored with it: what was in sight at its start, what of it was read, what was tried. */
import { z } from "zod";
import type { Score } from "../records.ts";

/**
 * How a file of the skill was read: its text stood in the prompt; a command named it; lines of it stood in an observation; it
 * was opened, as the kernel says.
 */
export const SkillRead = z.enum(["prompt", "named", "shown", "opened"]);
export type SkillRead = z.infer<typeof SkillRead>;

/** A command that looks like a search for answers (`cheat-rules.ts`): told and counted, it changes no score. */
export const Flag = z.strictObject({
  rule: z.string(),
  /** From 0. */
  step: z.number().int().nonnegative(),
  /** What the rule found, shortened. */
  found: z.string(),
});
export type Flag = z.infer<typeof Flag>;

/** Why a trial is no fair one of its arm: it is unscored, whatever it handed in. */
export const Breach = z.strictObject({
  kind: z.enum([
    /** A file of a skill was in sight, and the arm has none. */
    "skill-in-sight",
    /** The files of the arm's skill were not in sight, whole and alone. */
    "skill-missing",
    /** A file was there at the start that is not of the task. */
    "foreign-file",
    /** A canary of a ground truth, of another task or of another trial was seen. */
    "canary",
  ]),
  detail: z.string(),
});
export type Breach = z.infer<typeof Breach>;

export const Attestation = z.strictObject({
  /** SHA-256 by path inside, as `/work/input.xlsx`, of every file that was there at the start; of a link, `link`. */
  visible: z.record(z.string(), z.string()),
  /** Null for an arm without skill. */
  skill: z
    .strictObject({
      /** By path below `/skill`, each file that was there; empty for one that was not read as far as can be seen. */
      reads: z.record(z.string(), z.array(SkillRead)),
      /** Whether opening was watched; without it, a file read under no name of its own and not printed is not seen. */
      watched: z.boolean(),
    })
    .nullable(),
  /** Whose canaries were found in prompt, replies, observations, answer or output; the rule is none. */
  canaries: z.array(z.string()),
  /** Canaries that the benchmark's files carry; left out by older releases, when none did. */
  planted: z.number().int().nonnegative().optional(),
  flags: z.array(Flag),
  /** Empty for a trial that counts. */
  breaches: z.array(Breach),
});
export type Attestation = z.infer<typeof Attestation>;

/** Why a trial has no score whatever it handed in, for it is no fair one of its arm; null for one that counts. */
export function attestationFailed(
  attestation: Pick<Attestation, "breaches"> | undefined,
): Extract<Score, { kind: "unscored" }> | null {
  const { breaches = [] } = attestation ?? {};
  if (breaches.length === 0) return null;
  return { kind: "unscored", reason: "attestation-failed", detail: breaches.map(({ detail }) => detail).join("; ") };
}
