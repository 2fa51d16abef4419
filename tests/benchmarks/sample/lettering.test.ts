import { expect, test } from "vitest";
import { lettering, lineWidth } from "../../../benchmarks/sample/pages/lettering.ts";

const PRINTABLE = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
const AT = { x: 0, y: 0 };

test("letters, digits and the punctuation of documents can be drawn, each in its own way", () => {
  const drawn = PRINTABLE.filter((character) => /[A-Za-z0-9.,:;()&'"%$#+=!?_*/-]/.test(character)).map((character) =>
    lettering(character, AT, 60),
  );
  expect(drawn.length).toBeGreaterThan(78);
  expect(new Set(drawn).size).toBe(drawn.length);
  for (const path of drawn) expect(path).toMatch(/^M[\dMLQhvz. -]+$/);
});

test("a character without a glyph is refused, not left out", () => {
  expect(() => lettering("Ekström", AT, 20)).toThrow(/no "ö"/);
  expect(() => lineWidth("a\tb", 20)).toThrow(RangeError);
  expect(() => lettering("constructor~", AT, 20)).toThrow(RangeError);
});

test("a line is as wide as its letters, and twice the size is twice the width", () => {
  expect(lineWidth("Total", 24)).toBeCloseTo(2 * lineWidth("Total", 12), 6);
  expect(lineWidth("Total amount", 12)).toBeGreaterThan(lineWidth("Total", 12) + lineWidth("amount", 12));
  const points = [...lettering("Total", AT, 12).matchAll(/[ML](-?[\d.]+)/g)].map(([, x]) => Number(x));
  expect(Math.max(...points)).toBeLessThanOrEqual(lineWidth("Total", 12) + 0.1);
});
