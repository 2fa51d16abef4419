import { describe, expect, test } from "vitest";
import type { Fingerprint } from "../../harness/manifest.ts";
import { seededRandom } from "../../harness/random.ts";
import {
  type Arm,
  type CompareOptions,
  type Comparison,
  compareArms,
  Difference,
  fingerprintDifferences,
} from "../../reports/compare.ts";
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

const options = () => ({ random: () => seededRandom(1) });

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
  expect(difference).toMatchObject({ tasks: 4, difference: 0.25, p: 6 / 8, method: "sign-flip-exact", ties: ["d"] });
  expect(difference).toMatchObject({
    wins: ["a", "b"],
    losses: ["c"],
    arm: { arm: "evolved" },
    baseline: { arm: "plain" },
  });
  expect(difference.warnings.map(({ kind }) => kind)).toEqual(["too-few"]);
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
    const other = arm("other", { a: [1], b: [1], c: [0], d: [0] }, { scorer: "lenient/2" });
    const comparison = compareArms([plain, other], options());

    expect(comparison).toEqual({
      kind: "refused",
      reason:
        "other (sim/large) against plain (sim/large): not ranked, for they differ in more than skill and model: " +
        'scorer ("workbook-range/1", "lenient/2"). Run both with the same settings',
      forceable: true,
    });
  });
});

test("runs on other tasks differ in their data, and the refusal names the tasks that one of them lacks", () => {
  const comparison = compareArms([plain, arm("short", { a: [1, 1], b: [1, 1] }, { data: "other" })], options());

  expect(comparison).toMatchObject({
    kind: "refused",
    reason: expect.stringMatching(/data \(.*\) \(short was not run on 2 tasks of the other: c, d\)\. Run both/),
  });
});

test("only tasks scored in both arms count, and those left out are named", () => {
  const spoilt = arm("spoilt", { a: [1, 1], b: [null, null], c: [1, 1] });

  const difference = only(compareArms([plain, spoilt], options()));

  expect(difference).toMatchObject({ tasks: 2, difference: 0.5, wins: ["a"], ties: ["c"] });
  expect(difference.warnings.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
    "too-few: with 2 tasks no outcome is significant, for p is at least 0.5: it takes 6 tasks",
    "ceiling: spoilt scores 100.0 %: the tasks may be too easy to tell arms apart",
    "unscored: unscored trials: 2 of spoilt, 0 of plain",
    "missing-tasks: spoilt was not run on 1 task of the other: d",
    "missing-tasks: left out, not scored in both: 2 of 4 tasks: b, d",
  ]);
});

test("an arm at the floor and other seeds are warned of", () => {
  const difference = only(
    compareArms([arm("none", { a: [0], b: [0] }), arm("skill", { a: [1, 0], b: [1, 1] })], options()),
  );

  expect(difference.warnings.map(({ kind }) => kind)).toEqual(["too-few", "floor", "seeds"]);
});

test("arms without a task in common are refused", () => {
  expect(compareArms([plain, arm("other", { z: [1, 1] })], options())).toEqual({
    kind: "refused",
    reason: "other (sim/large) against plain (sim/large): no task is scored in both",
    forceable: false,
  });
});

test("one arm is nothing to compare", () => {
  expect(() => compareArms([plain], options())).toThrow(new RangeError("expected at least 2 arms to compare, got 1"));
});

test("a p from sampled signings is the same whatever else is compared", () => {
  const random = seededRandom(3);
  const graded = (name: string, lift: number) =>
    arm(
      name,
      Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`t${index}`, [lift + 0.8 * random.fraction()]])),
    );
  const [before, other, skill] = [graded("plain", 0), graded("other", 0.1), graded("skill", 0.05)];

  const alone = only(compareArms([before, skill], options()));
  const second = compareArms([before, other, skill], options());

  expect(alone.method).toBe("sign-flip-sampled");
  expect(second).toMatchObject({ kind: "ranked", differences: [{}, { p: alone.p }] });
});

/** So many tasks that pass once, of so many. */
const passing = (name: string, passed: number, of: number) =>
  arm(name, Object.fromEntries(Array.from({ length: of }, (_, index) => [`t${index}`, [index < passed ? 1 : 0]])));

test("one seed of right and wrong is judged by McNemar's exact test: 7 won and none lost is 2 in 128", () => {
  const difference = only(compareArms([passing("plain", 4, 12), passing("skill", 11, 12)], options()));

  expect(difference).toMatchObject({ method: "mcnemar-exact", p: 2 / 128, metric: "score" });
  expect(difference.arm).toMatchObject({ seeds: [1], scorer: "workbook-range/1" });
});

test("several arms are adjusted by Holm: the smallest p by their number, the next by one less, none below the one before", () => {
  const arms = [passing("plain", 4, 12), passing("a", 11, 12), passing("b", 10, 12), passing("c", 4, 12)];

  const comparison = compareArms(arms, options());

  // 7 won of 7 and 6 of 6: p is 2/128 and 2/64; adjusted by 3 and by 2.
  expect(comparison).toMatchObject({
    differences: [
      { p: 1 / 64, adjustment: { p: 3 / 64, comparisons: 3 } },
      { p: 1 / 32, adjustment: { p: 2 / 32, comparisons: 3 } },
      { p: 1, adjustment: { p: 1, comparisons: 3 } },
    ],
  });
});

test("clusters are taken as one by interval and test, and cases of a family already are", () => {
  const clusterOf = (unit: string) => (Number(unit.slice(1)) < 6 ? "one" : "other");
  const asked: CompareOptions = { ...options(), clusterOf };

  const alone = only(compareArms([passing("plain", 4, 12), passing("skill", 11, 12)], options()));
  const clustered = only(compareArms([passing("plain", 4, 12), passing("skill", 11, 12)], asked));

  expect(clustered).toMatchObject({ clusters: 2, tasks: 12, p: 0.5, difference: alone.difference });
  expect(clustered.interval.high - clustered.interval.low).toBeGreaterThan(alone.interval.high - alone.interval.low);
  expect(clustered.warnings.map(({ text }) => text)).toContain(
    "with 2 clusters no outcome is significant, for p is at least 0.5: it takes 6 clusters",
  );
});

test("a margin tells an arm that does not hurt from one that nothing is known of", () => {
  const equivalenceOf = (tasks: number) => {
    const arms = [passing("plain", tasks / 2, tasks), passing("same", tasks / 2, tasks)];
    return only(compareArms(arms, { ...options(), margin: 0.05 })).equivalence;
  };

  expect(equivalenceOf(200)).toMatchObject({ margin: 0.05, equivalent: true, notWorse: true });
  expect(equivalenceOf(10)).toMatchObject({ equivalent: false, notWorse: false });
});

test("a run that was never tried on tasks of the other is told so, with their names", () => {
  const difference = only(compareArms([passing("plain", 4, 8), passing("skill", 6, 7)], options()));

  expect(difference.warnings.map(({ text }) => text)).toContain("skill was not run on 1 task of the other: t7");
});

describe("a further metric", () => {
  const family = (name: string, values: Record<string, number[]>): Arm => {
    const made = arm(name, Object.fromEntries(Object.entries(values).map(([id, [value]]) => [id, [value!]])));
    const trials = Object.entries(values).flatMap(([id, cases]) =>
      cases.map((value, index) =>
        trial({
          task: task({ id: `${id}#${index + 1}`, family: id }),
          seed: 1,
          score: { kind: "scored", value, explanation: "", metrics: { accuracy: value } },
        }),
      ),
    );
    return { ...made, trials };
  };
  const plain912 = family("plain", { a: [1, 0, 0], b: [1, 1, 1] });
  const skill912 = family("skill", { a: [1, 1, 0], b: [1, 1, 1] });

  test("is compared in place of the score: a family is right in Hard only when all its cases are", () => {
    const soft = only(compareArms([plain912, skill912], options()));
    const hard = only(compareArms([plain912, skill912], { ...options(), metric: "hard" }));

    expect(soft.difference).toBeCloseTo(1 / 6);
    expect(soft.items).toMatchObject({ passed: 1, helped: ["a"] });
    expect(hard).toMatchObject({ metric: "hard", difference: 0, ties: ["a", "b"], items: { helped: [] } });
  });

  test("that no score has is refused with those that there are", () => {
    expect(compareArms([plain912, skill912], { ...options(), metric: "f1" })).toEqual({
      kind: "refused",
      reason:
        'skill (sim/large) against plain (sim/large): no score has a metric "f1"; there are: score, accuracy, hard',
      forceable: false,
    });
  });
});
