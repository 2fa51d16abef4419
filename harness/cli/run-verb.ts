/** What verb `run` does. */
import { dirname, join, resolve } from "node:path";
import { loadBenchmark } from "../../benchmarks/index.ts";
import { summarize } from "../../reports/summary.ts";
import { runTables } from "../../reports/terminal.ts";
import type { Manifest, Trial } from "../records.ts";
import type { AgentLimits, Benchmark } from "../roles.ts";
import { lockFolder } from "../run/lock.ts";
import { readSkill } from "../skill/read.ts";
import { visible } from "../text.ts";
import type { Io } from "./io.ts";
import { memoryAsked } from "./memory-options.ts";
import { askedOf, modelChoice } from "./options.ts";
import { type MemorySpec, performRun } from "./perform-run.ts";
import { progressOf } from "./progress.ts";
import type { RunSettings } from "./run.ts";
import { openSession } from "./session.ts";

export async function runVerb(name: string, settings: RunSettings, io: Io): Promise<void> {
  const directory = resolve(settings.out);
  const skill =
    settings.skill === undefined ? null : { skill: await readSkill(settings.skill), path: resolve(settings.skill) };
  const journalPath = resolve(settings.journal ?? join(dirname(directory), "journal.sqlite"));
  await using _lock = await lockFolder(directory);
  await using session = openSession(io, journalPath);
  const model = session.model(modelChoice(settings)); // a wrong name is told before any data is read
  const memory = await memoryAsked(settings, session);
  const benchmark = await loadBenchmark(name, askedOf(settings, session.cacheDirectory));
  for (const notice of benchmark.notices) io.err(`note: ${notice}`);
  session.teach(benchmark);

  const progress = progressOf(io, session, `run ${name}`);
  const run = await performRun(session, {
    directory,
    arm: settings.arm ?? armName(skill?.skill.name, memory),
    benchmark,
    model,
    skill,
    memory,
    protocol: settings.protocol,
    seeds: settings.seeds,
    limits: limitsOf(settings, benchmark),
    width: settings.maxConnections,
    signal: io.signal,
    onTrial: progress.trial,
  }).finally(progress.end);

  tellLeftOut(run.manifest, io);
  const summary = summarize(run);
  const paths = {
    run: directory,
    manifest: join(directory, "manifest.json"),
    summary: join(directory, "summary.json"),
    journal: journalPath,
  };
  if (settings.json) io.out(JSON.stringify({ calls: session.calls, summary, paths }, null, 1));
  else {
    io.out(runTables(summary));
    io.out(
      `calls made ${session.calls.made}, read from the journal ${session.calls.fromJournal}\nrun folder ${settings.out}`,
    );
  }
  if (tellUnscored(run.trials, io) > 0) io.exit(1);
}

function armName(skill: string | undefined, memory: MemorySpec | null): string {
  const given = [skill, memory === null ? undefined : "memory"].filter((part) => part !== undefined);
  return given.length === 0 ? "no-skill" : given.join("+");
}

function tellLeftOut({ memory, benchmark }: Manifest, io: Io): void {
  if (memory === undefined || memory.leftOut.length === 0) return;
  io.err(
    `note: the memory was drawn from ${memory.leftOut.length} of these ${benchmark.taskIds.length} tasks; ` +
      "each is shown only what other tasks taught (leave-one-out)",
  );
}

/** Says how many trials are unscored and why, each reason once; returns their number. */
export function tellUnscored(trials: readonly Trial[], io: Io): number {
  const unscored = trials.flatMap(({ score }) =>
    score.kind === "unscored" ? [`${score.reason}: ${score.detail}`] : [],
  );
  for (const [reason, same] of Map.groupBy(unscored, (text) => text.slice(0, 400))) {
    io.err(`unscored, ${same.length} of ${trials.length} trials: ${visible(reason)}`);
  }
  if (unscored.length > 0) io.err("Unscored trials are in no mean; the same command tries them again.");
  return unscored.length;
}

/** The size of images limits nothing, and is in no fingerprint, where there are none. */
function limitsOf(settings: RunSettings, { tasks }: Benchmark): AgentLimits {
  const { turnLimit, tokenLimit, timeLimit, commandTimeLimit, imageSide } = settings;
  return {
    turns: turnLimit,
    tokens: tokenLimit,
    timeMs: timeLimit * 1_000,
    commandTimeoutMs: commandTimeLimit * 1_000,
    ...(tasks.some(({ images }) => images !== undefined) ? { imageSide } : {}),
  };
}
