/** What verb `run` does. */
import { dirname, join, resolve } from "node:path";
import { loadBenchmark } from "../../benchmarks/index.ts";
import { summarize } from "../../reports/summary.ts";
import { armsTable } from "../../reports/terminal.ts";
import { readSkill } from "../skill/read.ts";
import type { Io } from "./io.ts";
import { modelChoice } from "./options.ts";
import { performRun } from "./perform-run.ts";
import { progressOf } from "./progress.ts";
import type { RunSettings } from "./run.ts";
import { openSession } from "./session.ts";

export async function runVerb(name: string, settings: RunSettings, io: Io): Promise<void> {
  const directory = resolve(settings.out);
  const skill =
    settings.skill === undefined ? null : { skill: await readSkill(settings.skill), path: resolve(settings.skill) };
  const journalPath = resolve(settings.journal ?? join(dirname(directory), "journal.sqlite"));
  await using session = openSession(io, journalPath);
  const { split, data, tasks } = settings;
  const model = session.model(modelChoice(settings)); // a wrong name is told before any data is read
  const benchmark = await loadBenchmark(name, {
    split,
    data: data ?? null,
    tasks,
    cacheDirectory: session.cacheDirectory,
  });
  for (const notice of benchmark.notices) io.err(`note: ${notice}`);
  session.teach(benchmark);

  const progress = progressOf(io, session, `run ${name}`);
  const run = await performRun(session, {
    directory,
    arm: settings.arm ?? skill?.skill.name ?? "no-skill",
    benchmark,
    model,
    skill,
    protocol: settings.protocol,
    seeds: settings.seeds,
    limits: limitsOf(settings),
    width: settings.maxConnections,
    signal: io.signal,
    onTrial: progress.trial,
  }).finally(progress.end);

  const summary = summarize(run);
  const paths = {
    run: directory,
    manifest: join(directory, "manifest.json"),
    summary: join(directory, "summary.json"),
    journal: journalPath,
  };
  if (settings.json) io.out(JSON.stringify({ calls: session.calls, summary, paths }, null, 1));
  else {
    io.out(armsTable([summary]));
    io.out(
      `calls made ${session.calls.made}, read from the journal ${session.calls.fromJournal}\nrun folder ${settings.out}`,
    );
  }
  const unscored = run.trials.length - summary.scored;
  if (unscored > 0) {
    io.err(`${unscored} trials are unscored through faults of our side; the same command tries them again.`);
    io.exit(1);
  }
}

export function limitsOf({ turnLimit, tokenLimit, timeLimit, commandTimeLimit }: RunSettings) {
  return {
    turns: turnLimit,
    tokens: tokenLimit,
    timeMs: timeLimit * 1_000,
    commandTimeoutMs: commandTimeLimit * 1_000,
  };
}
