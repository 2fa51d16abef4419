/** A trial with a page, from the benchmark's folder to the server and back, killed in between. */
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { bashAgent } from "../../../agents/bash-agent.ts";
import { receipts } from "../../../benchmarks/receipts.ts";
import { imageName } from "../../../harness/images/image-store.ts";
import { openJournal } from "../../../harness/journal/journal.ts";
import { journalledModel } from "../../../harness/model/model.ts";
import { openEndpoint } from "../../../harness/model/openai.ts";
import type { AgentLimits, Sandboxes } from "../../../harness/roles.ts";
import { runBenchmark } from "../../../harness/run/run.ts";
import { readRun } from "../../../harness/run/store.ts";
import { openSandboxes } from "../../../harness/sandbox/bubblewrap.ts";
import { manifest } from "../../support/builders.ts";
import { asked } from "../../support/load-options.ts";
import { completion, localServer, sendJson } from "../../support/local-server.ts";
import { noise } from "../../support/pictures.ts";
import { temporaryFolder } from "../../support/temporary.ts";

let sandboxes: Sandboxes & AsyncDisposable;
beforeAll(async () => {
  sandboxes = await openSandboxes();
});
afterAll(() => sandboxes[Symbol.asyncDispose]());

const LIMITS: AgentLimits = { turns: 20, timeMs: 60_000, tokens: 100_000, commandTimeoutMs: 20_000, imageSide: 500 };
const toolCall = (name: string, args: object) =>
  completion("", { tool_calls: [{ id: "c1", type: "function", function: { name, arguments: JSON.stringify(args) } }] });
/** Pixels that differ in every run. */
const DRAW = `python3 -c "import os; from PIL import Image; Image.frombytes('RGB', (64, 64), os.urandom(12288)).save('drawn.png')"`;

test("a killed trial goes on with the images that it was shown, and no call is paid twice", async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "receipts"));
  await writeFile(join(folder, "receipts", "000.jpg"), await noise(600, 900).jpeg().toBuffer());
  const line = { question_id: "sroie-000-total", question: "Total?", image: "receipts/000.jpg", answers: ["9.00"] };
  await writeFile(join(folder, "receipts_questions.jsonl"), JSON.stringify(line));
  const replies = [
    toolCall("bash", { command: DRAW }),
    toolCall("view_image", { path: "drawn.png" }),
    toolCall("view_image", { path: "000.jpg", left: 0, top: 0, width: 100, height: 50 }),
    toolCall("submit", { answer: "9.00" }),
  ];
  let down = true;
  const server = await localServer(({ messages }, response) => {
    const turn = (messages as { role: string }[]).filter(({ role }) => role === "assistant").length;
    if (down && turn === 3) return sendJson(response, { error: { message: "no memory" } }, 500);
    return sendJson(response, replies[turn]);
  });
  const journal = openJournal(join(folder, "journal.sqlite"));
  onTestFinished(() => journal[Symbol.dispose]());
  const benchmark = await receipts(asked({ data: folder }));
  const directory = join(folder, "run");
  const run = () =>
    runBenchmark({
      directory,
      manifest: manifest({ benchmark: { name: "receipts", split: "all", data: folder, taskIds: ["sroie-000-total"] } }),
      benchmark,
      agent: bashAgent("tools"),
      skill: null,
      seen: journal.seen,
      limits: LIMITS,
      sandboxes,
      width: 1,
      model: journalledModel({
        name: "m",
        identity: server.url,
        simulated: false,
        sampling: {},
        journal,
        onCall: () => {},
        open: async () => openEndpoint({ baseUrl: server.url, apiKey: "k", maxRetries: 0, timeoutMs: 20_000 }),
      }),
      signal: new AbortController().signal,
      onTrial: () => {},
    }).then(() => readRun(directory));

  const spoilt = await run();
  const paid = server.requests.length;
  down = false;
  const {
    trials: [trial],
  } = await run();

  expect(spoilt.trials[0]?.score).toMatchObject({ kind: "unscored", reason: "model-failed" });
  expect(paid).toBe(4);
  expect(server.requests).toHaveLength(5);
  expect(server.requests[4]).toEqual(server.requests[3]);
  expect(trial?.score).toMatchObject({ kind: "scored", value: 1, metrics: { accuracy: 1 } });
  const shown = [
    ...(trial?.trajectory?.prompt ?? []).flatMap((message) => (message.role === "user" ? (message.images ?? []) : [])),
    ...(trial?.trajectory?.steps ?? []).flatMap((step) => step.images ?? []),
  ];
  expect(shown.map(({ width, height }) => [width, height])).toEqual([
    [333, 500],
    [64, 64],
    [400, 200],
  ]);
  const kept = await readdir(join(directory, "images"));
  expect(kept).toEqual(expect.arrayContaining(shown.map(imageName)));
});
