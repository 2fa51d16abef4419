/** Whether a distilled skill helps the simulated model, and whether a broken pipeline shows: five distillations of one run. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadBenchmark } from "../../benchmarks/index.ts";
import { performDistill } from "../../harness/cli/perform-distill.ts";
import { performRun } from "../../harness/cli/perform-run.ts";
import { openSession, type Session } from "../../harness/cli/session.ts";
import type { Benchmark, Model } from "../../harness/roles.ts";
import { type Run, type RunOutcomes, readRun } from "../../harness/run/store.ts";
import { readSkill } from "../../harness/skill/read.ts";
import { mean, tInterval } from "../../harness/statistics/interval.ts";
import { losingModel } from "./losing-model.ts";

const START = fileURLToPath(new URL("../../distill/seeds/spreadsheet-work", import.meta.url));
const SEEDS = [41, 42, 43, 44, 45];
/** Of the themes of lessons. */
const LOST = 0.6;
const LIMITS = { turns: 20, timeMs: 600_000, tokens: 500_000, commandTimeoutMs: 60_000 };
const WIDTH = 4;
const AUTHOR = "sim/large";

interface Stage {
  readonly folder: string;
  readonly session: Session;
  readonly model: Model;
  readonly signal: AbortSignal;
}

/** Wanted: gains on held-out tasks and out of distribution, and measurably less gain where lessons are lost. */
export async function gainBench(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "trace2skill-bench-"));
  const signal = new AbortController().signal;
  const io = { out: () => {}, err: () => {}, env: process.env, terminal: false, signal, exit: () => {} };
  try {
    await using session = openSession(io, join(folder, "journal.sqlite"));
    const load = (name: string, split: string) =>
      loadBenchmark(name, {
        settings: { split },
        data: null,
        cacheDirectory: session.cacheDirectory,
        tasks: { kind: "all" },
      });
    const [evolve, test, ood] = await Promise.all([
      load("sample-spreadsheet", "evolve"),
      load("sample-spreadsheet", "test"),
      load("sample-tables", "test"),
    ]);
    for (const benchmark of [evolve, test, ood]) session.teach(benchmark);
    const model = session.model({ name: AUTHOR, baseUrl: null, sampling: {}, maxRetries: 6 });
    await compare({ folder, session, model, signal }, evolve, { "held out": test, "out of distribution": ood });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compare(stage: Stage, evolve: Benchmark, judges: Readonly<Record<string, Benchmark>>): Promise<void> {
  const evolved = await readRun((await run(stage, evolve, START, "start")).directory);
  const whole = await skillsOf(stage, evolved, evolve, 0);
  const broken = await skillsOf(stage, evolved, evolve, LOST);
  for (const [name, judge] of Object.entries(judges)) {
    const start = score(await run(stage, judge, START, `start.${name}`));
    const gains = await gainsOf(stage, judge, whole, start);
    const less = await gainsOf(stage, judge, broken, start);
    console.log(`  ${name}, ${judge.tasks.length} tasks, start skill ${points(start)}: gain ${shown(gains)}`);
    console.log(
      `  ${" ".repeat(name.length)}  with ${100 * LOST} % of the themes of lessons lost: gain ${shown(less)}; difference ${shown(gains.map((gain, index) => gain - (less[index] ?? 0)))}`,
    );
  }
}

async function skillsOf(stage: Stage, evolved: Run, benchmark: Benchmark, lost: number): Promise<string[]> {
  const paths: string[] = [];
  for (const seed of SEEDS) {
    const directory = join(stage.folder, "distilled", `${seed}-${lost}`);
    const done = await performDistill({
      runs: [evolved],
      start: await readSkill(START),
      benchmark,
      sandboxes: await stage.session.sandboxes(),
      model: lost === 0 ? stage.model : losingModel(stage.model, lost, seed),
      lessons: "combined",
      errorAnalyst: "agentic",
      fanIn: 8,
      width: WIDTH,
      seed,
      name: "spreadsheet-work",
      directory,
      seen: stage.session.journal.seen,
      signal: stage.signal,
      onCount: () => {},
    });
    paths.push(join(directory, done.skill.path));
  }
  return paths;
}

async function gainsOf(stage: Stage, judge: Benchmark, skills: readonly string[], start: number): Promise<number[]> {
  const gains: number[] = [];
  for (const [index, path] of skills.entries()) {
    gains.push(
      score(await run(stage, judge, path, `${judge.name}.${index}.${path.includes("-0/") ? "whole" : "broken"}`)) -
        start,
    );
  }
  return gains;
}

async function run(stage: Stage, benchmark: Benchmark, path: string, name: string): Promise<RunOutcomes> {
  return performRun(stage.session, {
    directory: join(stage.folder, "runs", name),
    arm: name,
    benchmark,
    model: stage.model,
    skill: { skill: await readSkill(path), path },
    protocol: "tools",
    seeds: [41],
    limits: LIMITS,
    width: WIDTH,
    signal: stage.signal,
    onTrial: () => {},
  });
}

function score({ trials }: RunOutcomes): number {
  return mean(trials.flatMap((trial) => (trial.score.kind === "scored" ? [trial.score.value] : [])));
}

function shown(values: readonly number[]): string {
  const { low, high } = tInterval(values);
  return `${points(mean(values))} (95 % over ${values.length} seeds: ${points(low)} to ${points(high)}; ${values.map(points).join(", ")})`;
}

function points(value: number): string {
  return (100 * value).toFixed(1);
}
