/** What verb `distill` says of how it went, beside the skill. */
import { join } from "node:path";
import type { Distillation } from "../../distill/documents.ts";
import { type FanOut, prefixLines } from "../../distill/fan-out.ts";
import { stabilityLines } from "../../distill/shuffle.ts";
import type { Run } from "../run/store.ts";
import { visible } from "../text.ts";
import type { Io } from "./io.ts";
import { openTrials } from "./perform-distill.ts";

export function tellSealed(runs: readonly Run[], io: Io): void {
  for (const run of runs) {
    const sealed = run.trials.length - openTrials(run).length;
    if (sealed > 0)
      io.err(`note: ${run.directory}: ${sealed} of ${run.trials.length} trials are of test tasks and left out`);
  }
}

/** What was asked twice, read by heuristics, rolled back, split or kept beside. */
export function tellHow({ start, stages, notices, memory }: Distillation, directory: string, io: Io): void {
  const counts = [
    [stages.repaired, "proposers were asked twice"],
    [stages.heuristics, "proposals were mended or read by heuristics"],
    [stages.mergesRetried, "merges were asked for anew"],
    [stages.stepsRolledBack, `of ${stages.steps} steps were rolled back`],
  ] as const;
  for (const [count = 0, what] of counts) if (count > 0) io.err(`note: ${count} ${what}`);
  if (start?.path) io.err(`note: the model's draft, an arm of its own: run --skill ${join(directory, start.path)}`);
  if (start?.refused)
    io.err(`note: no draft of the model could be used, a bare frame took its place: ${visible(start.refused)}`);
  if (memory !== undefined) {
    const { items, experiences, path } = memory;
    io.err(
      `note: the skill is as it was; ${items} items of ${experiences} tasks are remembered: run --memory ${join(directory, path)}`,
    );
  }
  for (const notice of notices.slice(0, MOST_NOTICES)) io.err(`note: ${visible(notice)}`);
  if (notices.length > MOST_NOTICES) io.err(`note: and ${notices.length - MOST_NOTICES} more, in distillation.json`);
}

const MOST_NOTICES = 5;

/** What the scan found, how much the order of merging decides, and what of the prompts a server could cache. */
export function tellGuards({ scan, stability }: Distillation, fan: FanOut, io: Io): void {
  if (scan !== undefined) {
    const { evolve, test } = scan.values;
    const common = Object.entries(scan.common).map(([why, count]) => `${count} ${why.replaceAll("-", " ")}`);
    const told = common.length === 0 ? "" : `; may stand there: ${common.join(", ")}`;
    io.out(
      `scan for answers: ${evolve} values of evolve tasks and ${test} of test tasks, ${scan.refused} edits refused${told}`,
    );
  }
  if (stability !== undefined) for (const line of stabilityLines(stability)) io.out(line);
  for (const line of prefixLines(fan.shares())) io.err(`note: ${line}`);
}

/** Says which analyses came to nothing and why; true when that was a fault, or when there is no lesson at all. */
export function tellFailures({ analyses, stages }: Distillation, io: Io): boolean {
  const failed = analyses.flatMap(({ outcome }) =>
    outcome.kind === "failed" ? [`${outcome.reason}: ${outcome.detail}`] : [],
  );
  for (const [reason, same] of Map.groupBy(failed, (text) => visible(text.slice(0, 300)))) {
    io.err(`${same.length} of ${analyses.length} analyses failed: ${reason}`);
  }
  if (stages.faults > 0)
    io.err("What failed through a fault of the endpoint or of ours is tried again by the same command.");
  if (stages.lessons === 0) io.err("No analysis brought a lesson, so the skill is what it was at the start.");
  return stages.faults > 0 || stages.lessons === 0;
}

export function fatesText(fates: Readonly<Record<string, number>>): string {
  return Object.entries(fates)
    .map(([kind, count]) => `${count} ${kind.replace("-", " ")}`)
    .join(", ");
}
