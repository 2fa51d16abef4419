import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { bashAgent } from "../../../agents/bash-agent.ts";
import { openJournal } from "../../../harness/journal/journal.ts";
import { bm25 } from "../../../harness/memory/bm25.ts";
import { cosineNearness } from "../../../harness/memory/cosine.ts";
import { type Nearness, recallFrom } from "../../../harness/memory/recall.ts";
import { journalledEmbedder } from "../../../harness/model/embeddings.ts";
import { openEndpoint } from "../../../harness/model/openai.ts";
import { unfence } from "../../../harness/prompt.ts";
import { ModelError, type Sandboxes } from "../../../harness/roles.ts";
import { runBenchmark } from "../../../harness/run/run.ts";
import { readRun } from "../../../harness/run/store.ts";
import { openSandboxes } from "../../../harness/sandbox/bubblewrap.ts";
import { manifest } from "../../support/builders.ts";
import { localServer, sendJson } from "../../support/local-server.ts";
import { type ScriptedReply, scriptedModel } from "../../support/scripted-model.ts";
import { GOOD_FIX, sumBenchmark } from "../../support/sum-benchmark.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { experience, item, memory } from "../memory/support.ts";

let sandboxes: Sandboxes & AsyncDisposable;
beforeAll(async () => {
  sandboxes = await openSandboxes();
});
afterAll(() => sandboxes[Symbol.asyncDispose]());

const LIMITS = { turns: 20, timeMs: 60_000, tokens: 100_000, commandTimeoutMs: 10_000 };

/** Instructions are "Add up the numbers of file number N.": each is nearest to its own. */
const KNOWN = memory(
  experience("sum-1", "Add up the numbers of file number 1."),
  experience("old-2", "Add up the numbers of file number 2.", {
    items: [item("run/old-2.41#1", { content: "Two comes before three." })],
  }),
);

/** Solves the task in one command; never submits where it is told to stop instead. */
const solver = (stop: (() => void) | null = null) =>
  scriptedModel(({ messages }): ScriptedReply => {
    const solved = messages.some(({ role }) => role === "tool");
    if (solved && stop !== null) stop();
    return solved && stop === null
      ? { calls: [["submit", { answer: "" }]] }
      : { calls: [["bash", { command: GOOD_FIX }]] };
  });

async function setting(count: number) {
  const folder = await temporaryFolder();
  const benchmark = await sumBenchmark(join(folder, "data"), count);
  const taskIds = benchmark.tasks.map(({ id }) => id);
  const journal = openJournal(join(folder, "journal.sqlite"));
  onTestFinished(() => journal[Symbol.dispose]());
  const run = (nearness: Nearness, parts: Partial<Parameters<typeof runBenchmark>[0]> = {}) =>
    runBenchmark({
      directory: join(folder, "run"),
      manifest: manifest({ benchmark: { name: "sums", split: "evolve", data: null, taskIds } }),
      benchmark,
      agent: bashAgent("tools"),
      model: solver(),
      skill: null,
      memory: recallFrom(KNOWN, nearness, 1),
      seen: journal.seen,
      limits: LIMITS,
      sandboxes,
      width: 1,
      signal: new AbortController().signal,
      onTrial: () => {},
      ...parts,
    }).then(({ directory }) => readRun(directory));
  return { run, journal };
}

const situations = KNOWN.experiences.map(({ situation }) => situation);

test("each trial is shown what the nearest other task taught, and tells what that was", async () => {
  const { run } = await setting(2);
  const { trials } = await run(bm25(situations));
  expect(trials.map(({ recalled }) => recalled?.map((one) => [one.task, one.items]))).toEqual([
    [["old-2", ["run/old-2.41#1"]]], // its own experience is nearer, and kept from it
    [["old-2", ["run/old-2.41#1"]]],
  ]);
  const systems = trials.map(({ trajectory }) => trajectory?.prompt[0]?.content ?? "");
  expect(systems.map((system) => unfence("memory", system))).toEqual(
    Array(2).fill(["# Title of run/old-2.41#1\n\nTwo comes before three."]),
  );
});

test("a killed run goes on with the same memory: the prompt is the same, and no embedding is paid twice", async () => {
  const { run, journal } = await setting(2);
  const server = await localServer(({ input }, response) =>
    sendJson(response, {
      data: (input as string[]).map((text, index) => ({ index, embedding: [text.includes("2") ? 1 : 0, 1] })),
    }),
  );
  const nearness = () =>
    cosineNearness(
      situations,
      journalledEmbedder({
        name: "m",
        identity: server.url,
        journal,
        onCall: () => {},
        open: async () => openEndpoint({ baseUrl: server.url, apiKey: "k", maxRetries: 0, timeoutMs: 5_000 }),
      }),
    );
  const stop = new AbortController();
  const killed = solver(() => stop.abort(new Error("killed")));
  await expect(run(nearness(), { model: killed, signal: stop.signal })).rejects.toThrow("killed");
  const resumed = solver();
  const { trials } = await run(nearness(), { model: resumed });
  expect(resumed.asked[0]?.messages).toEqual(killed.asked[0]?.messages);
  expect(trials.map(({ recalled }) => recalled?.[0]?.task)).toEqual(["old-2", "old-2"]);
  const sent = server.requests.flatMap(({ input }) => input as string[]);
  expect(sent).toHaveLength(new Set(sent).size);
});

test("a trial whose embedding cannot be had is unscored, and is tried again", async () => {
  const { run } = await setting(1);
  const failing: Nearness = { ...bm25(situations), to: () => Promise.reject(new ModelError("the server is down")) };
  const first = await run(failing);
  expect(first.trials[0]).toMatchObject({ score: { kind: "unscored", reason: "model-failed" }, recalled: [] });
  const second = await run(bm25(situations));
  expect(second.trials[0]).toMatchObject({ score: { kind: "scored", value: 1 }, recalled: [{ task: "old-2" }] });
});
