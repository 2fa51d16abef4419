/** What `run --dry-run` does: loads the tasks, reads the trials that are there, asks no model and writes nothing. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { loadBenchmark } from "../../benchmarks/index.ts";
import { type Run, readRun, trialName } from "../run/store.ts";
import { pricesIn } from "./account.ts";
import { cacheDirectoryOf } from "./benchmark-of.ts";
import type { Io } from "./io.ts";
import { modelChoice } from "./model-choice.ts";
import { askedOf } from "./options.ts";
import type { RunSettings } from "./run.ts";
import { planRun, runPlanText } from "./run-plan.ts";
import { limitsOf } from "./run-verb.ts";
import { endpointOf } from "./session.ts";

export async function tellPlan(name: string, settings: RunSettings, io: Io): Promise<void> {
  const choice = modelChoice(settings);
  const model = { name: choice.name, endpoint: endpointOf(choice, io) };
  const prices = pricesIn(settings);
  const benchmark = await loadBenchmark(name, askedOf(settings, cacheDirectoryOf(io)));
  for (const notice of benchmark.notices) io.err(`note: ${notice}`);
  const own = await ownRun(resolve(settings.out));
  const names = new Set(benchmark.tasks.flatMap(({ id }) => settings.seeds.map((seed) => trialName(id, seed))));
  const done = own.filter(({ task, seed, score }) => score.kind === "scored" && names.has(trialName(task.id, seed)));
  const others = await Promise.all(settings.estimateFrom.map((folder) => readRun(resolve(folder))));
  const plan = planRun({
    total: names.size,
    done: done.length,
    like: others.length === 0 ? own : others.flatMap(({ trials }) => trials),
    limits: limitsOf(settings, benchmark, prices.priceOf(model.name, model.endpoint)),
    model,
    prices,
  });
  io.out(settings.json ? JSON.stringify(plan, null, 1) : runPlanText(plan));
}

/** Trials of the folder that the command would write to; none where there is no run yet. */
async function ownRun(directory: string): Promise<Run["trials"]> {
  return existsSync(join(directory, "manifest.json")) ? (await readRun(directory)).trials : [];
}
