/** One run from its parts: the manifest, the trials, the summary. Shared by `run` and `demo`. */
import { join } from "node:path";
import { bashAgent } from "../../agents/bash-agent.ts";
import { summarize } from "../../reports/summary.ts";
import type { KnownServer } from "../doctor/endpoint/known-server.ts";
import { knownServerOf } from "../doctor/endpoint/store.ts";
import { BudgetReached } from "../errors.ts";
import type { Manifest, MemoryUse } from "../manifest.ts";
import { bm25 } from "../memory/bm25.ts";
import { cosineNearness } from "../memory/cosine.ts";
import type { Memory } from "../memory/memory.ts";
import { type Nearness, recallFrom } from "../memory/recall.ts";
import type { Embedder } from "../model/embeddings.ts";
import { FORMAT_VERSION, type Protocol, type Task } from "../records.ts";
import type { Agent, AgentLimits, Benchmark, Model } from "../roles.ts";
import { writeJson } from "../run/files.ts";
import { type RunOptions, runBenchmark } from "../run/run.ts";
import { type RunOutcomes, readOutcomes } from "../run/store.ts";
import type { Width } from "../run/width.ts";
import type { PlaceboMark } from "../skill/placebo-mark.ts";
import type { Skill } from "../skill/skill.ts";
import { examinedServers } from "./examined-servers.ts";
import { drawnFrom, learnedFrom } from "./learned-from.ts";
import type { Session } from "./session.ts";
import { toolVersion } from "./version.ts";

export interface RunSpec {
  readonly directory: string;
  readonly arm: string;
  readonly benchmark: Benchmark;
  readonly model: Model;
  /** Of all servers of the model; its endpoint alone when left out. */
  readonly addresses?: readonly string[];
  /** `placebo` where the skill is one; else left out. */
  readonly skill: { readonly skill: Skill; readonly path: string; readonly placebo?: PlaceboMark } | null;
  /** Tasks that the skill learned from, where its own folder cannot tell; else left out. */
  readonly learned?: readonly string[];
  /** Instead of a skill or beside one; none when left out. */
  readonly memory?: MemorySpec | null;
  readonly protocol: Protocol;
  readonly seeds: readonly number[];
  readonly limits: AgentLimits;
  readonly width: Width;
  readonly signal: AbortSignal;
  readonly onTrial: RunOptions["onTrial"];
}

export interface MemorySpec {
  readonly memory: Memory;
  readonly path: string;
  /** Earlier tasks whose items are shown. */
  readonly top: number;
  /** Null for BM25. */
  readonly embedder: Embedder | null;
}

/** Runs or goes on with a run, and writes its summary last. */
export async function performRun(session: Session, spec: RunSpec): Promise<RunOutcomes> {
  const agent = bashAgent(spec.protocol);
  const sandboxes = await session.sandboxes();
  const own = spec.skill === null ? [] : await learnedFrom(spec.skill);
  const learned = new Set([...own, ...(spec.learned ?? [])]);
  const nearness = spec.memory ? nearnessOf(spec.memory) : null;
  const servers = (await examinedServers(session.cacheDirectory, spec.model, spec.addresses)).map(knownServerOf);
  const manifest = manifestOf(spec, { agent, sandbox: sandboxes.identity, learned, nearness, servers });
  const { memory, ...rest } = spec;
  const summarized = async (run: RunOutcomes) => {
    await writeJson(join(spec.directory, "summary.json"), summarize(run));
    return run;
  };
  const run = await runBenchmark({
    ...rest,
    ...(memory && nearness && { memory: recallFrom(memory.memory, nearness, memory.top) }),
    seen: session.journal.seen,
    usedBy: session.journal.usedBy,
    skill: spec.skill?.skill ?? null,
    agent,
    sandboxes,
    manifest,
  }).catch(async (error: unknown) => {
    // What was finished at a limit of the budget is a result; the summary counts the rest as missing.
    if (error instanceof BudgetReached) await summarized(await readOutcomes(spec.directory));
    throw error;
  });
  return summarized(run);
}

interface Surroundings {
  readonly agent: Agent;
  readonly sandbox: string;
  /** Tasks that the skill was distilled from; of families, any case of them. */
  readonly learned: ReadonlySet<string>;
  readonly nearness: Nearness | null;
  readonly servers: readonly KnownServer[];
}

function nearnessOf({ memory, embedder }: MemorySpec): Nearness {
  const situations = memory.experiences.map(({ situation }) => situation);
  return embedder === null ? bm25(situations) : cosineNearness(situations, embedder);
}

function useOf({ memory, top }: MemorySpec, { method, embedding }: Nearness): MemoryUse {
  return { hash: memory.hash, retrieval: method, top, embedding };
}

function skillOf({ skill, path, placebo }: NonNullable<RunSpec["skill"]>): NonNullable<Manifest["skill"]> {
  return { name: skill.name, hash: skill.hash, path, ...(placebo && { placebo }) };
}

function manifestOf(
  { arm, benchmark, model, skill, memory, seeds, limits }: RunSpec,
  { agent, sandbox, learned, nearness, servers }: Surroundings,
): Manifest {
  const use = memory && nearness ? useOf(memory, nearness) : null;
  const isLearned = ({ id, family }: Task) => learned.has(id) || (family !== undefined && learned.has(family));
  return {
    version: FORMAT_VERSION,
    kind: "run",
    createdAt: new Date().toISOString(),
    arm,
    benchmark: {
      name: benchmark.name,
      split: benchmark.split,
      data: benchmark.data,
      taskIds: benchmark.tasks.map(({ id }) => id),
      sealed: benchmark.tasks.filter((task) => benchmark.splitOf(task) === "test").map(({ id }) => id),
      learned: benchmark.tasks.filter(isLearned).map(({ id }) => id),
      settings: benchmark.settings,
      metric: benchmark.metric,
      errata: benchmark.errata,
    },
    model: { name: model.name, simulated: model.simulated },
    skill: skill === null ? null : skillOf(skill),
    ...(memory &&
      use && {
        memory: {
          ...use,
          name: memory.memory.name,
          path: memory.path,
          leftOut: drawnFrom(memory.memory, benchmark.tasks),
        },
      }),
    seeds: [...seeds],
    ...(servers.length > 0 && { servers: [...servers] }),
    fingerprint: {
      benchmark: benchmark.name,
      split: benchmark.split,
      data: benchmark.dataHash,
      scorer: benchmark.scorer,
      agent: agent.identity,
      limits: { ...limits },
      sandbox,
      model: model.name,
      endpoint: model.endpoint,
      sampling: { ...model.sampling },
      skill: skill?.skill.hash ?? null,
      ...(use && { memory: use }),
      tool: `trace2skill ${toolVersion()}`,
    },
    importedFrom: null,
  };
}
