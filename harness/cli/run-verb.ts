/** What verb `run` does. */
import { dirname, join, resolve } from "node:path";
import { loadBenchmark } from "../../benchmarks/index.ts";
import { summarize } from "../../reports/summary.ts";
import { runTables } from "../../reports/terminal.ts";
import { BudgetReached, SetupError, UsageError } from "../errors.ts";
import type { Manifest } from "../manifest.ts";
import { addressesOf } from "../model/endpoints.ts";
import type { Price } from "../prices/prices.ts";
import type { AgentLimits, Benchmark } from "../roles.ts";
import { DEFAULT_LIMITS } from "../run/default-limits.ts";
import { lockFolder } from "../run/lock.ts";
import type { Outcome } from "../run/outcome.ts";
import { readOutcomes } from "../run/store.ts";
import { writeSkill } from "../skill/write.ts";
import { visible } from "../text.ts";
import { accountIn } from "./account.ts";
import { LIMIT_EXIT, limitText } from "./budget-options.ts";
import { trialsAtOnce } from "./connection-options.ts";
import { examinedServers, serverNotes } from "./examined-servers.ts";
import { explainSandbox } from "./explain-sandbox.ts";
import type { Io } from "./io.ts";
import { memoryAsked } from "./memory-options.ts";
import { modelChoice } from "./model-choice.ts";
import { askedOf } from "./options.ts";
import { type MemorySpec, performRun } from "./perform-run.ts";
import { skillAsked } from "./placebo-asked.ts";
import { refuseBarePlacebo } from "./placebo-options.ts";
import { progressOf } from "./progress.ts";
import type { RunSettings } from "./run.ts";
import { tellPlan } from "./run-plan-verb.ts";
import { sandboxAsked } from "./sandbox-options.ts";
import { openSession } from "./session.ts";
import { spendingLines, spendingReport } from "./spending-told.ts";

export async function runVerb(name: string, settings: RunSettings, io: Io): Promise<void> {
  refuseBarePlacebo(settings);
  const sandbox = sandboxAsked(settings, io);
  if (settings.explainSandbox) return explainSandbox(sandbox, settings, io);
  if (settings.dryRun) return tellPlan(name, settings, io);
  if (settings.estimateFrom.length > 0)
    throw new UsageError("--estimate-from says what --dry-run counts with: give it too");
  const directory = resolve(settings.out);
  const choice = modelChoice(settings);
  const account = accountIn(directory, settings);
  const { skill, learned, label } = await skillAsked(settings, directory);
  const journalPath = resolve(settings.journal ?? join(dirname(directory), "journal.sqlite"));
  await using _lock = await lockFolder(directory);
  await using session = openSession(io, journalPath, { ...account, sandbox });
  const model = session.model(choice); // a wrong name is told before any data is read
  const memory = await memoryAsked(settings, session);
  const benchmark = await loadBenchmark(name, askedOf(settings, session.cacheDirectory));
  for (const notice of benchmark.notices) io.err(`note: ${notice}`);
  session.teach(benchmark);
  const addresses = settings.baseUrl === undefined ? [model.endpoint] : addressesOf(settings.baseUrl);
  const examined = await examinedServers(session.cacheDirectory, model, addresses);
  for (const note of serverNotes(examined, { protocol: settings.protocol, tasks: benchmark.tasks }))
    io.err(`note: ${note}`);

  if (skill?.placebo !== undefined) await writeSkill(skill.skill, skill.path);
  const progress = progressOf(io, session, `run ${name}`);
  const ended = await performRun(session, {
    directory,
    arm: settings.arm ?? armName(label, memory),
    benchmark,
    model,
    addresses,
    skill,
    ...(learned && { learned }),
    memory,
    protocol: settings.protocol,
    seeds: settings.seeds,
    limits: limitsOf(settings, benchmark, account.prices.priceOf(model.name, model.endpoint)),
    width: trialsAtOnce(settings),
    signal: io.signal,
    onTrial: progress.trial,
  })
    .catch(whenLimited)
    .finally(progress.end);
  const run = ended instanceof BudgetReached ? await readOutcomes(directory) : ended;

  tellLeftOut(run.manifest, io);
  const summary = summarize(run);
  const paths = {
    run: directory,
    manifest: join(directory, "manifest.json"),
    summary: join(directory, "summary.json"),
    journal: journalPath,
  };
  const spending = spendingReport(session);
  const stopped = ended instanceof BudgetReached ? ended.message : null;
  if (settings.json) io.out(JSON.stringify({ calls: session.calls, stopped, summary, spending, paths }, null, 1));
  else {
    io.out(runTables(summary));
    io.out(
      `calls made ${session.calls.made}, read from the journal ${session.calls.fromJournal}\nrun folder ${settings.out}`,
    );
    for (const line of spendingLines(spending)) io.out(line);
  }
  const unscored = tellUnscored(run.trials, io);
  if (ended instanceof BudgetReached) {
    io.err(limitText(ended));
    io.exit(LIMIT_EXIT);
  } else if (unscored > 0) io.exit(1);
}

/** What was finished at the limit of the budget is told like a run that has ended. */
function whenLimited(error: unknown): BudgetReached {
  if (error instanceof BudgetReached) return error;
  throw error;
}

function armName(skill: string | null, memory: MemorySpec | null): string {
  const given = [skill, memory === null ? null : "memory"].filter((part) => part !== null);
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
export function tellUnscored(trials: readonly Outcome[], io: Io): number {
  const unscored = trials.flatMap(({ score }) =>
    score.kind === "unscored" ? [`${score.reason}: ${score.detail}`] : [],
  );
  for (const [reason, same] of Map.groupBy(unscored, (text) => text.slice(0, 400))) {
    io.err(`unscored, ${same.length} of ${trials.length} trials: ${visible(reason)}`);
  }
  if (unscored.length > 0) io.err("Unscored trials are in no mean; the same command tries them again.");
  return unscored.length;
}

/** @throws UsageError when two options say two things */
function commandTimeoutOf({ commandTimeLimit, sandboxLimits }: RunSettings): number {
  const ofSandbox = sandboxLimits?.commandMs ?? null;
  if (commandTimeLimit !== undefined && ofSandbox !== null && ofSandbox !== commandTimeLimit * 1_000) {
    throw new UsageError(
      `--command-time-limit says ${commandTimeLimit} s and --sandbox-limits command=${ofSandbox / 1_000}s: give one of them`,
    );
  }
  if (ofSandbox !== null) return ofSandbox;
  return commandTimeLimit === undefined ? DEFAULT_LIMITS.commandTimeoutMs : commandTimeLimit * 1_000;
}

/**
 * The size of images limits nothing, and is in no fingerprint, where there are none; nor does a limit that was not asked for.
 * @throws SetupError for a limit on cost without a price
 */
export function limitsOf(settings: RunSettings, { tasks }: Pick<Benchmark, "tasks">, price: Price | null): AgentLimits {
  const { turnLimit, tokenLimit, timeLimit, imageSide, workingTimeLimit, costLimit } = settings;
  if (costLimit !== undefined && price === null)
    throw new SetupError(
      `--cost-limit cannot be kept: no price of ${JSON.stringify(settings.model)} is known. Give one with --prices FILE`,
    );
  return {
    turns: turnLimit,
    tokens: tokenLimit,
    timeMs: timeLimit * 1_000,
    commandTimeoutMs: commandTimeoutOf(settings),
    ...(tasks.some(({ images }) => images !== undefined) ? { imageSide } : {}),
    ...(workingTimeLimit === undefined ? {} : { workingMs: workingTimeLimit * 1_000 }),
    ...(costLimit === undefined || price === null ? {} : { cost: costLimit, ...pricesWithin(price) }),
  };
}

function pricesWithin({ input, cachedInput = input, output }: Price) {
  return { inputPrice: input, cachedInputPrice: cachedInput, outputPrice: output };
}
