import fc from "fast-check";
import { expect, test } from "vitest";
import { type Drawn, drawParts, taskIdsOf, unitsOf } from "../../distill/selection-split.ts";
import { SetupError } from "../../harness/errors.ts";
import { seededRandom } from "../../harness/random.ts";
import { task } from "../support/builders.ts";

const units = (count: number, kinds = 3): Drawn[] =>
  Array.from({ length: count }, (_, index) => ({
    unit: `u${index}`,
    kind: `kind-${index % kinds}`,
    tasks: [`u${index}`],
  }));
const BOTH = { share: 0.5, validation: true, gate: true };

test("cases of one family are one unit, so no part holds a case of a problem that another part has", () => {
  const cases = ["a", "b"].flatMap((family) => [1, 2].map((one) => task({ id: `${family}-${one}`, family })));
  const found = unitsOf([...cases, task({ id: "alone" })]);

  expect(found.map(({ unit, tasks }) => [unit, tasks])).toEqual([
    ["a", ["a-1", "a-2"]],
    ["alone", ["alone"]],
    ["b", ["b-1", "b-2"]],
  ]);
});

test("a part of as many tasks as there are kinds has one of each", () => {
  const { gate } = drawParts(units(30, 6), { share: 0.2, validation: false, gate: true }, seededRandom(41));

  expect(new Set(gate.map(({ kind }) => kind)).size).toBe(6);
});

test("another seed holds other tasks back", () => {
  const held = (seed: number) => taskIdsOf(drawParts(units(40), BOTH, seededRandom(seed)).gate);

  expect(held(41)).not.toEqual(held(42));
});

test("for any tasks and shares: the parts are disjoint, whole, not empty, and do not hang on the order of the tasks", () => {
  fc.assert(
    fc.property(
      fc.record({ count: fc.integer({ min: 3, max: 60 }), kinds: fc.integer({ min: 1, max: 9 }), seed: fc.nat(1_000) }),
      fc.record({
        share: fc.double({ min: 0.01, max: 0.9, noNaN: true }),
        validation: fc.boolean(),
        gate: fc.boolean(),
      }),
      ({ count, kinds, seed }, asked) => {
        const of = units(count, kinds);
        const parts = drawParts(of, asked, seededRandom(seed));
        const all = [...parts.train, ...parts.validation, ...parts.gate].map(({ unit }) => unit);

        expect(all.toSorted()).toEqual(of.map(({ unit }) => unit).toSorted());
        expect(parts.train.length).toBeGreaterThan(0);
        expect(parts.validation.length > 0).toBe(asked.validation);
        expect(parts.gate.length > 0).toBe(asked.gate);
        expect(drawParts(of.toReversed(), asked, seededRandom(seed))).toEqual(parts);
        if (asked.validation && asked.gate)
          expect(Math.abs(parts.gate.length - parts.validation.length)).toBeLessThan(2);
      },
    ),
  );
});

test("too few tasks for the parts asked for are refused, with what to do", () => {
  expect(() => drawParts(units(2), BOTH, seededRandom(1))).toThrow(SetupError);
  expect(() => drawParts(units(2), BOTH, seededRandom(1))).toThrow(/2 evolve tasks are too few.*expected at least 3/);
});
