import fc from "fast-check";
import { expect, test } from "vitest";
import { passAtK, passHatK } from "../../../harness/statistics/pass-k.ts";

test("of two passes in five tries, two tries: 7 of 10 pairs hold one, 1 of 10 is both, worked by hand", () => {
  expect(passAtK({ tries: 5, passes: 2 }, 2)).toBeCloseTo(0.7, 12);
  expect(passHatK({ tries: 5, passes: 2 }, 2)).toBeCloseTo(0.1, 12);
});

test("are the shares of all choices of k tries that were made", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 8 }), (tries, k) => {
      fc.pre(k <= tries.length);
      const choices = Array.from({ length: 2 ** tries.length }, (_, bits) =>
        tries.filter((__, index) => (bits >> index) & 1),
      ).filter((choice) => choice.length === k);
      const of = { tries: tries.length, passes: tries.filter(Boolean).length };

      expect(passAtK(of, k)).toBeCloseTo(choices.filter((choice) => choice.some(Boolean)).length / choices.length, 12);
      expect(passHatK(of, k)).toBeCloseTo(
        choices.filter((choice) => choice.every(Boolean)).length / choices.length,
        12,
      );
    }),
  );
});

test.each([
  [200, 1, 1],
  [200, 13, 10],
  [200, 57, 100],
  [200, 120, 100],
])(
  "of %i tries and %i passes pass@%i is what the stable product of arXiv:2107.03374, figure 3, gives",
  (tries, passes, k) => {
    // 1 - (1 - k / (n - c + 1)) … (1 - k / n), over the passes in place of the choices; 1 where fewer than k failed.
    const factors = Array.from({ length: passes }, (_, index) => 1 - k / (tries - passes + 1 + index));
    const wanted = tries - passes < k ? 1 : 1 - factors.reduce((product, factor) => product * factor, 1);

    expect(passAtK({ tries, passes }, k)).toBeCloseTo(wanted, 12);
  },
);

test("with one try both are the share of passes", () => {
  expect(passAtK({ tries: 8, passes: 3 }, 1)).toBeCloseTo(3 / 8, 12);
  expect(passHatK({ tries: 8, passes: 3 }, 1)).toBeCloseTo(3 / 8, 12);
});

test("more tries than were made, and more passes than tries, are refused", () => {
  expect(() => passAtK({ tries: 3, passes: 1 }, 4)).toThrow("expected k from 1 to the 3 tries that were made, got 4");
  expect(() => passHatK({ tries: 3, passes: 1 }, 0)).toThrow(RangeError);
  expect(() => passHatK({ tries: 3, passes: 4 }, 1)).toThrow("expected passes from 0 to the 3 tries");
});
