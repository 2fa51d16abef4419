import fc from "fast-check";
import { expect, test } from "vitest";
import { equivalence } from "../../../harness/statistics/equivalence.ts";

const SMALL = [0.1, -0.05, 0.02, 0, 0.07, -0.1, 0.03, 0.05, -0.02, 0.01, 0.04, -0.06];

test("two one-sided t tests of twelve differences with a margin of 0.08 agree with scipy 1.17's ttest_1samp", () => {
  const found = equivalence(SMALL, 0.08);

  expect(found.notWorseP).toBeCloseTo(0.000129761, 8);
  expect(found.p).toBeCloseTo(0.000552819, 8);
  expect(found.interval90.low).toBeCloseTo(-0.0222505986, 9);
  expect(found.interval90.high).toBeCloseTo(0.0372505986, 9);
  expect(found).toMatchObject({ equivalent: true, notWorse: true });
});

test("a clear gain does not hurt, and is not equivalent", () => {
  const found = equivalence(
    SMALL.map((value) => value + 0.3),
    0.08,
  );

  expect(found).toMatchObject({ equivalent: false, notWorse: true });
  expect(found.p).toBeGreaterThan(0.99);
});

test("ignorance is no equivalence: six tasks that all tie say little about a margin of 5 points", () => {
  expect(equivalence([0, 0, 0, 0, 0, 0], 0.05)).toMatchObject({ equivalent: false, notWorse: false });
});

test("thirty ties do not rule out a loss of one task in twenty, and hardly one in ten: 0.9^30 is 0.042", () => {
  const ties = Array<number>(30).fill(0);

  expect(equivalence(ties, 0.05).notWorse).toBe(false);
  expect(equivalence(ties, 0.1).notWorseP).toBeGreaterThan(0.03);
  expect(equivalence(ties, 0.1).interval90.low).toBeCloseTo(-0.0827, 4); // z² / (30 + z²), z = 1.6449
});

test("an arm that is worse by the margin is called harmless at most 7 times in 100, all outcomes counted out", () => {
  for (const [tasks, margin, wins] of [
    [20, 0.1, 0],
    [30, 0.2, 0],
    [50, 0.1, 0.02],
    [60, 0.05, 0],
    [60, 0.1, 0.05],
  ] as const)
    expect(shareHarmless(tasks, margin, wins)).toBeLessThan(0.07);
});

/** The chance of that verdict where an arm wins a task with chance `wins` and loses it with `wins + margin`. */
function shareHarmless(tasks: number, margin: number, wins: number): number {
  let share = 0;
  for (let won = 0; won <= tasks; won++)
    for (let lost = 0; won + lost <= tasks; lost++) {
      const tied = tasks - won - lost;
      const chance =
        choose(tasks, won) *
        choose(tasks - won, lost) *
        wins ** won *
        (wins + margin) ** lost *
        (1 - 2 * wins - margin) ** tied;
      if (chance < 1e-9) continue;
      const differences = [won, lost, tied].flatMap((count, index) => Array<number>(count).fill([1, -1, 0][index]!));
      share += equivalence(differences, margin).notWorse ? chance : 0;
    }
  return share;
}

function choose(all: number, some: number): number {
  let ways = 1;
  for (let taken = 0; taken < some; taken++) ways *= (all - taken) / (taken + 1);
  return ways;
}

test("the verdict is that of the 90 % interval within the margins, and clusters make it less sure", () => {
  const difference = fc.double({ min: -1, max: 1, noNaN: true });
  const margin = fc.double({ min: 0.01, max: 0.5, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(fc.oneof(difference, fc.constantFrom(-1, 0, 1)), { minLength: 2, maxLength: 40 }),
      margin,
      (differences, bound) => {
        const { equivalent, notWorse, interval90, p } = equivalence(differences, bound);
        fc.pre(Math.abs(p - 0.05) > 1e-6);
        expect(equivalent).toBe(interval90.low > -bound && interval90.high < bound);
        expect(notWorse).toBe(interval90.low > -bound);
      },
    ),
  );
  const copies = SMALL.flatMap((value) => [value, value, value]);
  const families = SMALL.flatMap((_, index) => Array<string>(3).fill(`family ${index}`));
  expect(equivalence(copies, 0.08, families).p).toBeCloseTo(equivalence(SMALL, 0.08).p, 12);
  expect(equivalence(copies, 0.08).p).toBeLessThan(equivalence(SMALL, 0.08).p);
});

test("a margin of nothing, or of everything, is refused", () => {
  expect(() => equivalence(SMALL, 0)).toThrow(new RangeError("expected a margin in (0, 1), got 0"));
  expect(() => equivalence(SMALL, 1)).toThrow(RangeError);
});
