import { expect, test } from "vitest";
import { intervalText, points, pValue, seconds, signedPoints, withoutMarker } from "../../reports/format.ts";

test("scores are points of 100 with one digit; nothing averaged is a dash", () => {
  expect([0, 0.625, 1, null].map(points)).toEqual(["0.0", "62.5", "100.0", "–"]);
});

test("differences have a sign, but not where they round to zero", () => {
  expect([0.125, -0.125, 0, -0.0001, 0.0001].map(signedPoints)).toEqual(["+12.5", "−12.5", "0.0", "0.0", "0.0"]);
  expect(intervalText({ low: -0.02, high: 0.1 }, signedPoints)).toBe("−2.0 to +10.0");
});

test("p is never shown as 0", () => {
  expect([0.00005, 0.001, 0.0312, 1].map(pValue)).toEqual(["< 0.001", "0.001", "0.031", "1.000"]);
  // On the side of 0.05 where it is: 0.050 is significant.
  expect([0.0496, 0.05, 0.0504, 0.050004, 0.05000000001].map(pValue)).toEqual([
    "0.050",
    "0.050",
    "0.0504",
    "0.050004",
    "> 0.05",
  ]);
});

test("milliseconds are seconds with groups of thousands", () => {
  expect(seconds(1_234_567)).toBe("1,234.6");
});

test("a line of a list loses its mark, and other lines lose nothing", () => {
  expect(["- a", "12. b", "* c", "-1 is a number", "1.5 too"].map(withoutMarker)).toEqual([
    "a",
    "b",
    "c",
    "-1 is a number",
    "1.5 too",
  ]);
});
