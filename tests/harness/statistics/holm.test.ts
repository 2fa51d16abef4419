import fc from "fast-check";
import { expect, test } from "vitest";
import { holm } from "../../../harness/statistics/holm.ts";

test("of 0.01 to 0.05 in steps, and of the same in any order, worked by hand", () => {
  // 5 × 0.01, 4 × 0.02, 3 × 0.03; then 2 × 0.04 and 1 × 0.05 are below what came before.
  expect(holm([0.01, 0.02, 0.03, 0.04, 0.05])).toEqual([0.05, 0.08, 0.09, 0.09, 0.09]);
  expect(holm([0.05, 0.01, 0.03, 0.02, 0.04])).toEqual([0.09, 0.05, 0.09, 0.08, 0.09]);
});

test("is what the manual of pingouin has for holm: 0.64, 0.012, 0.64, 0.162 and 0.0015", () => {
  const found = holm([0.5, 0.003, 0.32, 0.054, 0.0003]);

  expect(found.map((p) => Number(p.toFixed(10)))).toEqual([0.64, 0.012, 0.64, 0.162, 0.0015]);
});

test("ties get the same, nothing goes above 1, and a single p stays as it is", () => {
  expect(holm([0.02, 0.02, 0.9])).toEqual([0.06, 0.06, 0.9]);
  expect(holm([0.6, 0.7])).toEqual([1, 1]);
  expect(holm([0.03])).toEqual([0.03]);
  expect(holm([])).toEqual([]);
});

test("is never below p nor above Bonferroni's, and keeps the order of ps", () => {
  const p = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(p, { minLength: 1, maxLength: 12 }), (ps) => {
      const adjusted = holm(ps);
      for (const [index, value] of ps.entries()) {
        expect(adjusted[index]).toBeGreaterThanOrEqual(value);
        expect(adjusted[index]).toBeLessThanOrEqual(Math.min(1, value * ps.length));
        for (const [other, larger] of ps.entries())
          if (value < larger) expect(adjusted[index]).toBeLessThanOrEqual(adjusted[other]!);
      }
    }),
  );
});

test("what is no p is refused", () => {
  expect(() => holm([0.1, 1.2])).toThrow(new RangeError("expected ps in [0, 1], got 1.2"));
  expect(() => holm([Number.NaN])).toThrow(RangeError);
});
