import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { loadBenchmark } from "../../benchmarks/index.ts";
import { openJournal } from "../../harness/journal/journal.ts";
import { seededRandom } from "../../harness/random.ts";
import { startSimulator } from "../../harness/simulator/server.ts";
import { start, trace2skill } from "../support/command-line.ts";
import { temporaryFolder } from "../support/temporary.ts";

const KILLS = 4;

test("killed at random moments of distilling, scoring and judging, the choice comes out the same, and no call is paid twice", {
  timeout: 400_000,
}, async () => {
  const random = seededRandom(7);
  const undisturbed = await play();
  const whole = await undisturbed.distill();
  expect([0, 10, 11], whole.err).toContain(whole.code);
  const needed = undisturbed.requests();

  const disturbed = await play();
  let lost = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const child = disturbed.start();
    const reached = disturbed.requests() + random.integer(0, Math.floor(needed / KILLS) - 4);
    await Promise.race([child.ended, waitUntil(() => disturbed.requests() >= reached)]);
    await setTimeout(random.integer(0, 250));
    child.kill("SIGKILL");
    expect((await child.ended).code, "ended by the kill, and not by itself").toBeNull();
    lost += disturbed.unanswered();
  }
  const resumed = await disturbed.distill();

  expect(resumed.code, resumed.err).toBe(whole.code);
  expect(await disturbed.selection()).toEqual(await undisturbed.selection());
  expect(disturbed.requests()).toBeGreaterThanOrEqual(needed);
  // Only calls that were under way when the process died are sent again: their answers had not arrived.
  expect(disturbed.requests()).toBeLessThanOrEqual(needed + lost);
  const again = await disturbed.distill();
  expect(JSON.parse(again.out).calls.made).toBe(0);
});

async function waitUntil(isSo: () => boolean): Promise<void> {
  while (!isSo()) await setTimeout(5);
}

/** A folder with a run of ten evolve tasks, and a server of its own that counts what is asked of it from then on. */
async function play() {
  const cwd = await temporaryFolder();
  const cacheDirectory = join(cwd, "cache");
  const asked = { settings: { split: "evolve" }, data: null, cacheDirectory, tasks: { kind: "all" as const } };
  const benchmark = await loadBenchmark("sample-spreadsheet", asked);
  const key = await benchmark.answerKey(benchmark.tasks);
  const server = await startSimulator({ port: 0, key, latency: { kind: "zero" }, faults: { kind: "none" } });
  onTestFinished(() => server.close());
  const options = { cwd, env: { XDG_CACHE_HOME: cacheDirectory } };
  const place = ["--model", "sim/large", "--base-url", server.url];
  const run = ["run", "sample-spreadsheet", "--split", "evolve", "--tasks", "0:10", "--out", "runs/evolve", ...place];
  const made = await trace2skill(run, options);
  expect(made.code, made.err).toBe(0);
  const before = server.requests().total;

  const how = ["--evolution-seeds", "41,42", "--select", "validation", "--gate", "--validation-share", "0.5"];
  const distill = ["distill", "runs/evolve", "--start", "none", "--out", "runs/out", "--json", ...how, ...place];
  const journal = join(cwd, "runs", "journal.sqlite");
  return {
    distill: () => trace2skill(distill, options),
    start: () => start(distill, options),
    requests: () => server.requests().total - before,
    unanswered: () => {
      if (!existsSync(journal)) return 0;
      using opened = openJournal(journal);
      return opened.unanswered();
    },
    selection: async () => {
      const { fingerprints: _, ...selection } = JSON.parse(
        await readFile(join(cwd, "runs/out/selection.json"), "utf8"),
      );
      // The servers' ports differ, and with them the endpoints in the fingerprints.
      return JSON.parse(
        JSON.stringify(selection).replace(/"(fingerprint|candidate|baseline)":"[0-9a-f]+"/g, '"$1":""'),
      );
    },
  };
}
