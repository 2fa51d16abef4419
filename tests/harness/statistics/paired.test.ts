import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../harness/random.ts";
import { differenceInterval, pairedDifference } from "../../../harness/statistics/paired.ts";
import { signFlipTest } from "../../../harness/statistics/sign-flip.ts";

const DARWIN = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];
const random = () => seededRandom(1);
const rows = (values: readonly number[]) => values.map((value) => [value]);
const repeat = (times: number, value: number) => Array<number>(times).fill(value);

describe("sign-flip test", () => {
  test("gives Fisher's own result for Darwin's maize: 1,726 of 32,768 signings", () => {
    expect(signFlipTest(DARWIN, random())).toMatchObject({ p: 1726 / 32768, method: "exact" });
  });

  test("of three wins is 2 of 8 signings, worked by hand", () => {
    expect(signFlipTest([1, 1, 1], random()).p).toBe(2 / 8);
  });

  test("of 3, 1 and -1 is 6 of 8 signings, worked by hand: 5, 3, 3 and their mirrors reach the sum, 1 does not", () => {
    expect(signFlipTest([3, 1, -1], random()).p).toBe(6 / 8);
  });

  test("ties change nothing", () => {
    expect(signFlipTest([...DARWIN, 0, 0, 0, 0, 0], random())).toEqual(signFlipTest(DARWIN, random()));
  });

  test("rounding does not make equal sums unequal: the sum of 0.1, 0.2 and -0.3 is 5.6e-17 and not 0", () => {
    expect(signFlipTest([0.1, 0.2, -0.3], random()).p).toBe(1);
  });

  test("of any number of whole differences is counted out: 15 wins and 5 losses are twice the binomial tail", () => {
    // The sign test, 2 P(X >= 15) for 20 fair coins = 0.0413895; half of P(X = 15) less in each tail for the mid-p.
    const { p, midP, method } = signFlipTest([...repeat(15, 1), ...repeat(5, -1)], random());

    expect(method).toBe("exact");
    expect(p).toBeCloseTo(0.0413895, 7);
    expect(midP).toBeCloseTo(0.0413895 - 15504 / 2 ** 20, 7);
  });

  test("counted out in thirds gives what counting all signings gives", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 10 }), (numerators) => {
        const sums = numerators.reduce<number[]>((all, n) => all.flatMap((total) => [total + n, total - n]), [0]);
        const seen = Math.abs(numerators.reduce((total, n) => total + n));
        const reaching = sums.filter((total) => Math.abs(total) >= seen).length;

        const { p } = signFlipTest(
          numerators.map((n) => n / 3),
          random(),
        );

        expect(p).toBeCloseTo(reaching / sums.length, 12);
      }),
    );
  });

  test("of 18 differences without a common fraction is sampled, within four errors of counting all 2^18 signings", () => {
    const differences = Array.from(
      { length: 18 },
      (_, index) => (Math.sqrt(index + 2) / 9) * (index % 3 === 0 ? -1 : 1),
    );

    const { p, method } = signFlipTest(differences, random());

    // Counted out in numpy: 0.1305313.
    expect(method).toBe("sampled");
    expect(Math.abs(p - 0.1305313)).toBeLessThan(4 * Math.sqrt((0.1305 * 0.8695) / 20_000));
  });

  test("is never 0, whether sampled or counted out, and the same for the same seed", () => {
    const uneven = Array.from({ length: 60 }, (_, index) => Math.sqrt(index + 2) / 9);

    expect(signFlipTest(uneven, random())).toMatchObject({ p: 1 / 20_000, method: "sampled" });
    expect(signFlipTest(uneven, random())).toEqual(signFlipTest(uneven, random()));
    expect(signFlipTest(repeat(3_000, 0.5), random()).p).toBeGreaterThan(0);
    expect(signFlipTest(repeat(60, 0.5), random()).p).toBe(2 / 2 ** 60);
  });

  test("nothing that differs is no evidence at all", () => {
    expect(signFlipTest([0, 0, 0], random())).toEqual({ p: 1, midP: 0.5, method: "exact" });
  });

  test("under the null says p <= 0.05 in at most 5 of 100 of all signings of ten differences", () => {
    const sizes = [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 1, 0.75];
    const rejections = Array.from({ length: 1024 }, (_, signs) =>
      sizes.map((size, i) => ((signs >> i) & 1 ? size : -size)),
    )
      .map((differences) => signFlipTest(differences, random()).p)
      .filter((p) => p <= 0.05);

    expect(rejections.length / 1024).toBeLessThanOrEqual(0.05);
    expect(rejections.length).toBeGreaterThan(0);
  });
});

describe("interval of a difference", () => {
  const width = ({ low, high }: { low: number; high: number }) => high - low;

  test("at a higher confidence is wider, by the quantiles of the tables: of Student's t, and of the normal one where few differ", () => {
    const few = [1, 0, 0, -1, 1];
    const spread = Array.from({ length: 10 }, (_, index) => (index - 3) / 30);

    expect(width(differenceInterval(few, 0.9875)) / width(differenceInterval(few))).toBeCloseTo(2.497705 / 1.959964, 5);
    // The 75 % quantile of Student's t with nine degrees of freedom is 0.7027, the 97.5 % one 2.2622.
    expect(width(differenceInterval(spread, 0.5)) / width(differenceInterval(spread))).toBeCloseTo(0.7027 / 2.2622, 3);
  });
});

test("means of three seeds move in steps of two thirds of a task, so that p counts a third more; graded ones have none", () => {
  const of = (differences: number[]) =>
    pairedDifference(
      rows(differences.map((value) => Math.max(0, value))),
      rows(differences.map((value) => Math.max(0, -value))),
      random(),
    );

  expect(of([1 / 3, -2 / 3, 0, 1]).step).toBeCloseTo(1 / 3 / 4, 12);
  expect(of([1, -1, 0, 1, 1]).step).toBe(1 / 5);
  expect(of([Math.SQRT1_2, -Math.LN2, 0, 1]).step).toBe(0);
});

describe("paired difference", () => {
  test("averages seeds within a task first: worked by hand on three tasks", () => {
    const result = pairedDifference(
      [[1, 1], [1, 0], [0]],
      [
        [0, 0],
        [0, 1],
        [1, 0],
      ],
      random(),
    );

    expect(result).toMatchObject({ tasks: 3, wins: 1, losses: 1, ties: 1, byTask: [1, 0, -0.5] });
    expect(result.difference).toBeCloseTo(0.5 / 3, 12);
    expect(result.p).toBe(1 / 2 + 1 / 2);
  });

  test("with spread enough is R's t.test(paired = TRUE): Student's sleep data brought to [0, 1]", () => {
    const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2].map((hours) => (hours + 2) / 10);
    const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4].map((hours) => (hours + 2) / 10);

    const result = pairedDifference(rows(first), rows(second), random());

    expect(result.difference).toBeCloseTo(-0.158, 10);
    expect(result.interval.low).toBeCloseTo(-0.24598858, 8);
    expect(result.interval.high).toBeCloseTo(-0.07001142, 8);
    // Nine differences, all below 0, and a tie: 2 of 512 signings.
    expect(result.p).toBe(2 / 512);
  });

  test("has an interval with a width when an arm wins all tasks or ties on all", () => {
    const won = pairedDifference(rows(repeat(12, 1)), rows(repeat(12, 0)), random());
    const tied = pairedDifference(rows(repeat(12, 1)), rows(repeat(12, 1)), random());

    expect(won).toMatchObject({ difference: 1, interval: { low: expect.closeTo(0.6264, 3), high: 1 }, p: 2 / 4096 });
    expect(tied).toMatchObject({ difference: 0, p: 1, wins: 0, losses: 0, ties: 12 });
    expect(tied.interval.high).toBeGreaterThan(0.1);
    expect(tied.interval.low).toBe(-tied.interval.high);
  });

  test("is the mirror image when the arms change places", () => {
    const arm = fc.array(fc.constantFrom(0, 0.25, 0.5, 1), { minLength: 14, maxLength: 14 });
    fc.assert(
      fc.property(arm, arm, (left, right) => {
        const there = pairedDifference(rows(left), rows(right), random());
        const back = pairedDifference(rows(right), rows(left), random());

        expect(back.difference).toBeCloseTo(-there.difference, 12);
        expect(back.interval.low).toBeCloseTo(-there.interval.high, 12);
        expect(back.p).toBe(there.p);
        expect([back.wins, back.losses]).toEqual([there.losses, there.wins]);
        expect(there.interval.low).toBeLessThanOrEqual(there.difference + 1e-12);
        expect(there.interval.high).toBeGreaterThanOrEqual(there.difference - 1e-12);
      }),
    );
  });

  test("writing each seed down twice makes nothing more significant", () => {
    const arm = [
      [1, 0],
      [1, 1],
      [0, 1],
      [1, 1],
      [1, 0],
      [0, 0],
      [1, 1],
    ];
    const baseline = [
      [0, 0],
      [0, 1],
      [0, 0],
      [1, 1],
      [0, 0],
      [0, 1],
      [0, 0],
    ];
    const doubled = (scores: number[][]) => scores.map((seeds) => [...seeds, ...seeds]);

    expect(pairedDifference(doubled(arm), doubled(baseline), random())).toEqual(
      pairedDifference(arm, baseline, random()),
    );
  });

  test("refuses arms with different numbers of tasks", () => {
    expect(() => pairedDifference([[1]], [[1], [0]], random())).toThrow(
      new RangeError("expected both arms to have the same tasks, got 1 and 2"),
    );
  });
});
