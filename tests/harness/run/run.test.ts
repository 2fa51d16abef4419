import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { bashAgent } from "../../../agents/bash-agent.ts";
import { openJournal } from "../../../harness/journal/journal.ts";
import {
  type AgentLimits,
  type Benchmark,
  BenchmarkError,
  ModelError,
  type Sandboxes,
} from "../../../harness/roles.ts";
import { runBenchmark } from "../../../harness/run/run.ts";
import { readRun } from "../../../harness/run/store.ts";
import { openSandboxes } from "../../../harness/sandbox/bubblewrap.ts";
import { manifest } from "../../support/builders.ts";
import { type ScriptedReply, scriptedModel } from "../../support/scripted-model.ts";
import { sumBenchmark } from "../../support/sum-benchmark.ts";
import { temporaryFolder } from "../../support/temporary.ts";

let sandboxes: Sandboxes & AsyncDisposable;
beforeAll(async () => {
  sandboxes = await openSandboxes();
});
afterAll(() => sandboxes[Symbol.asyncDispose]());

const LIMITS: AgentLimits = { turns: 20, timeMs: 60_000, tokens: 100_000, commandTimeoutMs: 10_000 };
const ADD_UP = "awk '{s += $1} END {print s}' input.txt > output.txt; date +%s%N; echo $RANDOM";

/** Adds up in one command, then submits; every request is told apart by what was printed before. */
const solver = () =>
  scriptedModel(({ messages }): ScriptedReply => {
    const solved = messages.some(({ role }) => role === "tool");
    return solved ? { calls: [["submit", { answer: "" }]] } : { calls: [["bash", { command: ADD_UP }]] };
  });

async function setting(count: number) {
  const folder = await temporaryFolder();
  const benchmark = await sumBenchmark(join(folder, "data"), count);
  const taskIds = benchmark.tasks.map(({ id }) => id);
  const asked = manifest({ benchmark: { name: "sums", split: "evolve", data: null, taskIds } });
  const directory = join(folder, "run");
  const journal = openJournal(join(folder, "journal.sqlite"));
  onTestFinished(() => journal[Symbol.dispose]());
  const run = (parts: Partial<Parameters<typeof runBenchmark>[0]> = {}) =>
    runBenchmark({
      directory,
      manifest: asked,
      benchmark,
      agent: bashAgent("tools"),
      model: solver(),
      skill: null,
      seen: journal.seen,
      limits: LIMITS,
      sandboxes,
      width: 2,
      signal: new AbortController().signal,
      onTrial: () => {},
      ...parts,
    });
  return { run, directory, benchmark };
}

test("tasks become scored trials with the files the agent made; a second time nothing is run", async () => {
  const { run, directory } = await setting(3);
  const first = await run();
  expect(first.trials.map(({ score }) => score.kind === "scored" && score.value)).toEqual([1, 1, 1]);
  expect(await readdir(join(directory, "artifacts", "sum-1.41"))).toEqual(["output.txt"]);
  const idle = scriptedModel([]);
  expect(await run({ model: idle })).toEqual(first);
  expect(idle.asked).toEqual([]);
});

test.each([
  [
    "a model call that failed for good",
    { model: { ...solver(), complete: () => Promise.reject(new ModelError("500")) } },
    "model-failed",
  ],
])("invariant 2: %s makes the trial unscored, and the same command tries it again", async (_, fault, reason) => {
  const { run } = await setting(2);
  const spoilt = await run(fault);
  expect(spoilt.trials.map(({ score }) => score)).toMatchObject([
    { kind: "unscored", reason },
    { kind: "unscored", reason },
  ]);
  const mended = await run();
  expect(mended.trials.every(({ score }) => score.kind === "scored" && score.value === 1)).toBe(true);
});

test("invariant 2: our own broken data makes the trial unscored, a wrong answer scores 0", async () => {
  const { run, benchmark } = await setting(2);
  const score: typeof benchmark.score = async (task, submission) => {
    if (task.id === "sum-1") throw new BenchmarkError("the golden file is damaged");
    return benchmark.score(task, submission);
  };
  const idler = scriptedModel(() => ({ calls: [["submit", { answer: "" }]] }));
  const { trials } = await run({ benchmark: { ...benchmark, score }, model: idler });
  expect(trials.map(({ score }) => score)).toMatchObject([
    { kind: "unscored", reason: "benchmark-broken", detail: "the golden file is damaged" },
    { kind: "scored", value: 0 },
  ]);
});

test("a fault of ours stops the run, and what was finished by then is kept", async () => {
  const { run, directory, benchmark } = await setting(4);
  const score: typeof benchmark.score = async (task, submission) => {
    if (task.id === "sum-4") throw new TypeError("a bug");
    return benchmark.score(task, submission);
  };
  await expect(run({ benchmark: { ...benchmark, score }, width: 1 })).rejects.toThrow("a bug");
  expect((await readRun(directory)).trials).toHaveLength(3);
});

test("a command that was killed at its time limit is not shown to a run that gives it longer", async () => {
  const { run, directory } = await setting(1);
  const submit: ScriptedReply = { calls: [["submit", { answer: "" }]] };
  const slow = () => scriptedModel([{ calls: [["bash", { command: "sleep 1.5; echo slept" }]] }, submit, submit]);
  const observed = async (commandTimeoutMs: number) => {
    const place = { directory: `${directory}-${commandTimeoutMs}`, limits: { ...LIMITS, commandTimeoutMs } };
    await run({ ...place, model: slow() });
    return (await readRun(place.directory)).trials[0]?.trajectory?.steps[0]?.observation;
  };
  expect(await observed(300)).toMatch(/^\[killed after 0.3 s/);
  expect(await observed(10_000)).toBe("slept");
});

test("invariant 3: a trial that was killed half-way sends the same chat again, though its commands print the time", async () => {
  const { run, directory } = await setting(1);
  const chats: string[] = [];
  const stop = new AbortController();
  const killed = scriptedModel(({ messages }): ScriptedReply => {
    if (messages.some(({ role }) => role === "tool")) {
      chats.push(JSON.stringify(messages));
      stop.abort(new Error("killed"));
    }
    return { calls: [["bash", { command: ADD_UP }]] };
  });
  await expect(run({ model: killed, signal: stop.signal })).rejects.toThrow("killed");
  const resumed = solver();
  await run({ model: resumed });
  expect(JSON.stringify(resumed.asked[1]?.messages)).toBe(chats[0]);
  expect(await readdir(join(directory, "trials"))).toEqual(["sum-1.41.json"]);
});

test("an output that is a link, a folder or a pipe is not followed: it counts as missing", async () => {
  const { run, directory } = await setting(1);
  for (const command of ["ln -s /etc/passwd output.txt", "mkdir output.txt", "mkfifo output.txt"]) {
    const model = scriptedModel(({ messages }): ScriptedReply => {
      const done = messages.some(({ role }) => role === "tool");
      return done ? { calls: [["submit", { answer: "" }]] } : { calls: [["bash", { command }]] };
    });
    const own = `${directory}-${command.split(" ")[0]}`;
    const { trials } = await run({ model, directory: own });
    expect(trials[0]?.score, command).toMatchObject({ kind: "scored", value: 0 });
    expect(trials[0]?.artifacts, command).toEqual([]);
  }
});

test("an input that is not there is a fault of the data, told by its path, and does not end the run", async () => {
  const { run, benchmark } = await setting(2);
  const [gone] = benchmark.tasks;
  await rm(join(benchmark.data ?? "", gone?.id ?? ""));

  const { trials } = await run();

  expect(trials.map(({ score }) => score)).toMatchObject([
    {
      kind: "unscored",
      reason: "benchmark-broken",
      detail: expect.stringMatching(/an input cannot be laid out: ENOENT.*sum-1/),
    },
    { kind: "scored" },
  ]);
});

test("a folder for temporary files that another trial has filled makes a trial unscored, and does not end the run", async () => {
  const { run, benchmark } = await setting(2);
  let prepared = 0;
  const full = Object.assign(new Error("ENOSPC: no space left on device, copyfile"), {
    ...{ code: "ENOSPC", syscall: "copyfile" },
  });
  const crowded: Benchmark = {
    ...benchmark,
    prepare: (task, directory) => {
      prepared += 1;
      return prepared === 1 ? Promise.reject(full) : benchmark.prepare(task, directory);
    },
  };

  const { trials } = await run({ benchmark: crowded, width: 1 });

  expect(trials.map(({ score }) => (score.kind === "unscored" ? score.reason : score.value))).toEqual([
    "sandbox-failed",
    1,
  ]);
});
