/** The attestations of an arm's trials, added up and in one line: what they had in sight, what they read, what they tried. */
import { z } from "zod";
import type { Outcome } from "../harness/run/outcome.ts";
import { counted } from "./format.ts";
import { compareText } from "./rows.ts";
import type { RunSummary } from "./summary.ts";

const count = z.number().int().nonnegative();

export const Attested = z.strictObject({
  /** Trials that have an attestation, of so many. */
  trials: count,
  of: count,
  /** Those with a reason why they are no fair trials of the arm: they are unscored. */
  breached: count,
  /** Trials that saw the canary of a ground truth, of another task or of another trial. */
  canaries: count,
  /** Canaries that the benchmark's files carry; left out by older releases, when none did. */
  planted: count.optional(),
  /** Null without a skill. */
  skill: z
    .strictObject({
      /** Most files in sight of a trial. */
      files: count,
      /** Trials whose prompt held SKILL.md. */
      prompted: count,
      /** Trials that read each file otherwise than in the prompt; left out are files that none read. */
      reads: z.record(z.string(), count),
      /** Trials in which the opening of files was watched. */
      watched: count,
    })
    .nullable(),
  /** Trials with a flagged command, and flags by rule. */
  flagged: count,
  flags: z.record(z.string(), count),
});
export type Attested = z.infer<typeof Attested>;

type Attestation = NonNullable<Outcome["attestation"]>;

/** Null where no trial has one. */
export function attestedOf(trials: readonly Outcome[]): Attested | null {
  const all = trials.flatMap(({ attestation }) => attestation ?? []);
  if (all.length === 0) return null;
  const where = (has: (one: Attestation) => boolean) => all.filter(has).length;
  return {
    trials: all.length,
    of: trials.length,
    breached: where(({ breaches }) => breaches.length > 0),
    canaries: where(({ breaches }) => breaches.some(({ kind }) => kind === "canary")),
    planted: all.reduce((most, { planted = 0 }) => Math.max(most, planted), 0),
    skill: skillOf(all),
    flagged: where(({ flags }) => flags.length > 0),
    flags: tally(all.flatMap(({ flags }) => flags.map(({ rule }) => rule))),
  };
}

function skillOf(all: readonly Attestation[]): Attested["skill"] {
  const skills = all.flatMap(({ skill }) => skill ?? []);
  if (skills.length === 0) return null;
  const read = skills.flatMap(({ reads }) =>
    Object.entries(reads).flatMap(([path, how]) => (how.some((one) => one !== "prompt") ? [path] : [])),
  );
  return {
    files: skills.reduce((most, { reads }) => Math.max(most, Object.keys(reads).length), 0),
    prompted: skills.filter(({ reads }) => reads["SKILL.md"]?.includes("prompt")).length,
    reads: tally(read),
    watched: skills.filter(({ watched }) => watched).length,
  };
}

/** How often each name stands in a list, in order of name. */
export function tally(names: readonly string[]): Record<string, number> {
  const groups = Map.groupBy([...names].sort(compareText), (name) => name);
  return Object.fromEntries([...groups].map(([name, same]) => [name, same.length]));
}

const MOST_NAMED = 3;

/** One line for people; null where no trial has an attestation. */
export function attestedText({ attested, unisolated }: Pick<RunSummary, "attested" | "unisolated">): string | null {
  if (attested === undefined) return null;
  const { trials, of, breached, canaries, planted = 0, skill, flagged, flags } = attested;
  const unseen = planted === 0 ? "no canaries planted in the data, none of other trials seen" : "no canary seen";
  const bare = unisolated ? "no skill file in their folders" : "no skill file in sight";
  const parts = [
    trials === of ? `all ${counted(trials, "trial")} attested` : `${trials} of ${counted(of, "trial")} attested`,
    skill === null ? (breached === 0 ? bare : null) : skillText(skill, trials),
    canaries === 0 ? unseen : `CANARY SEEN in ${counted(canaries, "trial")}`,
    breached === 0 ? null : `NOT FAIR and unscored: ${counted(breached, "trial")}`,
    flagged === 0 ? "no command flagged" : `commands flagged in ${counted(flagged, "trial")} (${named(flags)})`,
  ];
  return parts.filter((part) => part !== null).join("; ");
}

function skillText({ files, prompted, reads, watched }: NonNullable<Attested["skill"]>, trials: number): string {
  const read = Object.keys(reads).length === 0 ? "none read beyond it" : `read beyond it: ${named(reads)}`;
  const blind = watched < trials ? `, opening of files watched in ${watched}` : "";
  return `${counted(files, "skill file")} in sight, SKILL.md in the prompt of ${prompted}, ${read}${blind}`;
}

/** The most frequent ones, with how many. */
function named(counts: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(counts).toSorted(([, one], [, other]) => other - one);
  const shown = sorted.slice(0, MOST_NAMED).map(([name, times]) => `${name} ${times}`);
  return [...shown, ...(sorted.length > MOST_NAMED ? [`${sorted.length - MOST_NAMED} others`] : [])].join(", ");
}
