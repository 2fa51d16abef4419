import fc from "fast-check";
import { expect, test } from "vitest";
import type { Trial } from "../../harness/records.ts";
import { clusteredSummary, RunSummary, summarize } from "../../reports/summary.ts";
import { manifest, task, trajectory, trial } from "../support/builders.ts";
import { usage } from "./example.ts";

const scored = (id: string, seed: number, value: number, kind = "fill"): Trial =>
  trial({ task: task({ id, kind }), seed, score: { kind: "scored", value, explanation: "" }, usage: usage(2) });
const unscored = (id: string, seed: number): Trial =>
  trial({
    task: task({ id, kind: "fill" }),
    seed,
    trajectory: null,
    score: { kind: "unscored", reason: "sandbox-failed", detail: "no space" },
    usage: usage(1),
  });
const run = manifest({
  benchmark: { name: "sample", split: "test", data: null, taskIds: ["a", "b", "c", "d"] },
  seeds: [1, 2],
});
const trials = [
  scored("a", 1, 1),
  scored("a", 2, 1),
  scored("b", 1, 1, "sort"),
  scored("b", 2, 0, "sort"),
  scored("c", 1, 0),
  unscored("c", 2),
];

test("a run of four tasks and two seeds, worked by hand: mean of 1, 0.5 and 0 over three tasks", () => {
  const summary = summarize({ manifest: run, trials });

  expect(summary).toMatchObject({ tasks: 3, tasksWanted: 4, seeds: [1, 2], mean: 0.5, scored: 5, missing: 2 });
  expect(summary.standardError).toBeCloseTo(Math.sqrt(0.5 / 6), 12);
  expect(summary.unscored).toEqual({ "sandbox-failed": 1 });
  expect(summary.exits).toEqual({ submitted: 5 });
  expect(summary.usage).toEqual(usage(11));
  expect(summary.byKind).toMatchObject([
    { kind: "fill", tasks: 2, mean: 0.5, scored: 3, unscored: 1 },
    { kind: "sort", tasks: 1, mean: 0.5, scored: 2, unscored: 0 },
  ]);
});

test("clusters are the unit of all its intervals where they are given: two of them are less sure than three tasks", () => {
  const alone = summarize({ manifest: run, trials });
  const clustered = clusteredSummary({ manifest: run, trials }, (unit) => (unit === "c" ? "other" : "one"));

  expect(clustered).toMatchObject({
    tasks: 3,
    clusters: 2,
    mean: alone.mean,
    byKind: [{ clusters: 2 }, { clusters: 1 }],
  });
  expect(clustered.interval!.high - clustered.interval!.low).toBeGreaterThan(
    alone.interval!.high - alone.interval!.low,
  );
  expect(alone).not.toHaveProperty("clusters");
  expect(RunSummary.parse(JSON.parse(JSON.stringify(clustered)))).toEqual(clustered);
  expect(clusteredSummary({ manifest: run, trials }, () => "all").standardError).toBeNull();
});

test("invariant 2: an unscored trial changes no mean, where a wrong answer does", () => {
  const without = summarize({ manifest: run, trials: [scored("a", 1, 1), scored("b", 1, 0)] });
  const spoilt = summarize({ manifest: run, trials: [scored("a", 1, 1), scored("b", 1, 0), unscored("c", 1)] });
  const wrong = summarize({ manifest: run, trials: [scored("a", 1, 1), scored("b", 1, 0), scored("c", 1, 0)] });

  expect(spoilt.mean).toBe(without.mean);
  expect(spoilt.interval).toEqual(without.interval);
  expect(wrong.mean).toBeCloseTo(1 / 3, 12);
});

test("protocol failures are scored as they stand and counted apart", () => {
  const failure = { ...scored("a", 1, 0), trajectory: trajectory({ exit: "format-errors" }) };

  const summary = summarize({ manifest: run, trials: [failure, scored("b", 1, 1)] });

  expect(summary).toMatchObject({ mean: 0.5, protocolFailures: 1, exits: { "format-errors": 1, submitted: 1 } });
});

test("a run without a score has no mean rather than a mean of 0", () => {
  expect(summarize({ manifest: run, trials: [unscored("a", 1)] })).toMatchObject({
    tasks: 0,
    mean: null,
    interval: null,
    standardError: null,
  });
});

test("equal trials in any order give the same summary, which its schema takes back from JSON", () => {
  const expected = summarize({ manifest: run, trials });
  fc.assert(
    fc.property(fc.shuffledSubarray(trials, { minLength: trials.length }), (shuffled) => {
      expect(summarize({ manifest: run, trials: shuffled })).toEqual(expected);
    }),
  );
  expect(RunSummary.parse(JSON.parse(JSON.stringify(expected)))).toEqual(expected);
});
