import { join } from "node:path";
import { expect, test } from "vitest";
import { type EstimateOptions, estimateExperiment } from "../../../../harness/cli/experiment/estimate.ts";
import { loadExperiment } from "../../../../harness/cli/experiment/facts.ts";
import { pricesOf } from "../../../../harness/prices/prices.ts";
import { NO_USAGE } from "../../../../harness/records.ts";
import { createRun, writeTrial } from "../../../../harness/run/store.ts";
import { DEFAULT_LIMITS } from "../../../../harness/sandbox/limits.ts";
import { openSandboxesOf } from "../../../../harness/sandbox/open.ts";
import { planExperiment } from "../../../../reports/experiments/plan.ts";
import { manifest, task, trial } from "../../../support/builders.ts";
import { experiment } from "../../../support/experiments.ts";
import { temporaryFolder } from "../../../support/temporary.ts";

/** One arm on two tasks with two seeds: four trials, of a simulated model that another process serves. */
const FOUR = experiment({
  models: { large: { model: "sim/large", baseUrl: "http://127.0.0.1:9/v1" } },
  benchmarks: { test: { benchmark: "sample-mathematics", split: "test", tasks: "0:2" } },
  skills: {},
  arms: [{ name: "none" }],
  users: ["large"],
});
const CONNECTING = { maxRetries: 0 };
const SANDBOX = { kind: "none", limits: DEFAULT_LIMITS } as const;
const PRICE = { model: "sim/large", input: 3, output: 15, date: "2026-11-01", source: "a test" };

function optionsIn(root: string): EstimateOptions {
  const signal = new AbortController().signal;
  const env = { PATH: process.env.PATH, XDG_CACHE_HOME: root };
  return {
    ...{ store: join(root, "units"), base: root, connecting: CONNECTING, sandbox: SANDBOX, width: 2, samples: [] },
    prices: pricesOf({ version: 1, currency: "EUR", prices: [PRICE] }),
    io: { out: () => {}, err: () => {}, exit: () => {}, env, terminal: false, signal },
  };
}

/** A run of two trials of 30 s, each with 3 calls of 1,000 tokens in and 200 out in all. */
async function writeRun(directory: string): Promise<void> {
  const tasks = ["a", "b"];
  const benchmark = { name: "sample-mathematics", split: "test", data: null, taskIds: tasks };
  await createRun(directory, manifest({ benchmark, seeds: [41] }));
  const usage = { ...NO_USAGE, calls: 3, inputTokens: 1_000, outputTokens: 200 };
  for (const id of tasks) writeTrial(directory, trial({ task: task({ id }), usage, durationMs: 30_000 }));
}

test("--dry-run: hours and cost from the trials of a run and a file of prices, worked out by hand", async () => {
  const root = await temporaryFolder();
  await writeRun(join(root, "before"));
  const estimate = await estimateExperiment(FOUR, { ...optionsIn(root), samples: [join(root, "before")] });

  expect(estimate).toMatchObject({ units: { left: 1 }, trials: { left: 4 }, measuredTrials: 2 });
  expect(estimate.total).toMatchObject({ calls: 12, inputTokens: 4_000, outputTokens: 800 });
  expect(estimate.hours).toBeCloseTo((4 * 30) / 2 / 3_600, 10); // two at once
  expect(estimate.cost).toMatchObject({ currency: "EUR", unknownCalls: 0 });
  expect(estimate.cost.amount).toBeCloseTo(0.004 * 3 + 0.0008 * 15, 10);
  expect(estimate.expected).toMatchObject([{ model: "large", caller: "agent", simulated: true }]);
});

test("a run of the experiment's own that --estimate-from names too counts once, and so does one that is named twice", async () => {
  const root = await temporaryFolder();
  const { io, store, ...options } = optionsIn(root);
  await using sandboxes = await openSandboxesOf(SANDBOX, { PATH: process.env.PATH ?? "" });
  const load = { base: root, cacheDirectory: root, connecting: CONNECTING, sandbox: sandboxes.identity, io };
  const [unit] = planExperiment(FOUR, (await loadExperiment(FOUR, load)).facts).units;
  const own = join(store, `${unit?.label}-${unit?.id}`);
  await writeRun(own);
  const measured = async (...samples: string[]) =>
    (await estimateExperiment(FOUR, { ...options, io, store, samples })).measuredTrials;

  expect(await measured()).toBe(2);
  expect(await measured(own, `${own}/`)).toBe(2);
});
