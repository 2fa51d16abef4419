import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { loadBenchmark } from "../../benchmarks/index.ts";
import { openJournal } from "../../harness/journal/journal.ts";
import { seededRandom } from "../../harness/random.ts";
import { startSimulator } from "../../harness/simulator/server.ts";
import { ExperimentRecord } from "../../reports/experiments/record.ts";
import { type Ended, start, trace2skill } from "../support/command-line.ts";
import { temporaryFolder } from "../support/temporary.ts";

/** A table of the paper with one size: a baseline, a draft, distilled skills. Of mathematics, whose commands cost little. */
const TABLE = ["reproduce", "mathematics", "--scale", "0.3", "--seeds", "43", "--fan-in", "4"];
const KILLS = 4;
const SKILL = "122b create +Combined";

test("invariant 3 and 10: killed four times at random moments, a table of the paper ends with the same numbers, and pays no call twice", {
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
    // quarter of the work after the one before, then a little later at random.
    const reached = disturbed.requests() + random.integer(0, Math.floor(needed / KILLS) - 10);
    await Promise.race([child.ended, waitUntil(() => disturbed.requests() >= reached)]);
    await setTimeout(random.integer(0, 250));
    child.kill("SIGKILL");
    expect((await child.ended).code, "ended by the kill, and not by itself").toBeNull();
    lost += disturbed.unanswered();
  }
  const resumed = await disturbed.run();

  expect(resumed.code, resumed.err).toBe(0);
  expect(await disturbed.tables()).toEqual(await undisturbed.tables());
  expect(await disturbed.skill()).toBe(await undisturbed.skill());
  // Only calls that were under way when the process died are sent again: their answers had not arrived.
  expect(disturbed.requests()).toBeGreaterThanOrEqual(needed);
  expect(disturbed.requests()).toBeLessThanOrEqual(needed + lost);

  await disturbed.serverGone();
  const again = await disturbed.run();
  expect(again.code, again.err).toBe(0);
  expect(JSON.parse(again.out).calls.made).toBe(0);
  expect(await disturbed.tables()).toEqual(await undisturbed.tables());

  // From the journal alone, with no server and none of what was made of its calls.
  await disturbed.forgetAllButTheJournal();
  const replayed = await disturbed.run();
  expect(replayed.code, replayed.err).toBe(0);
  expect(JSON.parse(replayed.out).calls.made).toBe(0);
  expect(await disturbed.tables()).toEqual(await undisturbed.tables());
});

async function waitUntil(isSo: () => boolean): Promise<void> {
  while (!isSo()) await setTimeout(5);
}

async function play() {
  const cwd = await temporaryFolder();
  const cache = join(cwd, "cache");
  const load = (name: string) =>
    loadBenchmark(name, { settings: { split: "all" }, data: null, cacheDirectory: cache, tasks: { kind: "all" } });
  const benchmark = await load("sample-mathematics");
  const key = await benchmark.answerKey(benchmark.tasks);
  const server = await startSimulator({
    port: 0,
    key,
    latency: { kind: "zero" },
    faults: { kind: "none" },
  });
  let closed = false;
  const serverGone = async () => {
    if (!closed) await server.close();
    closed = true;
  };
  onTestFinished(serverGone);
  const args = [...TABLE, "--models", `122b=sim/large@${server.url}`, "--out", "tables", "--json"];
  const options = { cwd, env: { XDG_CACHE_HOME: cache } };
  const table = join(cwd, "tables", "mathematics");
  const journal = join(cwd, "tables", "journal.sqlite");
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
    tables: async () => {
      const text = await readFile(join(table, "tables.json"), "utf8");
      // The servers' ports differ, and with them the endpoints in the fingerprints.
      return JSON.parse(text.replace(/\b[0-9a-f]{12}\b/g, "")) as unknown;
    },
    forgetAllButTheJournal: async () => {
      for (const made of [table, join(cwd, "tables", "units")]) await rm(made, { recursive: true });
    },
    skill: async () => {
      const record = ExperimentRecord.parse(JSON.parse(await readFile(join(table, "experiment.json"), "utf8")));
      const path = record.skills.find(({ name }) => name === SKILL)?.path ?? "not made";
      return readFile(join(table, path, "SKILL.md"), "utf8");
    },
  };
}
