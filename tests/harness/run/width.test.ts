import fc from "fast-check";
import { expect, test } from "vitest";
import { mostOf, widthFor } from "../../../harness/run/width.ts";

test.each([
  [3_400, { least: 1_088, most: 1_152 }, 1_134],
  [3_200, { least: 1_088, most: 1_152 }, 1_088],
  [400, { least: 192, most: 256 }, 200],
  [257, { least: 192, most: 256 }, 192],
  [256, { least: 192, most: 256 }, 256],
  [3, { least: 192, most: 256 }, 192],
  [0, { least: 1, most: 2 }, 1],
  [1_000, 7, 7],
])("of %i trials, with %o, %i are under way at once", (trials, width, expected) => {
  expect(widthFor(trials, width)).toBe(expected);
});

test("it is within the bounds, and takes as many rounds as the most would", () => {
  const bounds = fc.tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 500 }));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), bounds, (trials, [least, more]) => {
      const width = { least, most: least + more };
      const found = widthFor(trials, width);
      expect(found).toBeGreaterThanOrEqual(least);
      expect(found).toBeLessThanOrEqual(mostOf(width));
      expect(Math.ceil(trials / found)).toBe(Math.ceil(trials / width.most));
    }),
  );
});
