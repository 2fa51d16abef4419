import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Made } from "../../../../harness/cli/experiment/making.ts";
import { experimentProgress } from "../../../../harness/cli/experiment/progress.ts";
import type { Io } from "../../../../harness/cli/io.ts";
import { openSession } from "../../../../harness/cli/session.ts";
import { planExperiment } from "../../../../reports/experiments/plan.ts";
import { experiment, factsFor } from "../../../support/experiments.ts";
import { temporaryFolder } from "../../../support/temporary.ts";

const MADE: Made = { folder: "", skill: null, memory: null, distillation: false, minutes: 1, unscored: 0 };

async function watched() {
  const err: string[] = [];
  const signal = new AbortController().signal;
  const io: Io = {
    ...{ out: () => {}, exit: () => {} },
    ...{ err: (text) => err.push(text), env: process.env, terminal: false, signal },
  };
  const session = openSession(io, `${await temporaryFolder()}/journal.sqlite`);
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
