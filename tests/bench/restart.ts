/**
 * Starting again on a finished run of 10,000 trials, by the command line in a process of its own: no call, and how long. Beside it the
 * same command on a run of a few trials, which is what starting takes, and reading the files with nothing else.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { measure, median } from "./measure.ts";

const BIN = fileURLToPath(new URL("../../bin/trace2skill.js", import.meta.url));
const TRIALS = 10_000;
const REPEATS = 3;

export async function restartBench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "restart-bench-"));
  try {
    const run = ["run", "sample-spreadsheet", "--split", "all", "--model", "sim/small", "--json"];
    const few = [...run, "--out", join(folder, "few")];
    const { status, stderr } = spawnSync(process.execPath, [BIN, ...few]);
    if (status !== 0) throw new Error(String(stderr));
    const seeds = multiply(join(folder, "few"));
    const many = [...run, "--seeds", seeds.join(","), "--out", join(folder, "few")];
    const reading: number[] = [];
    const times: number[] = [];
    let calls: unknown = null;
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      reading.push(readAll(join(folder, "few", "trials")));
      const { ms, out } = await measure(process.execPath, [BIN, ...many], folder);
      times.push(ms);
      calls = (JSON.parse(out) as { calls: unknown }).calls;
    }
    const started = await measure(process.execPath, [BIN, "--version"], folder);
    console.log(
      `a finished run of ${readdirSync(join(folder, "few", "trials")).length} trials again: ${seconds(median(times))}, calls ${JSON.stringify(calls)}; ` +
        `reading and parsing its files alone ${seconds(median(reading))}, starting the command line ${seconds(started.ms)}`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Copies the trials of a run to as many seeds as make ten thousand. */
function multiply(run: string): number[] {
  const names = readdirSync(join(run, "trials"));
  const seeds = Array.from({ length: Math.ceil(TRIALS / names.length) }, (_, at) => 41 + at);
  for (const name of names) {
    const trial = JSON.parse(readFileSync(join(run, "trials", name), "utf8")) as Record<string, unknown>;
    for (const seed of seeds) {
      writeFileSync(
        join(run, "trials", name.replace(/\.41\.json$/, `.${seed}.json`)),
        `${JSON.stringify({ ...trial, seed }, null, 1)}\n`,
      );
    }
  }
  const manifest = JSON.parse(readFileSync(join(run, "manifest.json"), "utf8")) as Record<string, unknown>;
  writeFileSync(join(run, "manifest.json"), `${JSON.stringify({ ...manifest, seeds }, null, 1)}\n`);
  return seeds;
}

function readAll(directory: string): number {
  const start = performance.now();
  const kept = readdirSync(directory).map((name): unknown => JSON.parse(readFileSync(join(directory, name), "utf8")));
  return kept.length === 0 ? Number.NaN : performance.now() - start;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
