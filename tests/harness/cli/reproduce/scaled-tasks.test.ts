import { expect, test } from "vitest";
import { countUnits, spreadOverKinds } from "../../../../harness/cli/reproduce/scaled-tasks.ts";
import { task } from "../../../support/builders.ts";

const alone = (kind: string, number: number) => task({ id: `${kind}-${number}`, kind });
const cases = (family: string, kind: string) =>
  [1, 2, 3].map((number) => task({ id: `${family}#${number}`, family, kind }));

test("a share has one task of each kind in turn, and a larger share holds a smaller one", () => {
  const tasks = ["sum", "sort"].flatMap((kind) => [1, 2, 3].map((number) => alone(kind, number)));

  expect(spreadOverKinds(tasks, 3)).toEqual(["sum-1", "sort-1", "sum-2"]);
  expect(spreadOverKinds(tasks, 5)).toEqual(["sum-1", "sort-1", "sum-2", "sort-2", "sum-3"]);
  expect(spreadOverKinds(tasks, 99)).toHaveLength(6);
});

test("kinds with fewer tasks than others run out, and the rest goes on", () => {
  expect(spreadOverKinds([alone("sum", 1), alone("sort", 1), alone("sort", 2)], 3)).toEqual([
    "sum-1",
    "sort-1",
    "sort-2",
  ]);
});

test("cases of one family count as one task and stay together, so that Hard can be told", () => {
  const tasks = [...cases("a", "sum"), ...cases("b", "sum"), alone("sort", 1)];

  expect(countUnits(tasks)).toBe(3);
  expect(spreadOverKinds(tasks, 2)).toEqual(["a#1", "a#2", "a#3", "sort-1"]);
});
