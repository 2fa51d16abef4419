/** Units that are runs: an agent on the tasks of a benchmark, with a skill or a memory that other units may have made. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { UnitRecord } from "../../../reports/experiments/unit-record.ts";
import type { RunUnit } from "../../../reports/experiments/units.ts";
import { DEFAULT_IMAGE_SIDE } from "../../images/raster.ts";
import { readMemory } from "../../memory/memory.ts";
import type { Benchmark } from "../../roles.ts";
import type { Outcome } from "../../run/outcome.ts";
import { type RunOutcomes, readOutcomes, trialName } from "../../run/store.ts";
import { EMBEDDING_MODEL } from "../../simulator/embeddings.ts";
import { type MemorySpec, performRun } from "../perform-run.ts";
import { type Counter, readUnit } from "./folder.ts";
import { type Finding, type Made, type Making, makeIn, required, skillOf, unitFolder } from "./making.ts";

/**
 * A run that is there whole; null for one that is not. Trials that our side spoilt are to be tried again, but not those that a
 * skill was made from: it would be of other trials then.
 */
export async function runThere(unit: RunUnit, finding: Finding): Promise<Made | null> {
  const folder = unitFolder(unit, finding);
  const record = await readUnit(folder);
  const run = record?.state === "ended" ? await storedOutcomes(folder) : null;
  if (run === null || !isWhole(run, unit)) return null;
  const made = runMade(run, record);
  return made.unscored === 0 || made.used ? made : null;
}

/** Those of its trials that are there; none of a run that was never begun. */
export async function trialsThere(folder: string): Promise<readonly Outcome[]> {
  return (await storedOutcomes(folder))?.trials ?? [];
}

/** Null where the folder holds no run. */
async function storedOutcomes(folder: string): Promise<RunOutcomes | null> {
  return existsSync(join(folder, "manifest.json")) ? readOutcomes(folder) : null;
}

export function makeRun(unit: RunUnit, making: Making): Promise<Made> {
  const folder = unitFolder(unit, making);
  let run: RunOutcomes | null = null;
  return makeIn(unit, making, {
    folder,
    // What was made just now is done, also with trials that our side spoilt.
    there: async () => (run === null ? runThere(unit, making) : runMade(run, await readUnit(folder))),
    make: async (counter) => {
      run = await trialsOf(unit, folder, making, counter);
    },
  });
}

async function trialsOf(unit: RunUnit, directory: string, making: Making, counter: Counter): Promise<RunOutcomes> {
  const { bench, onCount } = making;
  const { agent, addresses } = required(bench.loaded.models.get(unit.model));
  const benchmark = required(bench.loaded.benchmarks.get(unit.benchmark));
  const skill = skillOf(unit.skill, making);
  let failing = 0;
  return performRun(bench.session, {
    directory,
    arm: unit.arm,
    benchmark,
    model: counter.of(bench.session.model(agent)),
    ...(addresses && { addresses }),
    skill,
    ...(skill?.learned && { learned: skill.learned }),
    memory: await memoryFor(unit, making),
    protocol: unit.protocol,
    seeds: unit.seeds,
    limits: { ...unit.limits, ...imagesOf(benchmark) },
    width: bench.width,
    signal: bench.signal,
    onTrial: ({ trial, done, total }) => {
      if (trial.score.kind === "unscored" || trial.score.value < 1) failing += 1;
      onCount({ done, total, failing });
    },
  });
}

function imagesOf({ tasks }: Benchmark): { imageSide?: number } {
  return tasks.some(({ images }) => images !== undefined) ? { imageSide: DEFAULT_IMAGE_SIDE } : {};
}

function isWhole({ trials, manifest }: RunOutcomes, { seeds }: RunUnit): boolean {
  const there = new Set(trials.map(({ task, seed }) => trialName(task.id, seed)));
  return manifest.benchmark.taskIds.every((id) => seeds.every((seed) => there.has(trialName(id, seed))));
}

function runMade({ directory, trials }: RunOutcomes, record: UnitRecord | null): Made {
  const unscored = trials.filter(({ score }) => score.kind === "unscored").length;
  const { minutes = null, used = false } = record ?? {};
  return { folder: directory, skill: null, memory: null, distillation: false, minutes, unscored, used };
}

async function memoryFor({ memory }: RunUnit, { bench, made }: Making): Promise<MemorySpec | null> {
  if (memory === null) return null;
  const { path } = required(made.get(memory.unit)?.memory ?? undefined);
  const { retrieval, top } = memory;
  return { memory: await readMemory(path), path, top, embedder: retrieval.kind === "bm25" ? null : embedder() };

  function embedder() {
    const alias = retrieval.kind === "embedding" ? retrieval.model : null;
    const { maxRetries, retryMs, connections } = bench.connecting;
    const bounds = { maxRetries, ...(retryMs !== undefined && { retryMs }), ...(connections && { connections }) };
    return bench.session.embedder(
      alias === null
        ? { name: EMBEDDING_MODEL, baseUrl: null, ...bounds }
        : required(bench.loaded.models.get(alias)).agent,
    );
  }
}
