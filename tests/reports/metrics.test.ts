import { expect, test } from "vitest";
import type { Manifest } from "../../harness/manifest.ts";
import { seededRandom } from "../../harness/random.ts";
import type { Score, Trial } from "../../harness/records.ts";
import { compareArms } from "../../reports/compare.ts";
import { metricsTable } from "../../reports/metrics-table.ts";
import { RunSummary, summarize } from "../../reports/summary.ts";
import { manifest, task, trial } from "../support/builders.ts";

const SETTINGS = { split: "test", errata: "keep", recalculate: "none", withEvolve: false } as const;
const run = (taskIds: string[], parts: Partial<Manifest["benchmark"]> = {}, seeds = [1]): Manifest =>
  manifest({ benchmark: { name: "bench", split: "test", data: null, taskIds, settings: SETTINGS, ...parts }, seeds });
const scored = (value: number, metrics?: Record<string, number>): Score => ({
  kind: "scored",
  value,
  explanation: "",
  ...(metrics === undefined ? {} : { metrics }),
});
const UNSCORED: Score = { kind: "unscored", reason: "sandbox-failed", detail: "no space" };
const oneCase = (family: string, number: number, score: Score, seed = 1): Trial =>
  trial({ task: task({ id: `${family}#${number}`, family }), seed, score });
const alone = (id: string, score: Score, seed = 1): Trial => trial({ task: task({ id }), seed, score });

test("cases of one family weigh as one task (Soft), and Hard wants all of them right in a seed", () => {
  const trials = [
    ...[1, 1, 0].map((value, index) => oneCase("a", index + 1, scored(value))),
    oneCase("b", 1, scored(1)), // the only case that this task has
    ...[1, 1, 1].map((value, index) => oneCase("c", index + 1, scored(value))),
  ];

  const summary = summarize({
    manifest: run(
      trials.map((one) => one.task.id),
      { metric: "pass" },
    ),
    trials,
  });

  expect(summary).toMatchObject({ tasks: 3, metric: "soft" });
  expect(metricsTable([summary])).toMatch(/no-skill, .*bench\/test.*\n +soft \(the score\) +88\.9/);
  expect(summary.mean).toBeCloseTo((2 / 3 + 1 + 1) / 3, 12);
  expect(summary.metrics.hard).toMatchObject({ tasks: 3, mean: 2 / 3 });
});

test("a seed in which a case could not be scored says nothing about Hard", () => {
  const trials = [
    oneCase("a", 1, scored(1), 1),
    oneCase("a", 2, scored(1), 1),
    oneCase("a", 1, scored(1), 2),
    oneCase("a", 2, UNSCORED, 2),
    oneCase("b", 1, scored(0), 1),
    oneCase("b", 2, UNSCORED, 1),
  ];

  const { metrics } = summarize({ manifest: run(["a#1", "a#2", "b#1", "b#2"], {}, [1, 2]), trials });

  expect(metrics.hard).toMatchObject({ tasks: 1, mean: 1 });
});

test("further metrics have means of their own, over the trials that have them", () => {
  const trials = [
    alone("a", scored(0.5, { accuracy: 1 })),
    alone("b", scored(0, { accuracy: 0 })),
    alone("c", scored(1, { accuracy: 1 })),
    alone("d", scored(1)),
  ];

  const summary = summarize({ manifest: run(["a", "b", "c", "d"], { metric: "ANLS" }), trials });

  expect(summary).toMatchObject({ metric: "ANLS", mean: 0.625 });
  expect(summary.metrics.accuracy).toMatchObject({ tasks: 3, mean: 2 / 3 });
  expect(metricsTable([summary])).toMatch(/ANLS \(the score\) +62\.5[\s\S]*accuracy +66\.7/);
});

test("known defects count or not as was asked, and both numbers are there either way", () => {
  const trials = [alone("13-1", scored(0)), alone("a", scored(1)), alone("b", scored(1))];
  const errata = { "13-1": "the untouched input passes", "never-tried": "missing" };
  const keeping = summarize({ manifest: run(["13-1", "a", "b"], { errata }), trials });
  const settings = { ...SETTINGS, errata: "drop" } as const;
  const dropping = summarize({ manifest: run(["13-1", "a", "b"], { errata, settings }), trials });

  expect(keeping.mean).toBeCloseTo(2 / 3, 12);
  expect(dropping.mean).toBe(1);
  const both = { tasks: 1, keep: { tasks: 3 }, drop: { tasks: 2, mean: 1 } };
  expect(keeping.errata).toMatchObject({ mode: "keep", ...both });
  expect(dropping.errata).toMatchObject({ mode: "drop", ...both });
  expect(metricsTable([dropping])).toMatch(/with 1 defective task +66\.7[\s\S]*without them +100\.0/);
});

test("avg@k is told with each seed alone and their spread", () => {
  const trials = [
    alone("a", scored(1), 1),
    alone("b", scored(0), 1),
    alone("a", scored(1), 2),
    alone("b", scored(1), 2),
  ];

  const summary = summarize({ manifest: run(["a", "b"], {}, [1, 2]), trials });

  expect(summary.bySeed?.means).toEqual([
    { seed: 1, mean: 0.5 },
    { seed: 2, mean: 1 },
  ]);
  expect(summary.bySeed?.spread).toBeCloseTo(Math.sqrt(0.125), 12);
  expect(metricsTable([summary])).toContain("avg@2; by seed 1: 50.0, 2: 100.0; standard deviation 35.4");
});

test("arms are paired by family, and dropped defects are in no pair", () => {
  const arm = (values: readonly number[], label: string) => ({
    manifest: {
      ...run(["a#1", "a#2", "b#1"], { errata: { "b#1": "broken" }, settings: { ...SETTINGS, errata: "drop" } }),
      arm: label,
    },
    trials: [
      oneCase("a", 1, scored(values[0] ?? 0)),
      oneCase("a", 2, scored(values[1] ?? 0)),
      oneCase("b", 1, scored(values[2] ?? 0)),
    ],
  });

  const comparison = compareArms([arm([0, 0, 1], "without"), arm([1, 0, 0], "with")], {
    random: () => seededRandom(1),
  });

  expect(comparison).toMatchObject({
    kind: "ranked",
    differences: [{ tasks: 1, difference: 0.5, wins: ["a"], losses: [] }],
  });
});

test("several tries at right-or-wrong tasks: pass@k is one of them, pass^k all, over tasks with as many scores, by hand", () => {
  const rows: [string, Score[]][] = [
    ["a", [1, 0, 1].map((value) => scored(value))], // pairs: 3 of 3 hold a pass, 1 of 3 both
    ["b", [0, 0, 1].map((value) => scored(value))], // 2 of 3, none
    ["c", [scored(1), scored(1), UNSCORED]], // 1 of 1, 1 of 1; not of three tries
  ];
  const trials = rows.flatMap(([id, scores]) => scores.map((score, index) => alone(id, score, index + 1)));

  const summary = summarize({ manifest: run(["a", "b", "c"], { metric: "pass" }, [1, 2, 3]), trials });

  expect(summary.tries).toMatchObject([
    { k: 2, one: { tasks: 3, mean: expect.closeTo(8 / 9, 12) }, all: { tasks: 3, mean: expect.closeTo(4 / 9, 12) } },
    { k: 3, one: { tasks: 2, mean: 1 }, all: { tasks: 2, mean: 0 } },
  ]);
  expect(metricsTable([summary])).toMatch(/pass@2: one of 2 tries +88\.9 .* 3 × 3\n +pass\^2: all 2 +44\.4/);
  expect(RunSummary.parse(JSON.parse(JSON.stringify(summary)))).toEqual(summary);
});

test("of families a try passes that passes all cases; graded scores and single seeds have no pass@k", () => {
  const family = [1, 2].flatMap((seed) => [
    oneCase("a", 1, scored(1), seed),
    oneCase("a", 2, scored(seed === 1 ? 1 : 0), seed),
  ]);
  const of = (trials: Trial[], metric: string, seeds: number[]) =>
    summarize({ manifest: run(["a#1", "a#2"], { metric }, seeds), trials });

  expect(of(family, "pass", [1, 2]).tries).toMatchObject([{ k: 2, one: { mean: 1 }, all: { mean: 0 } }]);
  expect(metricsTable([of(family, "pass", [1, 2])])).toContain("pass^2 of hard: all 2");
  expect(
    of(
      [1, 2].map((seed) => alone("a#1", scored(seed / 2), seed)),
      "ANLS",
      [1, 2],
    ),
  ).not.toHaveProperty("tries");
  expect(
    of(
      family.filter(({ seed }) => seed === 1),
      "pass",
      [1],
    ),
  ).not.toHaveProperty("tries");
});
