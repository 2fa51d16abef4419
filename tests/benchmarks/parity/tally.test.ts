import { expect, test } from "vitest";
import { PARITIES, parityOf } from "../../../benchmarks/parity/index.ts";
import type { ParityCase } from "../../../benchmarks/parity/parity.ts";
import { isEnough, parityCounter } from "../../../benchmarks/parity/tally.ts";

function parityCase(parts: Partial<ParityCase>): ParityCase {
  return {
    file: "cases.jsonl",
    id: "1",
    group: "text",
    rule: "official",
    agrees: true,
    recorded: "pass",
    ours: "pass",
    detail: "",
    reason: null,
    ...parts,
  };
}

function tallyOf(cases: readonly Partial<ParityCase>[]) {
  const counter = parityCounter();
  for (const one of cases) counter.add(parityCase(one));
  return counter.tally();
}

test("a file judged by two rules counts for each, and a group keeps to its file and rule", () => {
  const tally = tallyOf([
    { rule: "official" },
    { rule: "trace2skill", agrees: false },
    { rule: "official", file: "values.jsonl" },
    { rule: "official", group: "dates", agrees: false },
  ]);

  expect(tally.files).toEqual([
    { file: "cases.jsonl", rule: "official", cases: 2, agree: 1, share: 0.5 },
    { file: "cases.jsonl", rule: "trace2skill", cases: 1, agree: 0, share: 0 },
    { file: "values.jsonl", rule: "official", cases: 1, agree: 1, share: 1 },
  ]);
  expect(tally.groups.map(({ file, rule, group, cases }) => [file, rule, group, cases])).toEqual([
    ["cases.jsonl", "official", "text", 1],
    ["cases.jsonl", "trace2skill", "text", 1],
    ["values.jsonl", "official", "text", 1],
    ["cases.jsonl", "official", "dates", 1],
  ]);
  expect(tally.disagreements.map(({ group }) => group)).toEqual(["text", "dates"]);
});

test("names that hold a separator stay apart", () => {
  const tally = tallyOf([
    { rule: "a,b", file: "c" },
    { rule: "a", file: "b,c" },
  ]);

  expect(tally.files).toHaveLength(2);
});

test("a share is asked of every rule, not of all cases together", () => {
  const many = Array.from({ length: 98 }, () => ({ rule: "math_verify" }));
  const tally = tallyOf([...many, { rule: "dapo" }, { rule: "dapo", agrees: false }]);

  expect(tally.share).toBe(0.99);
  expect(isEnough(tally, 0.97)).toBe(false);
  expect(isEnough(tally, 0.5)).toBe(true);
});

test("exactly the share is enough, although it has no exact binary form", () => {
  const tally = tallyOf(Array.from({ length: 100 }, (_, index) => ({ agrees: index < 97 })));

  expect(isEnough(tally, 0.97)).toBe(true);
});

test("one case in ten thousand spoils a share of 1, and nothing judged is never enough", () => {
  const tally = tallyOf(Array.from({ length: 10_000 }, (_, index) => ({ agrees: index > 0 })));

  expect(isEnough(tally, 1)).toBe(false);
  expect(isEnough(tallyOf([]), 0)).toBe(false);
});

test("a scorer or a rule set that is not there is wrong use, and the message names those that are", () => {
  expect(() => parityOf("constructor", null)).toThrow(/there is: spreadsheetbench, wikitablequestions, anls, math/);
  expect(() => parityOf("math", "official")).toThrow(/there are: dapo, aime, math/);
  expect(() => parityOf("anls", "official")).toThrow(/leave --rules out/);
  expect(parityOf("math", "aime")).toBe(PARITIES.math);
});
