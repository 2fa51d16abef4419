/** Cancelling ends the request, then the sandbox, then gives back the trial's place: each waits for the one before. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { bashAgent } from "../../../agents/bash-agent.ts";
import { openJournal } from "../../../harness/journal/journal.ts";
import { openServers } from "../../../harness/model/endpoints.ts";
import { journalledModel } from "../../../harness/model/model.ts";
import { openEndpoint } from "../../../harness/model/openai.ts";
import type { AgentLimits, Sandboxes } from "../../../harness/roles.ts";
import { runBenchmark } from "../../../harness/run/run.ts";
import { openSandboxes } from "../../../harness/sandbox/bubblewrap.ts";
import { manifest } from "../../support/builders.ts";
import { sendJson } from "../../support/local-server.ts";
import { rawServer } from "../../support/raw-server.ts";
import { sumBenchmark } from "../../support/sum-benchmark.ts";
import { temporaryFolder } from "../../support/temporary.ts";

let real: Sandboxes & AsyncDisposable;
beforeAll(async () => {
  real = await openSandboxes();
});
afterAll(() => real[Symbol.asyncDispose]());

const LIMITS: AgentLimits = { turns: 20, timeMs: 60_000, tokens: 100_000, commandTimeoutMs: 10_000 };

/** A run against a server that never answers; `log` tells what ended in which order. */
async function hanging(tasks: number, limits: Partial<AgentLimits> = {}) {
  const folder = await temporaryFolder();
  const benchmark = await sumBenchmark(join(folder, "data"), tasks);
  const server = await rawServer((_, response, count) => {
    if (count === 0) sendJson(response, { data: [{ id: "m" }] });
  });
  const servers = openServers({ silenceMs: 60_000 });
  const journal = openJournal(join(folder, "journal.sqlite"));
  onTestFinished(async () => {
    journal[Symbol.dispose]();
    await servers[Symbol.asyncDispose]();
  });
  const log: string[] = [];
  const folders: string[] = [];
  const sandboxes: Sandboxes = {
    identity: real.identity,
    async open(options) {
      const sandbox = await real.open(options);
      log.push("opened");
      folders.push(sandbox.directory);
      const place = folders.length;
      return {
        ...sandbox,
        run: sandbox.run,
        async [Symbol.asyncDispose]() {
          // Were the sandbox ended before the request, this would wait in vain.
          await expect.poll(() => server.aborted(), { timeout: 20_000 }).toBeGreaterThanOrEqual(place);
          log.push("request ended");
          await sandbox[Symbol.asyncDispose]();
          log.push("sandbox ended");
        },
      };
    },
  };
  const model = journalledModel({
    name: "m",
    identity: server.url,
    simulated: false,
    sampling: {},
    journal,
    onCall: () => {},
    open: async () => openEndpoint({ baseUrl: server.url, apiKey: "k", maxRetries: 3, timeoutMs: 60_000, servers }),
  });
  const taskIds = benchmark.tasks.map(({ id }) => id);
  const interrupt = new AbortController();
  const run = (width: number) =>
    runBenchmark({
      directory: join(folder, "run"),
      manifest: manifest({ benchmark: { name: "sums", split: "evolve", data: null, taskIds } }),
      benchmark,
      agent: bashAgent("tools"),
      model,
      skill: null,
      seen: journal.seen,
      limits: { ...LIMITS, ...limits },
      sandboxes,
      width,
      signal: interrupt.signal,
      onTrial: () => log.push("place given back"),
    });
  return { run, interrupt, server, servers, log, folders };
}

test("a trial whose time is up ends its request, then its sandbox, and only then the next trial begins", async () => {
  const { run, log, folders, servers } = await hanging(2, { timeMs: 1_500 });

  const { trials } = await run(1);

  const one = ["opened", "request ended", "sandbox ended", "place given back"];
  expect(log).toEqual([...one, ...one]);
  expect(trials.map(({ trajectory }) => trajectory?.exit)).toEqual(["time-limit", "time-limit"]);
  expect(folders.map((folder) => existsSync(folder))).toEqual([false, false]);
  expect(servers.state()).toMatchObject({ inFlight: 0, waiting: 0 });
});

test("Ctrl-C ends every request and every sandbox before the run says that it was stopped, and begins no other trial", async () => {
  const { run, interrupt, log, server, servers, folders } = await hanging(6);
  const stopped = run(3);
  stopped.catch(() => {});
  const chats = () => server.paths.filter((path) => path.endsWith("/chat/completions")).length;
  await expect.poll(chats, { timeout: 20_000 }).toBe(3);

  interrupt.abort(new DOMException("interrupted", "AbortError"));

  await expect(stopped).rejects.toThrow("interrupted");
  expect(server.aborted()).toBe(3);
  expect(log.filter((event) => event === "sandbox ended")).toHaveLength(3);
  expect(log.filter((event) => event === "opened")).toHaveLength(3);
  expect(log).not.toContain("place given back");
  expect(folders.map((folder) => existsSync(folder))).toEqual([false, false, false]);
  expect(servers.state()).toMatchObject({ inFlight: 0, waiting: 0 });
});
