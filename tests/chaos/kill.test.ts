import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { loadBenchmark } from "../../benchmarks/index.ts";
import { openJournal } from "../../harness/journal/journal.ts";
import { seededRandom } from "../../harness/random.ts";
import { startSimulator } from "../../harness/simulator/server.ts";
import { type Ended, start, trace2skill } from "../support/command-line.ts";
import { temporaryFolder } from "../support/temporary.ts";

const SMALL = ["--evolve-tasks", "11", "--test-tasks", "2", "--ood-tasks", "2"];
const KILLS = 6;

test("invariant 3 and 10: killed six times at random moments, the demo ends with the same tables, and pays no call twice", {
  timeout: 900_000,
}, async () => {
  const random = seededRandom(20);
  const undisturbed = await play();
  const whole = await undisturbed.run();
  expect(whole.code, whole.err).toBe(0);
  const needed = undisturbed.requests();

  const disturbed = await play();
  let lost = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const child = disturbed.start();
    // Moments spread over the work by calls, not by time, so that a slow machine is killed as often: each lies up to a
    // sixth of the work after the one before, then a little later at random.
    const reached = disturbed.requests() + random.integer(0, Math.floor(needed / KILLS) - 10);
    await Promise.race([child.ended, waitUntil(() => disturbed.requests() >= reached)]);
    await setTimeout(random.integer(0, 250));
    child.kill("SIGKILL");
    expect((await child.ended).code, "ended by the kill, and not by itself").toBeNull();
    lost += disturbed.unanswered();
  }
  const resumed = await disturbed.run();

  expect(resumed.code, resumed.err).toBe(0);
  expect(await disturbed.report()).toEqual(await undisturbed.report());
  expect(await disturbed.skill()).toBe(await undisturbed.skill());
  // Only calls that were under way when the process died are sent again: their answers had not arrived.
  expect(disturbed.requests()).toBeGreaterThanOrEqual(needed);
  expect(disturbed.requests()).toBeLessThanOrEqual(needed + lost);

  await disturbed.serverGone();
  const again = await disturbed.run();
  expect(again.code, again.err).toBe(0);
  expect(JSON.parse(again.out).calls.made).toBe(0);
  expect(await disturbed.report()).toEqual(await undisturbed.report());

  // From the journal alone, with no server and none of what was made of its calls.
  await disturbed.forgetAllButTheJournal();
  const replayed = await disturbed.run();
  expect(replayed.code, replayed.err).toBe(0);
  expect(JSON.parse(replayed.out).calls.made).toBe(0);
  expect(await disturbed.report()).toEqual(await undisturbed.report());
});

async function waitUntil(isSo: () => boolean): Promise<void> {
  while (!isSo()) await setTimeout(5);
}

async function play() {
  const cwd = await temporaryFolder();
  const cache = join(cwd, "cache");
  const load = (name: string) =>
    loadBenchmark(name, { settings: { split: "all" }, data: null, cacheDirectory: cache, tasks: { kind: "all" } });
  const benchmarks = [await load("sample-spreadsheet"), await load("sample-tables")];
  const keys = await Promise.all(benchmarks.map((benchmark) => benchmark.answerKey(benchmark.tasks)));
  const server = await startSimulator({
    port: 0,
    key: keys.flat(),
    latency: { kind: "zero" },
    faults: { kind: "none" },
  });
  let closed = false;
  const serverGone = async () => {
    if (!closed) await server.close();
    closed = true;
  };
  onTestFinished(serverGone);
  const args = ["demo", "--out", "demo", "--base-url", server.url, "--json", ...SMALL];
  const options = { cwd, env: { XDG_CACHE_HOME: cache } };
  const journal = join(cwd, "demo", "journal.sqlite");
  return {
    serverGone,
    start: () => start(args, options),
    run: (): Promise<Ended> => trace2skill(args, options),
    requests: () => server.requests().total,
    unanswered: () => {
      if (!existsSync(journal)) return 0;
      using opened = openJournal(journal);
      return opened.unanswered();
    },
    report: async () => {
      const {
        ranAt: _,
        fingerprints: __,
        ...report
      } = JSON.parse(await readFile(join(cwd, "demo", "report.json"), "utf8"));
      // The servers' ports differ, and with them the endpoints in the fingerprints, and all names that are made of those.
      return JSON.parse(
        JSON.stringify(report)
          .replace(/"fingerprint":"[0-9a-f]+"/g, '"fingerprint":""')
          .replace(/(sim-(?:large|small)-)[0-9a-f]{12}/g, "$1"),
      );
    },
    forgetAllButTheJournal: async () => {
      const made = ["units", "distilled", "experiment.json", "tables.json", "report.html", "report.json"];
      for (const name of made) await rm(join(cwd, "demo", name), { recursive: true });
    },
    skill: () => readFile(join(cwd, "demo", "distilled", "combined", "skill", "spreadsheet-work", "SKILL.md"), "utf8"),
  };
}
