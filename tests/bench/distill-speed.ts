/** How long a distillation takes and how large it grows, against the simulated model's server. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Latency } from "../../harness/simulator/latency.ts";
import { startSimulator } from "../../harness/simulator/server.ts";
import { measure } from "./measure.ts";

const PROCESS = fileURLToPath(new URL("./distill-process.ts", import.meta.url));
const CALL_MS = 2_000;
const LESSONS = 70;
const SIZES = [1_000, 3_000, 10_000];

interface Took {
  readonly ms: number;
  /** Of the processor: what stays the same when others use the machine as well. */
  readonly cpuMs: number;
  readonly stages: Readonly<Record<string, number>>;
  readonly calls: number;
  readonly lessons: number;
  readonly peakMb: number;
}

/** Wanted: at least 20 times (arXiv:2603.25158: 3 minutes against 60). From lessons to the skill: the analysis is the same for both. */
export async function strategiesBench(): Promise<void> {
  const latency: Latency = { kind: "fixed", ms: CALL_MS };
  const parallel = await distilled(LESSONS, latency, ["parallel"]);
  const sequential = await distilled(LESSONS, latency, ["sequential"]);
  for (const [name, took] of Object.entries({ parallel, sequential })) {
    console.log(
      `  ${name.padEnd(10)} ${took.lessons} lessons, ${CALL_MS / 1000} s a call, width 128: ${seconds(took.ms)}, without the analysis ${seconds(evolving(took))}, ${took.calls} calls`,
    );
  }
  const [whole, evolved] = [sequential.ms / parallel.ms, evolving(sequential) / evolving(parallel)];
  console.log(
    `  sequential / parallel: ${evolved.toFixed(1)} times from lessons to skill (wanted: at least 20), ${whole.toFixed(1)} with the analysis`,
  );
}

/** Wanted: 10,000 under 60 s and under 1 GB, and no faster growth than n log n. */
export async function sizesBench(): Promise<void> {
  let before: { size: number; cpuMs: number } | null = null;
  for (const size of SIZES) {
    const took = await distilled(size, { kind: "zero" }, ["parallel"]);
    const growth =
      before === null
        ? ""
        : `, ${(took.cpuMs / before.cpuMs).toFixed(1)} times the processor time of the one before (n log n: ${(nLogN(size) / nLogN(before.size)).toFixed(1)})`;
    const stages = Object.entries(took.stages).map(([stage, ms]) => `${stage} ${seconds(ms)}`);
    console.log(
      `  ${String(size).padStart(6)} trials, ${took.lessons} lessons: ${seconds(took.ms)} (processor ${seconds(took.cpuMs)}), peak ${took.peakMb.toFixed(0)} MB${growth}; ${stages.join(", ")}`,
    );
    before = { size, cpuMs: took.cpuMs };
  }
  const program = await distilled(SIZES.at(-1) ?? 0, { kind: "zero" }, ["parallel", "program"]);
  console.log(
    `  ${String(SIZES.at(-1)).padStart(6)} trials, merged by program: ${seconds(program.ms)} (processor ${seconds(program.cpuMs)}), peak ${program.peakMb.toFixed(0)} MB`,
  );
}

async function distilled(count: number, latency: Latency, how: readonly string[]): Promise<Took> {
  const folder = await mkdtemp(join(tmpdir(), "trace2skill-bench-"));
  const server = await startSimulator({ key: [], latency });
  try {
    await mkdir(join(folder, "out"));
    const { peakMb, out } = await measure(process.execPath, [
      PROCESS,
      server.url,
      String(count),
      join(folder, "out"),
      ...how,
    ]);
    return { ...(JSON.parse(out) as Omit<Took, "peakMb">), peakMb };
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function evolving({ ms, stages }: Took): number {
  return ms - (stages.analyse ?? 0);
}

function nLogN(n: number): number {
  return n * Math.log(n);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
