/** Trajectories of other harnesses as trials: what ATIF does not name is read off the files beside them, or left open. */
import { basename, dirname } from "node:path";
import { hashJson } from "../hash.ts";
import type { Manifest } from "../manifest.ts";
import { FORMAT_VERSION, type Trial } from "../records.ts";
import { sumUsage } from "../usage.ts";
import type { AtifTrajectory } from "./atif-format.ts";
import { type AtifReading, readTrajectory } from "./atif-read.ts";
import { type HarborTrial, readHarborTrial, scoreOf } from "./atif-reward.ts";

export interface Foreign {
  readonly path: string;
  /** For people: below the folder that was given. */
  readonly name: string;
  readonly trajectory: AtifTrajectory;
}

/** Name that a run of other harnesses has for its tasks, of which no files are at hand. */
export const FOREIGN_BENCHMARK = "atif";

const WHEN_UNKNOWN = "1970-01-01T00:00:00.000Z";

/** One trial a document; of several documents of one task each has a seed of its own, counted from 0 in order of path. */
export async function foreignTrials(
  documents: readonly Foreign[],
  readingOf: (document: Foreign) => AtifReading,
): Promise<Trial[]> {
  const seeds = new Map<string, number>();
  const trials: Trial[] = [];
  for (const document of documents) {
    const harbor = await readHarborTrial(trialFolderOf(document.path));
    const id = taskIdOf(document, harbor);
    const seed = seeds.get(id) ?? 0;
    seeds.set(id, seed + 1);
    trials.push(await foreignTrial(document, { id, seed, harbor }, readingOf(document)));
  }
  return trials;
}

/** Harbor writes `<trial>/agent/trajectory.json`; others put what they know beside the file. */
function trialFolderOf(path: string): string {
  const folder = dirname(path);
  return basename(folder) === "agent" ? dirname(folder) : folder;
}

function taskIdOf({ trajectory, name }: Foreign, { task }: HarborTrial): string {
  const named = trajectory.extra?.task_id ?? trajectory.extra?.instance_id;
  const known = [task, typeof named === "string" ? named : null, trajectory.trajectory_id, trajectory.session_id];
  return known.find((id) => typeof id === "string" && id.trim() !== "") ?? name.replace(/\.json$/, "");
}

async function foreignTrial(
  { trajectory: document }: Foreign,
  { id, seed, harbor }: { id: string; seed: number; harbor: HarborTrial },
  reading: AtifReading,
): Promise<Trial> {
  const trajectory = await readTrajectory(document, reading);
  const asked = trajectory.prompt.find(({ role, content }) => role === "user" && content.trim() !== "");
  const times = document.steps.flatMap(({ timestamp }) => isoTime(timestamp) ?? []).sort();
  const [startedAt = WHEN_UNKNOWN] = times;
  return {
    version: FORMAT_VERSION,
    task: {
      ...{ id, files: [], output: null, kind: "imported" },
      instruction: asked?.content.trim() ?? "(the trajectory names no instruction)",
    },
    seed,
    trajectory: { ...trajectory, exit: /timeout/i.test(harbor.exception ?? "") ? "time-limit" : "submitted" },
    score: scoreOf(document, harbor),
    usage: sumUsage(trajectory.steps.map(({ usage }) => usage)),
    startedAt,
    durationMs: Date.parse(times.at(-1) ?? startedAt) - Date.parse(startedAt),
    artifacts: [],
  };
}

function isoTime(text: string | null | undefined): string[] | null {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? null : [new Date(time).toISOString()];
}

export function foreignManifest(documents: readonly Foreign[], trials: readonly Trial[], source: string): Manifest {
  const unique = (texts: readonly string[]) => [...new Set(texts)].sort().join(", ");
  const agents = unique(
    documents.map(({ trajectory: { agent } }) => [agent.name, agent.version].filter(Boolean).join(" ")),
  );
  const models = documents.flatMap(({ trajectory: { agent, steps } }) => [
    agent.model_name,
    ...steps.map(({ model_name: name }) => name),
  ]);
  const model = unique(models.flatMap((name) => (name ? [name] : []))) || "unknown";
  return {
    version: FORMAT_VERSION,
    kind: "run",
    createdAt: trials.map(({ startedAt }) => startedAt).sort()[0] ?? WHEN_UNKNOWN,
    arm: "imported",
    benchmark: {
      ...{ name: FOREIGN_BENCHMARK, split: "evolve", data: null, sealed: [] },
      taskIds: [...new Set(trials.map(({ task }) => task.id))],
    },
    model: { name: model, simulated: false },
    skill: null,
    seeds: [...new Set(trials.map(({ seed }) => seed))].sort((one, other) => one - other),
    fingerprint: {
      ...{
        benchmark: FOREIGN_BENCHMARK,
        split: "evolve",
        scorer: "imported rewards",
        agent: `imported: ${agents}`,
        limits: {},
      },
      data: hashJson(trials.map(({ task }) => task)),
      ...{ sandbox: "imported", model, endpoint: "imported", sampling: {}, skill: null, tool: "imported" },
    },
    importedFrom: source,
  };
}
