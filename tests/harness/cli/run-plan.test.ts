import { expect, test } from "vitest";
import { planRun, runPlanText } from "../../../harness/cli/run-plan.ts";
import { pricesOf } from "../../../harness/prices/prices.ts";
import { NO_USAGE } from "../../../harness/records.ts";
import { trial } from "../../support/builders.ts";

const LIMITS = { turns: 10, timeMs: 1, tokens: 1_000, commandTimeoutMs: 1 };
const like = (...calls: number[]) =>
  calls.map((count) => trial({ usage: { ...NO_USAGE, calls: count, inputTokens: 100 * count, outputTokens: count } }));
const plan = (parts: Partial<Parameters<typeof planRun>[0]> = {}) =>
  planRun({
    total: 30,
    done: 10,
    like: like(2, 4),
    limits: LIMITS,
    model: { name: "m", endpoint: "http://h" },
    prices: pricesOf(null),
    ...parts,
  });

test("what is left is expected to take what trials took, within a range that few trials make wide", () => {
  const { trials, calls, inputTokens, atMost } = plan();

  expect(trials).toEqual({ total: 30, done: 10, left: 20 });
  expect([calls.expected, inputTokens.expected]).toEqual([60, 6_000]);
  // A spread of √2 a trial over 20 to come and 2 measured.
  expect(calls.range?.high).toBeCloseTo(60 + 1.96 * Math.SQRT2 * Math.sqrt(20 + 400 / 2), 6);
  expect(atMost).toEqual({ calls: 200, tokens: 20_000 });
  expect(plan({ like: like(2, 4, 2, 4, 2, 4, 2, 4) }).calls.range?.high).toBeLessThan(calls.range?.high ?? 0);
});

test("without trials the numbers are assumed, and said to be, and a price that is unknown is no 0", () => {
  const assumed = plan({ like: [] });

  expect(assumed.basis).toEqual({ kind: "assumed" });
  expect(assumed.calls.range).toBeNull();
  expect(runPlanText(assumed)).toMatch(/ASSUMED, not measured/);
  expect(runPlanText(assumed)).toMatch(/cost +unknown/);
});

test("trials whose agent never began, or whose tokens nobody told, are no measure", () => {
  const untold = trial({ usage: { ...NO_USAGE, calls: 9, untold: 9 } });
  const spoilt = trial({ trajectory: null });

  expect(plan({ like: [untold, spoilt, ...like(2, 2)] })).toMatchObject({
    basis: { kind: "measured", trials: 2 },
    calls: { expected: 40 },
  });
});
