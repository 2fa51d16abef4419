import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Made } from "../../../../harness/cli/experiment/making.ts";
import { experimentProgress } from "../../../../harness/cli/experiment/progress.ts";
import type { Io } from "../../../../harness/cli/io.ts";
import { openSession, type SessionOptions } from "../../../../harness/cli/session.ts";
import { pricesOf } from "../../../../harness/prices/prices.ts";
import { NO_USAGE } from "../../../../harness/records.ts";
import { planExperiment } from "../../../../reports/experiments/plan.ts";
import { experiment, factsFor } from "../../../support/experiments.ts";
import { temporaryFolder } from "../../../support/temporary.ts";

const MADE: Made = { folder: "", skill: null, memory: null, distillation: false, minutes: 1, unscored: 0, used: false };

async function watched(options?: SessionOptions) {
  const err: string[] = [];
  const signal = new AbortController().signal;
  const io: Io = {
    ...{ out: () => {}, exit: () => {} },
    ...{ err: (text) => err.push(text), env: process.env, terminal: false, signal },
  };
  const session = openSession(io, `${await temporaryFolder()}/journal.sqlite`, options);
  return { err, session, progress: experimentProgress(io, session) };
}

test("unscored trials that a skill was made from are told apart: no command tries them again", async () => {
  const definition = experiment();
  const plan = planExperiment(definition, factsFor(definition));
  const { progress, session } = await watched();
  await using _ = session;
  progress.onEvent({ kind: "planned", plan });
  for (const unit of plan.units)
    progress.onEvent({ kind: "ended", unit, made: { ...MADE, unscored: unit.kind === "run" ? 1 : 0 } });
  progress.end();

  const runs = plan.units.filter(({ kind }) => kind === "run");
  expect(progress.counts()).toMatchObject({ unscored: runs.length, kept: 1 });
  expect(runs.length).toBeGreaterThan(1);
});

test("unscored trials that another experiment learned from are told apart likewise", async () => {
  const definition = experiment({ skills: {}, arms: [{ name: "none" }] });
  const plan = planExperiment(definition, factsFor(definition));
  const { progress, session } = await watched();
  await using _ = session;
  for (const [index, unit] of plan.units.entries())
    progress.onEvent({ kind: "ended", unit, made: { ...MADE, unscored: 1, used: index === 0 } });
  progress.end();

  expect(progress.counts()).toMatchObject({ unscored: 2, kept: 1 });
});

test("units that fail, those that need them, and what was spent stand in the line", async () => {
  const definition = experiment();
  const plan = planExperiment(definition, factsFor(definition));
  const price = { model: "m", input: 2, output: 10, date: "2026-11-01", source: "a test" };
  const { progress, session, err } = await watched({
    prices: pricesOf({ version: 1, currency: "EUR", prices: [price] }),
  });
  await using _ = session;
  // A million tokens in, 300,000 out: 2.00 and 3.00.
  const usage = { ...NO_USAGE, calls: 1, inputTokens: 1_000_000, outputTokens: 300_000 };
  session.spending.add({ caller: "agent", model: "m", endpoint: "http://h/v1", usage });
  const [first, second, third, fourth] = plan.units;
  if (!first || !second || !third || !fourth) throw new Error("the plan has eleven units");
  progress.onEvent({ kind: "planned", plan });
  progress.onEvent({ kind: "ended", unit: first, made: MADE });
  progress.onEvent({ kind: "failed", unit: second, problem: "nothing answers" });
  progress.onEvent({ kind: "left-out", unit: third, problem: "nothing answers" });
  progress.onEvent({ kind: "counted", unit: fourth, counted: { done: 1, total: 4, failing: 0 } });
  progress.end();

  expect(plan.units).toHaveLength(11);
  expect(err.join("\n")).toContain("1 of 11 units done, 8 left, 2 failing; spent 5.00 EUR");
  expect(progress.counts()).toMatchObject({ failed: [{ problem: "nothing answers" }], leftOut: [third.label] });
});

test("what failed is told at once, and cannot steer a terminal", async () => {
  const definition = experiment();
  const plan = planExperiment(definition, factsFor(definition));
  const { progress, session, err } = await watched();
  await using _ = session;
  const [unit] = plan.units;
  if (unit === undefined) throw new Error("the plan has no unit");
  progress.onEvent({ kind: "planned", plan });
  progress.onEvent({ kind: "failed", unit, problem: "nothing answers\u001b[2J" });
  progress.end();

  expect(err[0]).toMatch(/^failed, the rest goes on where it can: .*: nothing answers\ufffd\[2J$/);
});

test("the time to go is that of the experiment, not of the unit under way", async () => {
  const definition = experiment();
  const plan = planExperiment(definition, factsFor(definition));
  const { progress, session, err } = await watched();
  await using _ = session;
  const [last, ...others] = plan.units;
  if (last === undefined) throw new Error("the plan has no unit");
  progress.onEvent({ kind: "planned", plan });
  for (const unit of others) {
    progress.onEvent({ kind: "counted", unit, counted: { done: 1, total: 1, failing: 0 } });
    progress.onEvent({ kind: "ended", unit, made: MADE });
  }
  await sleep(2_000);
  progress.onEvent({ kind: "counted", unit: last, counted: { done: 1, total: 40, failing: 0 } });
  progress.end();

  const [, told = "none"] = /about (\d+) s to go/.exec(err.at(-1) ?? "") ?? [];
  expect(Number(told)).toBeLessThan(10); // 78 by the unit alone
  expect(others.length).toBeGreaterThan(3);
});
