/** What verb `distill` says of how it went, beside the skill. */
import { basename, join } from "node:path";
import type { Distillation } from "../../distill/documents.ts";
import { type FanOut, prefixLines } from "../../distill/fan-out.ts";
import { countFates } from "../../distill/lineage.ts";
import { stabilityLines } from "../../distill/shuffle.ts";
import { authorsText } from "../../reports/authors.ts";
import { linesTable } from "../../reports/terminal.ts";
import type { Run } from "../run/store.ts";
import { visible } from "../text.ts";
import { shownDistillation } from "./distillation-shown.ts";
import type { Io } from "./io.ts";
import { openTrials } from "./perform-distill.ts";
import type { Session } from "./session.ts";
import { spendingLines, spendingReport } from "./spending-told.ts";

/** Where things lie, and where they are told. */
export interface Told {
  readonly json: boolean;
  readonly directory: string;
  readonly journalPath: string;
  readonly session: Session;
  readonly io: Io;
}

export interface ToldDistillation extends Told {
  readonly fan: FanOut;
  /** Notices that were told before anything was done. */
  readonly told: readonly string[];
}

/** Prints what one plain distillation came to, and sets the exit code. */
export async function tellDistilled(distillation: Distillation, place: ToldDistillation): Promise<void> {
  const { directory, fan, told, json, io } = place;
  if (json) io.out(JSON.stringify(documentOf(distillation, place), null, 1));
  else io.out(await textOf(distillation, place));
  tellHow(distillation, { directory, told, io });
  if (!json) tellGuards(distillation, fan, io);
  for (const { file, line, message } of distillation.problems) io.err(`note: ${file}:${line}: ${message}`);
  if (tellFailures(distillation, io)) io.exit(1);
}

function documentOf(distillation: Distillation, { directory, journalPath, session, fan }: ToldDistillation) {
  const { options, start, stages, problems, memory, scan, stability } = distillation;
  const { simulated } = distillation.fingerprint;
  const paths = {
    distillation: join(directory, "distillation.json"),
    skill: join(directory, distillation.skill.path),
    journal: journalPath,
    ...(start?.path && { draft: join(directory, start.path) }),
    ...(memory && { memory: join(directory, memory.path) }),
  };
  const spent = { calls: session.calls, spending: spendingReport(session) };
  const how = { simulated, ...spent, options, start, stages, fates: countFates(distillation), problems };
  return { ...how, prefix: fan.shares(), scan, stability, ...(memory && { memory }), paths };
}

async function textOf(distillation: Distillation, { directory, session }: ToldDistillation): Promise<string> {
  const { name, stages, memory, skill } = distillation;
  const { fingerprint } = distillation;
  const lines = [
    `Best supported lines of ${name}, by ${authorsText(fingerprint)}${fingerprint.simulated ? " · simulated" : ""}\n`,
    linesTable(await shownDistillation(directory, distillation, basename(directory))),
  ];
  return [
    // A memory leaves the skill as it was.
    ...(memory === undefined ? lines : []),
    `${stages.lessons} lessons of ${stages.trials} trials: ${fatesText(countFates(distillation))}`,
    `calls made ${session.calls.made}, read from the journal ${session.calls.fromJournal}`,
    `skill ${join(directory, skill.path)}`,
    ...spendingLines(spendingReport(session)),
  ].join("\n");
}

/** Of which runs not all trials are there, and of which some are left out. */
export function tellTrials(runs: readonly Run[], io: Io): void {
  for (const run of runs) {
    const { taskIds } = run.manifest.benchmark;
    const asked = taskIds.length * run.manifest.seeds.length;
    if (run.trials.length < asked && run.manifest.importedFrom === null)
      io.err(
        `note: ${run.directory}: ${run.trials.length} of ${asked} trials are done and readable; the same run command makes the others`,
      );
    const sealed = run.trials.length - openTrials(run).length;
    if (sealed > 0)
      io.err(`note: ${run.directory}: ${sealed} of ${run.trials.length} trials are of test tasks and left out`);
  }
}

/** What was asked twice, read by heuristics, rolled back, split or kept beside; notices but for those told before. */
function tellHow(
  { start, stages, memory, ...distillation }: Distillation,
  { directory, told, io }: { readonly directory: string; readonly told: readonly string[]; readonly io: Io },
): void {
  const notices = distillation.notices.filter((notice) => !told.includes(notice));
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
function tellGuards({ scan, stability }: Distillation, fan: FanOut, io: Io): void {
  if (scan !== undefined) io.out(scanText(scan));
  if (stability !== undefined) for (const line of stabilityLines(stability)) io.out(line);
  for (const line of prefixLines(fan.shares())) io.err(`note: ${line}`);
}

export function scanText({ values, refused, common }: NonNullable<Distillation["scan"]>): string {
  const allowed = Object.entries(common).map(([why, count]) => `${count} ${why.replaceAll("-", " ")}`);
  const told = allowed.length === 0 ? "" : `; may stand there: ${allowed.join(", ")}`;
  return `scan for answers: ${values.evolve} values of evolve tasks and ${values.test} of test tasks, ${refused} edits refused${told}`;
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

function fatesText(fates: Readonly<Record<string, number>>): string {
  return Object.entries(fates)
    .map(([kind, count]) => `${count} ${kind.replace("-", " ")}`)
    .join(", ");
}
