import { describe, expect, test } from "vitest";
import type { Fingerprint } from "../../harness/manifest.ts";
import { seededRandom } from "../../harness/random.ts";
import { type Arm, type Comparison, compareArms, Difference, fingerprintDifferences } from "../../reports/compare.ts";
import { manifest, task, trial } from "../support/builders.ts";

const BASE = manifest().fingerprint;

/** An arm from its scores by task and seed; null for a trial that our side spoilt. */
function arm(name: string, scores: Record<string, (number | null)[]>, fingerprint: Partial<Fingerprint> = {}): Arm {
  const seeds = Object.values(scores)[0]!.map((_, index) => index + 1);
  const trials = Object.entries(scores).flatMap(([id, values]) =>
    values.map((value, index) =>
      trial({
        task: task({ id }),
        seed: seeds[index]!,
        score:
          value === null
            ? { kind: "unscored", reason: "model-failed", detail: "503" }
            : { kind: "scored", value, explanation: "" },
      }),
    ),
  );
  return {
    manifest: manifest({
      arm: name,
      benchmark: { name: "sample", split: "test", data: null, taskIds: Object.keys(scores) },
      seeds,
      fingerprint: { ...BASE, ...fingerprint },
    }),
    trials,
  };
}

const options = () => ({ random: seededRandom(1) });

function only(comparison: Comparison): Difference {
  if (comparison.kind === "refused") throw new Error(comparison.reason);
  expect(comparison.differences).toHaveLength(1);
  return comparison.differences[0]!;
}

const plain = arm("plain", { a: [0, 0], b: [0, 1], c: [1, 1], d: [1, 0] });
const evolved = arm("evolved", { a: [1, 1], b: [1, 1], c: [1, 0], d: [0, 1] }, { skill: "abc" });

test("two arms on four tasks, worked by hand: differences 1, 0.5, -0.5 and 0", () => {
  const difference = only(compareArms([plain, evolved], options()));

  // 1 + 0.5 - 0.5 = 1; of the 8 signings of 1, 0.5, 0.5 the sums are 2, 1, 1, 0 and their mirrors: 6 reach 1.
  expect(difference).toMatchObject({ tasks: 4, difference: 0.25, p: 6 / 8, method: "exact", ties: 1 });
  expect(difference).toMatchObject({
    wins: ["a", "b"],
    losses: ["c"],
    arm: { arm: "evolved" },
    baseline: { arm: "plain" },
  });
  expect(difference.warnings).toEqual([]);
  expect(difference.arm.fingerprint).not.toBe(difference.baseline.fingerprint);
  expect(Difference.parse(JSON.parse(JSON.stringify(difference)))).toEqual(difference);
});

test("every other arm is compared with the first, in their order", () => {
  const comparison = compareArms([plain, evolved, plain], options());

  expect(comparison).toMatchObject({ kind: "ranked", differences: [{ difference: 0.25 }, { difference: 0, p: 1 }] });
});

describe("invariant 8: arms with different fingerprints are not ranked", () => {
  test.each(Object.keys(BASE).filter((part) => part !== "skill" && part !== "model"))(
    "when they differ in %s",
    (part) => {
      const other = arm(
        "other",
        { a: [1], b: [0] },
        { [part]: typeof BASE[part as keyof Fingerprint] === "string" ? "x" : { x: 1 } },
      );

      const comparison = compareArms([arm("plain", { a: [0], b: [0] }), other], options());

      expect(comparison).toMatchObject({
        kind: "refused",
        reason: expect.stringContaining(`differ in more than skill and model: ${part} (`),
      });
    },
  );

  test("but skill and model may differ", () => {
    expect(fingerprintDifferences(BASE, { ...BASE, skill: "abc", model: "sim/small" })).toEqual([]);
  });

  test("nor does the order of fields make a difference", () => {
    const limits = { turns: 1, tokens: 2 };

    expect(fingerprintDifferences({ ...BASE, limits }, { ...BASE, limits: { tokens: 2, turns: 1 } })).toEqual([]);
  });

  test("by force they are compared, and the result is marked", () => {
    const other = arm("other", { a: [1], b: [0] }, { scorer: "lenient/2" });

    const difference = only(compareArms([arm("plain", { a: [0], b: [0] }), other], { ...options(), forced: true }));

    expect(difference.warnings).toContainEqual({
      kind: "forced",
      text: 'compared by force; they differ in scorer ("workbook-range/1", "lenient/2")',
    });
  });

  test("the refusal says which arms, both values, and what to do", () => {
    const comparison = compareArms([plain, arm("other", { a: [1] }, { scorer: "lenient/2" })], options());

    expect(comparison).toEqual({
      kind: "refused",
      reason:
        "other (sim/large) against plain (sim/large): not ranked, for they differ in more than skill and model: " +
        'scorer ("workbook-range/1", "lenient/2"). Run both with the same settings; or compare by force, which marks the result',
    });
  });
});

test("only tasks scored in both arms count, and those left out are named", () => {
  const spoilt = arm("spoilt", { a: [1, 1], b: [null, null], c: [1, 1] });

  const difference = only(compareArms([plain, spoilt], options()));

  expect(difference).toMatchObject({ tasks: 2, difference: 0.5, wins: ["a"], ties: 1 });
  expect(difference.warnings.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
    "ceiling: spoilt scores 100.0 %: the tasks may be too easy to tell arms apart",
    "unscored: unscored trials: 2 of spoilt, 0 of plain",
    "missing-tasks: left out, not scored in both: 2 of 4 tasks: b, d",
  ]);
});

test("an arm at the floor and other seeds are warned of", () => {
  const difference = only(
    compareArms([arm("none", { a: [0], b: [0] }), arm("skill", { a: [1, 0], b: [1, 1] })], options()),
  );

  expect(difference.warnings.map(({ kind }) => kind)).toEqual(["floor", "seeds"]);
});

test("arms without a task in common are refused", () => {
  expect(compareArms([plain, arm("other", { z: [1, 1] })], options())).toEqual({
    kind: "refused",
    reason: "other (sim/large) against plain (sim/large): no task is scored in both",
  });
});

test("one arm is nothing to compare", () => {
  expect(() => compareArms([plain], options())).toThrow(new RangeError("expected at least 2 arms to compare, got 1"));
});
