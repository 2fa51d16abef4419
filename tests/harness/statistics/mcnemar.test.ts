import fc from "fast-check";
import { expect, test } from "vitest";
import { seededRandom } from "../../../harness/random.ts";
import { mcnemarTest } from "../../../harness/statistics/mcnemar.ts";
import { signFlipTest } from "../../../harness/statistics/sign-flip.ts";

test.each([
  [0, 0, 1],
  [5, 0, 2 / 32],
  [6, 0, 2 / 64],
  [1, 8, 20 / 512], // 2 (1 + 9) / 2^9
  [3, 3, 1],
  [5, 15, 0.04138947], // twice the binomial tail P(X <= 5), 20 throws
])("%i wins and %i losses give p %d, worked by hand", (wins, losses, p) => {
  expect(mcnemarTest(wins, losses).p).toBeCloseTo(p, 8);
});

test("it is the sign-flip test of whole differences, and does not care which arm is called which", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 8 }), (wins, losses) => {
      const differences = [...Array<number>(wins).fill(1), ...Array<number>(losses).fill(-1)];
      const flipped = signFlipTest(differences, seededRandom(1));

      expect(flipped.method).toBe("exact");
      expect(mcnemarTest(wins, losses).p).toBeCloseTo(flipped.p, 12);
      expect(mcnemarTest(wins, losses).midP).toBeCloseTo(flipped.midP, 12);
      expect(mcnemarTest(losses, wins).p).toBe(mcnemarTest(wins, losses).p);
    }),
  );
});

test("1 win and 7 losses give 0.0703, and mid-p 0.0391, as published of the data on airways (Fagerland, Lydersen and Laake 2013)", () => {
  const { p, midP } = signFlipTest([1, ...Array<number>(7).fill(-1)], seededRandom(1));

  expect(p).toBeCloseTo(0.0703, 4);
  expect(midP).toBeCloseTo(0.0391, 4);
  expect(mcnemarTest(1, 7).p).toBeCloseTo(p, 12);
});

test("thousands of tasks neither overflow nor go below 0", () => {
  expect(mcnemarTest(5_000, 5_000).p).toBeCloseTo(1, 9);
  expect(mcnemarTest(4_800, 5_200).p).toBeGreaterThan(0);
  expect(mcnemarTest(4_800, 5_200).p).toBeLessThan(0.001);
});

test("ten thousand tasks, all right or wrong, are counted out and not sampled: 5,100 to 4,900 gives 0.046586 (scipy 1.17)", () => {
  const differences = [...Array<number>(5_100).fill(1), ...Array<number>(4_900).fill(-1)];

  const { p, midP, method } = signFlipTest(differences, seededRandom(1));

  expect(method).toBe("exact");
  expect(p).toBeCloseTo(0.0465855277, 8);
  expect(midP).toBeCloseTo(0.0455056634, 8);
});

test("p is never 0, not even where no number is small enough for it", () => {
  expect(mcnemarTest(2_000, 0).p).toBeGreaterThan(0);
  expect(mcnemarTest(0, 9_000).p).toBeGreaterThan(0);
});

test("half a win is refused: scores between 0 and 1 are for the sign-flip test", () => {
  expect(() => mcnemarTest(0.5, 1)).toThrow(RangeError);
  expect(() => mcnemarTest(1, -1)).toThrow(RangeError);
});
