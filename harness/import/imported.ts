/** What every reader of trajectories from elsewhere comes back with. */

import type { Manifest } from "../manifest.ts";
import type { Trial } from "../records.ts";
import type { Skill } from "../skill/skill.ts";

export interface Imported {
  readonly manifest: Manifest;
  readonly trials: Trial[];
  /** The skill that every prompt held, as an Agent Skill; null when the prompts did not agree on one. */
  readonly skill: Skill | null;
  /** What whoever uses the run should know: what was left out or has no place in a trial, with why. */
  readonly notices: readonly string[];
}

/** A file that was not taken, with why. */
export interface SkippedFile {
  readonly file: string;
  readonly reason: string;
}

const MOST_TOLD = 5;

/** Notices of skipped files: one a reason, with how many and the first of them. */
export function skippedNotices(skipped: readonly SkippedFile[]): string[] {
  return [...Map.groupBy(skipped, ({ reason }) => reason)].map(([reason, same]) => {
    const more = same.length > MOST_TOLD ? ` and ${same.length - MOST_TOLD} more` : "";
    const names = same.slice(0, MOST_TOLD).map(({ file }) => file);
    return `skipped ${same.length} ${same.length === 1 ? "file" : "files"}: ${reason} (${names.join(", ")}${more})`;
  });
}
