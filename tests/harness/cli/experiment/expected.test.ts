import { expect, test } from "vitest";
import {
  expectedDistillation,
  expectedRun,
  type PerTrial,
  perTrial,
} from "../../../../harness/cli/experiment/expected.ts";
import { NO_USAGE } from "../../../../harness/records.ts";
import type { Outcome } from "../../../../harness/run/outcome.ts";
import { planExperiment } from "../../../../reports/experiments/plan.ts";
import type { DistillUnit } from "../../../../reports/experiments/units.ts";
import { task } from "../../../support/builders.ts";
import { experiment, factsFor, SOUND } from "../../../support/experiments.ts";

/** A trial of so many calls, of 100 tokens in and 10 out each, one second a call. */
function outcome(calls: number, value: number, begun = true): Outcome {
  return {
    version: 1,
    task: task({ id: `task-${calls}` }),
    seed: 1,
    trajectory: begun ? { exit: "submitted", steps: [] } : null,
    score: { kind: "scored", value, explanation: "" },
    usage: { ...NO_USAGE, calls, inputTokens: 100 * calls, outputTokens: 10 * calls },
    startedAt: new Date(0).toISOString(),
    durationMs: 1_000 * calls,
    artifacts: [],
  };
}

const samples = [
  { model: "a", benchmark: "x", trials: [outcome(2, 1), outcome(4, 0), outcome(99, 0, false)] },
  { model: "a", benchmark: "y", trials: [outcome(10, 1)] },
  { model: "b", benchmark: "x", trials: [outcome(20, 0)] },
];

test("a trial is expected to take what the nearest trials took, and those whose agent never began tell nothing", () => {
  expect(perTrial("a", "x", samples)).toMatchObject({
    trials: 2,
    seconds: 3,
    failing: 0.5,
    usage: { calls: 3, inputTokens: 300 },
  });
  expect(perTrial("a", "z", samples)).toMatchObject({ trials: 3 });
  expect(perTrial("c", "x", samples)).toMatchObject({ trials: 3, failing: 2 / 3 });
  expect(perTrial("c", "z", samples)).toMatchObject({ trials: 4 });
  expect(perTrial("a", "x", [])).toMatchObject({ trials: 0, failing: 0.5, usage: { calls: 12 } });
});

test("a run takes what its trials take, so many at once", () => {
  const one = perTrial("a", "x", samples);

  expect(expectedRun(40, one, 8)).toEqual({
    usage: [{ caller: "agent", usage: expect.objectContaining({ calls: 120, inputTokens: 12_000 }) }],
    seconds: 15,
  });
});

function unitOf(choice: Record<string, unknown>): DistillUnit {
  const definition = experiment({
    skills: { ...SOUND.skills, deep: { distill: { ...SOUND.skills.deep.distill, ...choice } } },
  });
  const plan = planExperiment(definition, factsFor(definition));
  const deep = plan.skills.find(({ name }) => name === "deep")?.source;
  const unit = plan.units.find(({ id }) => deep?.kind === "unit" && id === deep.unit);
  if (unit?.kind !== "distill") throw new Error("deep is a distillation");
  return unit;
}

const ONE: PerTrial = {
  usage: { ...NO_USAGE, calls: 10, inputTokens: 1_000, outputTokens: 100 },
  seconds: 20,
  failing: 0.25,
  trials: 4,
};
const callsOf = (choice: Record<string, unknown>) =>
  Object.fromEntries(
    expectedDistillation(unitOf(choice), 100, ONE, 10).usage.map(({ caller, usage }) => [caller, usage.calls]),
  );

test.each<[string, Record<string, unknown>, Record<string, number>]>([
  // 100 patches in groups of 32 are 4, then 1; the last group of 4 is merged as well.
  ["combined", {}, { "error-analyst": 250, "success-analyst": 75, proposer: 100, merger: 5 }],
  [
    "errors alone, in one call",
    { lessons: "error", errorAnalyst: "single-call" },
    { "error-analyst": 25, proposer: 25, merger: 1 },
  ],
  [
    "successes alone, merged by program",
    { lessons: "success", merge: "program" },
    { "success-analyst": 75, proposer: 75 },
  ],
  [
    "a batch of 4 after the other",
    { strategy: "sequential", batch: 4 },
    { "error-analyst": 250, "success-analyst": 75, proposer: 25, merger: 1 },
  ],
])("a distillation of %s", (_, choice, calls) => {
  expect(callsOf(choice)).toEqual(calls);
});

test("steps one after the other take longer than all at once", () => {
  const [parallel, sequential] = [{}, { strategy: "sequential" }].map(
    (choice) => expectedDistillation(unitOf(choice), 100, ONE, 10).seconds,
  );

  expect(sequential).toBeGreaterThan(2 * (parallel ?? Infinity));
});
