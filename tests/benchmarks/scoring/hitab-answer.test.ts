import { expect, test } from "vitest";
import { type HitabItem, sameHitabAnswer } from "../../../benchmarks/scoring/hitab-answer.ts";

test.each<[string, HitabItem[], HitabItem[], boolean]>([
  ["a number", [52.1], [52.1], true],
  ["a number within 1e-5", [33.333333], [33.3333333333], true],
  ["a rounded number", [33.3], [33.3333], false],
  ["a percentage as text", ["52.1%"], [52.1], true],
  ["a fraction for a percentage", [0.521], [52.1], false],
  ["a number with separators", ["139,337"], [139337], true],
  ["a number in parentheses, which is not negative", ["(12)"], [12], true],
  ["another sign", [-12], [12], false],
  ["a header in other case, with a note", ["Women [1]"], ["women"], true],
  ["a year as header", [2016], ["2016"], true],
  ["words around it", ["it is women"], ["women"], false],
  ["a list in order", [34.8, "41.8"], [34.8, 41.8], true],
  ["a list in another order", [41.8, 34.8], [34.8, 41.8], false],
  ["an item too many", [34.8, 34.8], [34.8], false],
  ["no answer", [], ["women"], false],
  ["not a number, which is near nothing", [Number.NaN], ["nan"], false],
  ["blank text", [" "], [""], true],
])("%s", (_, predicted, answer, right) => {
  expect(sameHitabAnswer(predicted, answer)).toBe(right);
});
