import { expect, test } from "vitest";
import { evolutionPlan } from "../../../harness/cli/evolution.ts";
import { UsageError } from "../../../harness/errors.ts";

const plan = (asked: Partial<Parameters<typeof evolutionPlan>[0]>) =>
  evolutionPlan({ gate: false, dryRun: false, seed: 41, ...asked });
const SEEDS = { evolutionSeeds: [41, 42] };

test("without seeds and gate there is one plain distillation", () => {
  expect(plan({})).toBeNull();
});

test.each([
  [
    "seeds alone choose on the tasks learned from, as published",
    SEEDS,
    { select: "train", scoredOn: "train", share: null, gateMargin: null },
  ],
  ["validation holds three tenths back", { ...SEEDS, select: "validation" }, { scoredOn: "validation", share: 0.3 }],
  [
    "no choice is scored on held-back tasks only where a share is given",
    { ...SEEDS, select: "none", validationShare: 0.5 },
    { select: "none", scoredOn: "validation", share: 0.5 },
  ],
  [
    "no choice and no share are scored on what was learned from",
    { ...SEEDS, select: "none" },
    { scoredOn: "train", share: null },
  ],
  [
    "a gate alone judges one distillation with the plain seed",
    { gate: true },
    { seeds: [41], scoredOn: null, gateMargin: 0.05, share: 0.3 },
  ],
  [
    "a gate after a choice by train",
    { ...SEEDS, gate: true, gateMargin: 0.1 },
    { scoredOn: "train", gateMargin: 0.1, share: 0.3 },
  ],
] as const)("%s", (_, asked, expected) => {
  expect(plan({ ...asked, ...("evolutionSeeds" in asked ? { evolutionSeeds: [41, 42] } : {}) })).toMatchObject(
    expected,
  );
});

test.each([
  [{ select: "train" }, /--select.*give --evolution-seeds/],
  [{ ...SEEDS, select: "none", gate: true }, /--gate judges one skill/],
  [{ ...SEEDS, gateMargin: 0.1 }, /give --gate/],
  [{ validationShare: 0.3 }, /--validation-share/],
  [{ ...SEEDS, select: "train", validationShare: 0.3 }, /--validation-share/],
  [{ agentModel: "sim/small" }, /--agent-model/],
] as const)("options that have no effect together are refused: %o", (asked, message) => {
  const given = { ...asked, ...("evolutionSeeds" in asked ? { evolutionSeeds: [41, 42] } : {}) };

  expect(() => plan(given)).toThrow(UsageError);
  expect(() => plan(given)).toThrow(message);
});
