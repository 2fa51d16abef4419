/** Several distillations by the real command line, with the simulated model, from one run of the evolve split. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
import { Selection } from "../../distill/selection-document.ts";
import type { Trial } from "../../harness/records.ts";
import { readRun, writeTrial } from "../../harness/run/store.ts";
import { trace2skill } from "./command-line.ts";

/** A folder with `runs/evolve` in it, made at the first call, for all tests of a file. */
export function evolveRun(tasks: string): () => Promise<string> {
  let made: Promise<string> | null = null;
  const make = async () => {
    const cwd = await mkdtemp(join(tmpdir(), "trace2skill-test-"));
    const run = ["run", "sample-spreadsheet", "--split", "evolve", "--tasks", tasks, "--model", "sim/large"];
    const { code, err } = await trace2skill([...run, "--out", "runs/evolve"], { cwd });
    expect(code, err).toBe(0);
    return cwd;
  };
  afterAll(async () => {
    if (made !== null) await rm(await made, { recursive: true, force: true });
  });
  return () => {
    made ??= make();
    return made;
  };
}

/** What `distill runs/evolve --start none --json` with these options ends with. */
export async function distilled(cwd: string, out: string, options: readonly string[]) {
  const ended = await trace2skill(["distill", "runs/evolve", "--start", "none", "--out", out, "--json", ...options], {
    cwd,
  });
  return { ...ended, told: () => JSON.parse(ended.out) };
}

export async function readSelection(cwd: string, out: string): Promise<Selection> {
  return Selection.parse(JSON.parse(await readFile(join(cwd, out, "selection.json"), "utf8")));
}

/** Gives all trials of the runs of the gate, whose folder's name begins so, another score: what a resumed command reads back. */
export async function rescore(cwd: string, out: string, label: string, value: 0 | 1): Promise<void> {
  const gate = join(cwd, out, "scores", "gate");
  for (const name of (await readdir(gate)).filter((one) => one.startsWith(label))) {
    const run = await readRun(join(gate, name));
    for (const trial of run.trials) writeTrial(run.directory, scoredAs(trial, value));
  }
}

function scoredAs(trial: Trial, value: 0 | 1): Trial {
  return { ...trial, score: { kind: "scored", value, explanation: "set by the test" } };
}
